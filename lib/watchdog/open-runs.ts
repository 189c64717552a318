import { parseRunId } from '../run/run-id.ts';
import { type EpochMs, plus, WEEK } from '../units.ts';
import type { Pass } from './pass-context.ts';
import type { OpenRun } from './ports.ts';

/** How many rows of the index one pass reads: a few seconds' work, and some megabytes. */
const MAX_ROWS = 100_000;

/** The rows of a reading, up to where a pass has read. */
export interface OpenRuns {
  readonly rows: readonly OpenRun[];
  /** Whether there are more rows. */
  readonly isCut: boolean;
}

/** One part of a reading of the index, which mostly is all of it. */
export interface Reading {
  readonly rows: readonly OpenRun[];
  /** When the last reading began, and this one: rows are sent whose turn came in between. */
  readonly since: EpochMs;
  readonly until: EpochMs;
  /** The position that this part begins behind; empty at the beginning of the index. */
  readonly from: string;
  /** The position of the last row of this part. Absent at the end of the index. */
  readonly end?: string | undefined;
}

/** Reads the index, with what is postponed: no attempt is by more than a week. */
export const readOpenRuns = (pass: Pass): Promise<OpenRuns> =>
  collectRows(pass.ports.store.openRuns(plus(pass.now, WEEK)), pass);

/** Goes on with a reading that was too long for the last pass, or begins one with what this pass has read. */
export async function continueReading(open: OpenRuns, pass: Pass): Promise<Reading> {
  const { since, until, after } = pass.state.sweep;
  if (after === undefined) return partOf(open, { since: until, until: pass.now, from: '' });
  const rest = await collectRows(pass.ports.store.openRuns(until, after), pass);
  return partOf(rest, { since, until, from: after });
}

const partOf = ({ rows, isCut }: OpenRuns, place: Pick<Reading, 'since' | 'until' | 'from'>): Reading => ({
  ...place,
  rows,
  end: isCut ? rows.at(-1)?.position : undefined,
});

/** Up to as many as one pass reads. Rows of another kind are noted, and passed over. */
export async function collectRows(from: AsyncIterable<OpenRun>, pass: Pick<Pass, 'unreadable'>): Promise<OpenRuns> {
  const rows: OpenRun[] = [];
  for await (const row of from) {
    if (!isReadable(row, pass)) continue;
    rows.push(row);
    if (rows.length === MAX_ROWS) return { rows, isCut: true };
  }
  return { rows, isCut: false };
}

/** The rows of each job, in their order. */
export function rowsByJob(rows: readonly OpenRun[]): ReadonlyMap<string, readonly OpenRun[]> {
  const groups = new Map<string, OpenRun[]>();
  for (const row of rows) {
    // A run id begins with the name of its job.
    const job = row.id.slice(0, row.id.indexOf('/'));
    const group = groups.get(job);
    if (group === undefined) groups.set(job, [row]);
    else group.push(row);
  }
  return groups;
}

function isReadable({ id, checkAt, position }: OpenRun, { unreadable }: Pick<Pass, 'unreadable'>): boolean {
  if (parseRunId(id) !== undefined && !Number.isNaN(checkAt)) return true;
  unreadable.add(position);
  return false;
}
