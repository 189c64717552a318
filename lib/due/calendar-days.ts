import type { NamedDays, SchedulePolicy } from '../job/schedule-policy.ts';
import type { EpochMs } from '../units.ts';

type Calendars = Pick<SchedulePolicy, 'except' | 'only'>;

/** The calendar for which a due time is skipped; undefined when it is not. */
export function calendarThatSkips(time: EpochMs, timezone: string, calendars: Calendars): string | undefined {
  if (calendars.except.length === 0 && calendars.only.length === 0) return undefined;
  return calendarOfDate(localDate(time, timezone), calendars);
}

/** The calendar for which due times of a local date, `2027-12-24`, are skipped; undefined when they are not. */
export function calendarOfDate(date: string, { except, only }: Calendars): string | undefined {
  const excepted = except.find((days) => has(days, date));
  if (excepted !== undefined) return excepted.name;
  if (only.length === 0 || only.some((days) => has(days, date))) return undefined;
  return only.map(({ name }) => name).join(', ');
}

const has = ({ days }: NamedDays, date: string): boolean =>
  days.some((each) => {
    const [first = '', last = first] = each.split('/');
    return date >= first && date <= last;
  });

/** `2027-12-24` on the zone's clocks. */
function localDate(time: EpochMs, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    // Swedish dates are ISO's.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    formats.set(timeZone, format);
  }
  return format.format(time);
}

/** Making one takes twenty times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();
