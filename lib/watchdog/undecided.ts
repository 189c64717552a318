import { occurrencesBetween } from '../due/occurrences.ts';
import { parseRunId } from '../run/run-id.ts';
import { type EpochMs, epochMs } from '../units.ts';
import type { DueTimes, ExpectedSchedule } from './due-times.ts';
import type { CatchUp } from './ports.ts';

/**
 * Ids of schedules with a due time after their newest missed one that is past and not looked at yet: it may be missed as
 * well, and is then the newest. So an outage is made up for when it is over, once, and not due time by due time.
 */
export function undecidedSchedules(
  catchUps: readonly CatchUp[],
  expected: readonly ExpectedSchedule[],
  { times, now }: { times: DueTimes; now: EpochMs },
): ReadonlySet<string> {
  const newest = new Map<string, EpochMs>();
  for (const { run } of catchUps) {
    const { occasion = '', scheduledTime = now } = parseRunId(run) ?? {};
    newest.set(occasion, epochMs(Math.max(scheduledTime, newest.get(occasion) ?? 0)));
  }
  const isUndecided = ({ schedule }: ExpectedSchedule): boolean => {
    const missed = newest.get(schedule.id);
    if (missed === undefined) return false;
    for (const { scheduledTime } of occurrencesBetween(schedule, missed, now)) {
      return scheduledTime > (times.checkedUntil[schedule.id] ?? now);
    }
    return false;
  };
  return new Set(expected.filter(isUndecided).map(({ schedule }) => schedule.id));
}
