import { WEEK_MS } from '../../due/due-times.ts';
import { occurrencesBetween } from '../../due/occurrences.ts';
import { type EpochMs, epochMs } from '../../units.ts';
import type { LintSubject } from './subject.ts';

/** Due times of the coming week, ascending, with runs after a gap and without what calendars skip. */
export function comingWeek({ schedule, dueTimes, now }: LintSubject): readonly EpochMs[] {
  const { except, only, dst } = schedule.policy;
  if (dst === 'skip' && except.length + only.length === 0) return dueTimes.comingWeek();
  return [...occurrencesBetween(schedule, now, epochMs(now + WEEK_MS))].flatMap(({ scheduledTime, calendar }) =>
    calendar === undefined ? [scheduledTime] : [],
  );
}
