import { parseRunId } from '../run/run-id.ts';
import { plus, WEEK } from '../units.ts';
import type { Pass } from './pass-context.ts';
import type { OpenRun } from './ports.ts';

/** How many rows of the index one pass reads. */
export const MAX_ROWS = 5000;

/** The index of open runs as a pass reads it, once for all steps. */
export interface OpenRuns {
  readonly rows: readonly OpenRun[];
  /** Whether there are more rows. */
  readonly isCut: boolean;
}

/** Reads the index, with what is postponed: no attempt is by more than a week. */
export async function readOpenRuns(pass: Pick<Pass, 'ports' | 'now' | 'unreadable'>): Promise<OpenRuns> {
  const rows: OpenRun[] = [];
  for await (const row of pass.ports.store.openRuns(plus(pass.now, WEEK))) {
    if (!isReadable(row, pass)) continue;
    rows.push(row);
    if (rows.length === MAX_ROWS) return { rows, isCut: true };
  }
  return { rows, isCut: false };
}

/** Whether it is a run's row. One of another kind is noted, and passed over. */
export function isReadable({ id, checkAt, position }: OpenRun, { unreadable }: Pick<Pass, 'unreadable'>): boolean {
  if (parseRunId(id) !== undefined && !Number.isNaN(checkAt)) return true;
  unreadable.add(position);
  return false;
}
