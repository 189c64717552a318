import type { RunHistory } from '../../client/run-history.ts';
import type { RunLength } from '../../forecast/simulation.ts';
import type { ManifestJob } from '../../manifest.ts';
import type { RunRecord } from '../../run/record.ts';
import { DAY, type EpochMs, type Milliseconds, milliseconds } from '../../units.ts';

/** From how many completed runs on their 95th percentile says more than the timeout. */
export const FEWEST_RUNS = 5;
export const DAYS_BACK = 30;
/** How many of a job's newest records are read: of one that runs every minute, not all of 30 days. */
export const MOST_RECORDS = 1000;

/** How long the runs of each job last, by its records of the last 30 days, the newest 1,000 of them. */
export async function readRunLengths(
  history: Pick<RunHistory, 'runsOf'>,
  jobs: readonly Pick<ManifestJob, 'name' | 'policy'>[],
  now: EpochMs,
): Promise<ReadonlyMap<string, RunLength>> {
  const period = { from: new Date(now - DAYS_BACK * DAY), to: new Date(now) };
  const lengths = new Map<string, RunLength>();
  for (const { name, policy } of jobs) {
    const completed: Milliseconds[] = [];
    let read = 0;
    for await (const record of history.runsOf(name, period)) {
      const length = lengthOf(record);
      if (length !== undefined) completed.push(length);
      if (++read === MOST_RECORDS) break;
    }
    lengths.set(name, runLengthOf(completed, policy.timeout));
  }
  return lengths;
}

/** From the first attempt's start to the end, waits between attempts included, since through them a run holds its lock. */
function lengthOf({ status, startedAt, finishedAt }: RunRecord): Milliseconds | undefined {
  if (status !== 'completed' || startedAt === undefined || finishedAt === undefined) return undefined;
  return milliseconds(Math.max(0, finishedAt - startedAt));
}

/** The 95th percentile, by nearest rank: the shortest length that at least 95 of 100 runs do not exceed. */
export function runLengthOf(completed: readonly Milliseconds[], timeout: Milliseconds): RunLength {
  const completedRuns = completed.length;
  const p95 = completed.toSorted((one, other) => one - other)[Math.ceil(0.95 * completedRuns) - 1];
  if (p95 === undefined || completedRuns < FEWEST_RUNS) return { length: timeout, basis: 'timeout', completedRuns };
  return { length: p95, basis: 'p95', completedRuns };
}
