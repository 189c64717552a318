import { occurrencesBetween } from '../../due/occurrences.ts';
import { runsAfterGap } from '../../job/schedule-policy.ts';
import { type EpochMs, epochMs, WEEK } from '../../units.ts';
import type { LintSubject } from './subject.ts';

/** Due times of the coming week, ascending, with runs after a gap and without what calendars skip. */
export function comingWeek({ schedule, dueTimes, now }: LintSubject): readonly EpochMs[] {
  const { except, only, dst } = schedule.policy;
  if (!runsAfterGap({ dst }) && except.length + only.length === 0) return dueTimes.comingWeek();
  return [...occurrencesBetween(schedule, now, epochMs(now + WEEK))].flatMap(({ scheduledTime, calendar }) =>
    calendar === undefined ? [scheduledTime] : [],
  );
}
