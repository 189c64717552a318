import type { RunRecord } from '../run/record.ts';
import { type EpochMs, MINUTE } from '../units.ts';
import type { Deployed } from './deployed.ts';
import type { DueTime } from './due-times.ts';
import type { Pass } from './pass-context.ts';
import { minuteOf } from './stories.ts';
import { disabledStoryKey } from './story-keys.ts';

/** Whether a run was skipped because its message came later than the maximum lateness. */
export const isTooLate = (record: RunRecord | undefined): boolean =>
  record?.status === 'skipped' && record.reason === 'too-late';

/** What is known of a due time, beside its record. */
export interface Circumstances {
  /** The schedule as EventBridge has it now, which may be long after the due time. */
  readonly deployed: Deployed | undefined;
  readonly pass: Pass;
}

/**
 * Whether the schedule was disabled by hand at its due time: it is disabled since before; or an earlier pass has found it
 * disabled, and it was enabled after the due time.
 */
export function wasDisabled({ schedule, scheduledTime }: DueTime, { deployed, pass }: Circumstances): boolean {
  if (deployed?.kind === 'disabled' && scheduledTime > deployed.changedAt) return true;
  const story = pass.stories.get(disabledStoryKey(schedule.id));
  if (story === undefined || scheduledTime <= story.since) return false;
  const enabledAt = enabledSince(deployed);
  return enabledAt === undefined || scheduledTime <= enabledAt;
}

/** Since when EventBridge has it enabled. */
export const enabledSince = (deployed: Deployed | undefined): EpochMs | undefined =>
  deployed?.kind === 'as-expected' || deployed?.kind === 'different' ? deployed.changedAt : undefined;

/** The probable reason why a due time was missed, and where to look, for logs and alerts. True of the due time's instant. */
export function missedReason(due: DueTime, record: RunRecord | undefined, circumstances: Circumstances): string {
  const { scheduledTime, isAfterGap, schedule } = due;
  const {
    deployed,
    pass: { plan },
  } = circumstances;
  const places = `look into ${plan.prefix}-undelivered, then at the job's queue and function`;
  if (record?.startedAt !== undefined && isTooLate(record)) {
    const minutes = Math.floor((record.startedAt - record.scheduledTime) / MINUTE);
    return `its message was taken ${minutes} minutes late, which is more than maxLateness: it is recorded as skipped; look at the job's queue and function`;
  }
  if (isAfterGap)
    return `the watchdog starts it when clocks have skipped due times; look into the log of ${plan.prefix}-watchdog`;
  if (wasDisabled(due, circumstances)) return disabledText(deployed);
  // The entry of a schedule that is over has rightly left EventBridge since.
  const isGone = deployed !== undefined && 'why' in deployed && schedule.isOver !== true;
  if (isGone && !('changedAt' in deployed)) return deployed.why;
  if (deployed !== undefined && 'changedAt' in deployed) {
    if (isGone && scheduledTime > deployed.changedAt) return deployed.why;
    if (scheduledTime <= deployed.changedAt)
      return `the schedule was changed in EventBridge at ${minuteOf(deployed.changedAt)}, after this due time: how it was then is not known; ${places}`;
  }
  return `EventBridge had the schedule as it should; ${places}`;
}

function disabledText(deployed: Deployed | undefined): string {
  if (deployed?.kind === 'disabled') return deployed.why;
  const enabledAt = enabledSince(deployed);
  const until = enabledAt === undefined ? '' : ` until ${minuteOf(enabledAt)}`;
  return `the schedule was disabled by hand in EventBridge${until}`;
}
