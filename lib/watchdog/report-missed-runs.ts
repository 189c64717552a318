import { toIso } from '../units.ts';
import type { MissedRun } from './missed-runs.ts';
import type { Pass } from './pass-context.ts';

/** Reports missed due times to the log, one line each, and to the alarm, one metric value a job. */
export function reportMissedRuns(missed: readonly MissedRun[], { ports: { log, countMissed } }: Pass): void {
  const counts = new Map<string, number>();
  for (const { run, schedule, scheduledTime, why, isTooLate } of missed) {
    const { id, job } = schedule;
    counts.set(job, (counts.get(job) ?? 0) + 1);
    log(isTooLate ? 'run-came-too-late' : 'run-missed', {
      runId: run,
      job,
      schedule: id,
      scheduledTime: toIso(scheduledTime),
      why,
    });
  }
  for (const [job, count] of counts) countMissed(job, count);
}
