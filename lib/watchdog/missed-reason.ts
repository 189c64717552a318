import type { RunRecord } from '../run/record.ts';
import { MINUTE } from '../units.ts';
import type { Deployed } from './deployed.ts';
import type { DueTime } from './due-times.ts';
import type { WatchdogPlan } from './plan.ts';

/** Whether a run was skipped because its message came later than the maximum lateness. */
export const isTooLate = (record: RunRecord | undefined): boolean =>
  record?.status === 'skipped' && record.reason === 'too-late';

/** The probable reason why a due time was missed, and where to look, for logs and alerts. */
export function missedReason(
  { scheduledTime, isAfterGap, schedule }: DueTime,
  record: RunRecord | undefined,
  { deployed, plan: { prefix } }: { readonly deployed: Deployed | undefined; readonly plan: WatchdogPlan },
): string {
  if (record?.startedAt !== undefined && isTooLate(record)) {
    const minutes = Math.floor((record.startedAt - record.scheduledTime) / MINUTE);
    return `its message was taken ${minutes} minutes late, which is more than maxLateness: it is recorded as skipped; look at the job's queue and function`;
  }
  if (isAfterGap)
    return `the watchdog starts it when clocks have skipped due times; look into the log of ${prefix}-watchdog`;
  // The entry of a schedule that is over has rightly left EventBridge since.
  if (deployed !== undefined && 'why' in deployed && schedule.isOver !== true) {
    if (!('changedAt' in deployed) || scheduledTime > deployed.changedAt) return deployed.why;
  }
  return `EventBridge had the schedule as it should; look into ${prefix}-undelivered, then at the job's queue and function`;
}
