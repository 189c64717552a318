import Table from 'cli-table3';
import type { Machine, Measured, Row, Sample, Unit } from './figures.ts';

const HEAD = ['', 'BELFRY', '', 'BASELINE', '', 'RATIO', 'BUDGET'];

const BORDERLESS = Object.fromEntries(
  ['top', 'bottom', 'left', 'mid', 'right']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('middle', 'mid-mid')
    .map((part) => [part, '']),
);

export const formatMachine = ({ node, platform, cpu, cores, load }: Machine): string =>
  `Node ${node}, ${platform}, ${cores} × ${cpu}, load ${load.toFixed(1)}. Medians, with least and most.`;

/** The figures of one measure, as a table. */
export function formatMeasured(title: string, { rows, notes }: Measured): string {
  const table = new Table({
    head: HEAD,
    colAligns: ['left', 'right', 'left', 'right', 'left', 'right', 'left'],
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
    chars: BORDERLESS,
  });
  for (const row of rows) table.push(cellsOf(row));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return [title, '', ...lines, ...notes.map((note) => `    ${note}`), ''].join('\n');
}

function cellsOf({ what, unit, belfry, baseline, budget }: Row): string[] {
  const ratio = baseline === undefined ? '' : `${significant(belfry.median / baseline.sample.median)} ×`;
  const beside = baseline === undefined ? ['', ''] : [withUnit(baseline.sample.median, unit), rangeOf(baseline.sample)];
  const name = baseline === undefined ? what : `${what}, beside ${baseline.what}`;
  return [name, withUnit(belfry.median, unit), rangeOf(belfry), ...beside, ratio, verdict(belfry, unit, budget)];
}

function verdict({ median }: Sample, unit: Unit, budget: number | undefined): string {
  if (budget === undefined) return '';
  return `≤ ${withUnit(budget, unit)}${median <= budget ? '' : ', EXCEEDED'}`;
}

const rangeOf = ({ min, max, count }: Sample): string => (count === 1 ? '' : `${significant(min)}–${significant(max)}`);

const withUnit = (value: number, unit: Unit): string => `${significant(value)} ${unit}`;

/** Three digits, which is more than a measurement of time is good for. */
const significant = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toString() : Number(value.toPrecision(3)).toString();
