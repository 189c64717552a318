import type { RunHistory } from '../../client/run-history.ts';
import type { ManifestJob } from '../../manifest.ts';
import { lengthOf, type RunLength, runLengthOf } from '../../run/run-length.ts';
import { DAY, type EpochMs, type Milliseconds } from '../../units.ts';

export const DAYS_BACK = 30;
/** How many of a job's newest records are read: of one that runs every minute, not all of 30 days. */
export const MAX_RECORDS = 1000;

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
      if (++read === MAX_RECORDS) break;
    }
    lengths.set(name, runLengthOf(completed, policy.timeout));
  }
  return lengths;
}
