import type { EpochMs } from '../../units.ts';
import { calendarThatSkips } from '../calendar-days.ts';
import type { LintSubject } from './subject.ts';

/** Due times of the coming week, ascending, without what calendars skip. */
export function comingWeek({ schedule, dueTimes }: LintSubject): readonly EpochMs[] {
  const { timezone, policy } = schedule;
  const week = dueTimes.comingWeek();
  if (policy.except.length === 0 && policy.only.length === 0) return week;
  return week.filter((due) => calendarThatSkips(due, timezone, policy) === undefined);
}
