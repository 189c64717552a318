import { calendarThatSkips } from '../due/calendar-days.ts';
import type { RunRecord, Skip } from '../run/record.ts';
import type { ScheduleFacts } from './schedule-facts.ts';

/**
 * The calendar for which a due time is not to be run. A module of its own: what several bundles share has all that
 * any of them uses of a module, so the first schedule with a calendar would change every function.
 */
export function skipByCalendar({ scheduledTime }: RunRecord, { timezone, calendars }: ScheduleFacts): Skip | undefined {
  const calendar = calendars && calendarThatSkips(scheduledTime, timezone, calendars);
  return calendar === undefined ? undefined : { reason: 'calendar', calendar };
}
