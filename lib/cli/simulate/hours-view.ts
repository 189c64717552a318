import type { SimulatedJob } from '../../forecast/simulation.ts';
import type { Colors } from '../shared/terminal.ts';

/** How many hours a column may stand for. */
const SPANS = [1, 2, 3, 4, 6, 12] as const;
const TOTAL_WIDTH = 8;
const INDENT = '  ';

export interface HoursContext {
  /** The hour of the first column, and how many are shown, 1 to 24. */
  readonly firstHour: number;
  readonly count: number;
  /** How many characters a line may have. */
  readonly width: number;
  readonly colors: Colors;
}

/** Runs of each job by hour of the day, in as many columns as the width has room for. */
export function formatHours(
  jobs: readonly SimulatedJob[],
  { firstHour, count, width, colors }: HoursContext,
): { readonly span: number; readonly lines: readonly string[] } {
  const names = Math.max(3, ...jobs.map(({ name }) => name.length));
  const tables = SPANS.map((span) => ({ span, columns: columnsOf(jobs, { firstHour, count, span }) }));
  const fits = ({ columns }: (typeof tables)[number]): boolean =>
    INDENT.length + names + columns.reduce((all, column) => all + column.width, 0) + TOTAL_WIDTH <= width;
  const { span, columns } = tables.find(fits) ?? tables.at(-1) ?? { span: 1, columns: [] };
  const line = (name: string, cells: readonly string[], total: string): string =>
    `${INDENT}${name.padEnd(names)}${cells.map((cell, at) => cell.padStart(columns[at]?.width ?? 0)).join('')}${total.padStart(TOTAL_WIDTH)}`;
  const head = line(
    'JOB',
    columns.map(({ label }) => label),
    'RUNS',
  );
  const rows = jobs.map(({ name, runs }, index) =>
    line(
      name,
      columns.map(({ cells }) => cells[index] ?? ''),
      String(runs),
    ),
  );
  return { span, lines: [colors.dim(head), ...rows] };
}

interface Column {
  readonly label: string;
  /** One for each job. */
  readonly cells: readonly string[];
  readonly width: number;
}

interface ColumnHours extends Pick<HoursContext, 'firstHour' | 'count'> {
  /** How many hours a column stands for. */
  readonly span: number;
}

function columnsOf(jobs: readonly SimulatedJob[], { firstHour, count, span }: ColumnHours): readonly Column[] {
  return Array.from({ length: Math.ceil(count / span) }, (_, index) => {
    const shown = Math.min(span, count - index * span);
    const hours = Array.from({ length: shown }, (_each, offset) => (firstHour + index * span + offset) % 24);
    const label = String(hours[0]).padStart(2, '0');
    const cells = jobs.map((job) => shortCount(hours.reduce((all, hour) => all + (job.hours[hour] ?? 0), 0)));
    return { label, cells, width: 1 + Math.max(label.length, ...cells.map(({ length }) => length)) };
  });
}

/** At most four characters. */
function shortCount(count: number): string {
  if (count === 0) return '·';
  if (count < 10_000) return String(count);
  return count < 1_000_000 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 1_000_000)}M`;
}
