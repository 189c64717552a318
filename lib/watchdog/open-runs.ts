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
export async function readOpenRuns({ ports, now }: Pick<Pass, 'ports' | 'now'>): Promise<OpenRuns> {
  const rows: OpenRun[] = [];
  for await (const row of ports.store.openRuns(plus(now, WEEK))) {
    rows.push(row);
    if (rows.length === MAX_ROWS) return { rows, isCut: true };
  }
  return { rows, isCut: false };
}
