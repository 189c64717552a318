import { ownEntry } from '../own-entry.ts';
import { mapInBatches } from './batches.ts';
import type { JobTurns } from './choose-turns.ts';
import type { Pass } from './pass-context.ts';

/** With fewer rows that have a turn, a job is not asked about: so few messages too many do no harm. */
const MIN_ROWS = 20;

export interface BusyJobs {
  readonly names: ReadonlySet<string>;
  readonly problems: readonly string[];
}

/**
 * Finds the jobs whose queue still has messages that no function has taken: the runs behind their many rows wait there,
 * and a second message for each would only make the queue longer. One whose queue does not answer waits as well.
 */
export async function findBusyJobs(turns: readonly JobTurns[], { plan, ports }: Pass): Promise<BusyJobs> {
  const asked = turns.filter(({ job, rows }) => rows.length >= MIN_ROWS && ownEntry(plan.jobs, job) !== undefined);
  const problems: string[] = [];
  const busy = await mapInBatches(asked, async ({ job }) => {
    const queue = plan.jobs[job]?.queue ?? '';
    try {
      return (await ports.countUntaken(queue)) > 0 ? [job] : [];
    } catch (error) {
      problems.push(`queue ${queue} cannot be asked for messages: ${String(error)}`);
      return [job];
    }
  });
  return { names: new Set(busy.flat()), problems };
}
