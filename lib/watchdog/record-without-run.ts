import { scheduledRunId } from '../run/run-id.ts';
import { DAY, milliseconds, toIso } from '../units.ts';
import type { DueTime } from './due-times.ts';
import type { Pass } from './pass-context.ts';
import type { WatchdogPorts } from './ports.ts';

/** For records of a job that has just left the app. */
const MIN_RETENTION = milliseconds(30 * DAY);

/** The id of the run of a due time. */
export const runOf = ({ schedule, scheduledTime }: DueTime): string =>
  scheduledRunId(schedule.job, schedule.id, scheduledTime);

/**
 * Records a due time without a run: as skipped where a calendar leaves it out, else as missed.
 *
 * @returns whether it had no record
 */
export async function recordWithoutRun(each: DueTime, { plan, ports }: Pass): Promise<boolean> {
  const { schedule, scheduledTime, calendar } = each;
  const isNew = await ports.store.recordWithoutRun({
    id: runOf(each),
    job: schedule.job,
    schedule: schedule.id,
    scheduledTime,
    at: ports.now(),
    retention: plan.jobs[schedule.job]?.retention ?? MIN_RETENTION,
    ...(calendar === undefined ? {} : { calendar }),
  });
  if (isNew && calendar !== undefined) logDueTime('run-skipped', each, { reason: 'calendar', calendar }, ports);
  return isNew;
}

/** Logs an event of a due time. */
export function logDueTime(
  event: 'run-skipped' | 'due-time-not-expected',
  each: DueTime,
  more: Readonly<Record<string, unknown>>,
  { log }: Pick<WatchdogPorts, 'log'>,
): void {
  const { schedule, scheduledTime } = each;
  const fields = { runId: runOf(each), job: schedule.job, schedule: schedule.id, scheduledTime: toIso(scheduledTime) };
  log(event, { ...fields, ...more });
}
