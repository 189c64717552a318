import type { Colors } from '../terminal.ts';

export interface Columns {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many columns from the first on hold text; the others hold numbers, and stand to the right. @default 1 */
  readonly texts?: number;
}

/** Rows under a dim heading, each a line. Cells are plain text. */
export function formatColumns({ head, rows, texts = 1 }: Columns, colors: Colors): readonly string[] {
  const widths = head.map((name, index) => Math.max(name.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index < texts ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  return [colors.dim(line(head)), ...rows.map(line)].map((each) => `  ${each}`);
}

/** How many rows a table shows. */
const MAX_ROWS = 40;

/** The first rows, and a line that says how many more there are. */
export function capRows<Row>(
  rows: readonly Row[],
  format: (rows: readonly Row[]) => readonly string[],
): readonly string[] {
  const left = rows.length - MAX_ROWS;
  const more = left > 0 ? [`  … and ${left} more; --json has them all`] : [];
  return [...format(rows.slice(0, MAX_ROWS)), ...more];
}
