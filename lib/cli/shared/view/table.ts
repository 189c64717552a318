import Table from 'cli-table3';
import type { Colors } from '../terminal.ts';

/** Rows under a dim heading, in columns without lines between them. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[], colors: Colors): string {
  const table = new Table({
    head: head.map((name) => colors.dim(name)),
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
