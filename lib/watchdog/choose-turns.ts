import { ownEntry } from '../own-entry.ts';
import { fairShares, type ShareLimits } from './fair-shares.ts';
import { type Reading, rowsByJob } from './open-runs.ts';
import type { OpenRun } from './ports.ts';
import type { JobRows } from './send-rows.ts';
import type { JobProgress, RescueProgress } from './state.ts';
import { turnsBy } from './turns.ts';

/** Of how many jobs the state has where they are: it is one item of the table. Of more, the turns pass. */
const MAX_BEHIND = 100;

/** The rows of one job whose turn came in its window. */
export interface JobTurns extends JobRows {
  readonly window: Required<JobProgress>;
}

/**
 * Chooses the rows whose turn came between the last reading of the index and this one. Nothing is stored for a run. A
 * job of which an earlier pass has left rows has a window of its own, and goes on behind the last row that it has had.
 */
export function turnsOf(reading: Reading, behind: RescueProgress['behind'] = {}): readonly JobTurns[] {
  const rows = rowsByJob(reading.rows);
  const jobs = new Set([...rows.keys(), ...Object.keys(behind)]);
  return [...jobs].map((job) => {
    const own = ownEntry(behind, job) ?? { since: reading.since, after: reading.from };
    const { since, until = reading.until, after = '' } = own;
    const window = { since, until, after };
    const isHere = isInPart(after, reading);
    return { job, window, rows: isHere ? (rows.get(job) ?? []).filter((row) => isTurn(row, window)) : [] };
  });
}

const isTurn = ({ checkAt, position }: OpenRun, { since, until, after }: Required<JobProgress>): boolean =>
  position > after && turnsBy(until - checkAt) > turnsBy(since - checkAt);

/** Whether a job goes on in the part of the index that this pass has read. */
const isInPart = (after: string, { from, end }: Reading): boolean =>
  after >= from && (end === undefined || after < end);

export interface ChosenTurns {
  readonly jobs: readonly JobRows[];
  readonly progress: RescueProgress;
}

/** Shares a pass out among the jobs, but for those that are to wait. @param waiting names of those */
export function shareOut(
  turns: readonly JobTurns[],
  { reading, waiting, limits }: { reading: Reading; waiting: ReadonlySet<string>; limits: ShareLimits },
): ChosenTurns {
  const served = turns.filter(({ job, rows }) => rows.length > 0 && !waiting.has(job));
  const shares = fairShares(new Map(served.map(({ job, rows }) => [job, rows.length])), limits);
  const behind = turns.flatMap((each): [string, JobProgress][] => {
    const { job, window } = each;
    const place = waiting.has(job) ? placeOfWaiting(window) : placeAfter(each, shares.get(job) ?? 0, reading);
    return place === undefined ? [] : [[job, place]];
  });
  const { since, until, end } = reading;
  return {
    jobs: served.map(({ job, rows }) => ({ job, rows: rows.slice(0, shares.get(job)) })),
    progress: {
      ...{ since, until },
      ...(end === undefined ? {} : { after: end }),
      ...(behind.length === 0 ? {} : { behind: Object.fromEntries(behind.slice(0, MAX_BEHIND)) }),
    },
  };
}

/** Where a job goes on in the next pass; `undefined` for one that keeps up with the reading. */
function placeAfter({ window, rows }: JobTurns, share: number, reading: Reading): JobProgress | undefined {
  if (share < rows.length) return { ...window, after: rows[share - 1]?.position ?? window.after };
  if (!isInPart(window.after, reading)) return window;
  const isOwn = window.since !== reading.since || window.until !== reading.until;
  if (reading.end !== undefined) return isOwn ? { ...window, after: reading.end } : undefined;
  return window.until < reading.until ? { since: window.until } : undefined;
}

/** One that has had none of its rows yet has all of them that will have had a turn by then. */
const placeOfWaiting = (window: JobTurns['window']): JobProgress =>
  window.after === '' ? { since: window.since } : window;
