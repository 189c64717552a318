import { DAY, HOUR, MINUTE, type Milliseconds, milliseconds } from '../units.ts';

/**
 * Which days an expression picks in a month. Weekdays count from Sunday = 0.
 *
 * `nearest-weekday` stays inside the month, as in Quartz, whose notation EventBridge took over: `1W` on a
 * Saturday is Monday the 3rd.
 */
export type DayRule =
  | { readonly kind: 'days'; readonly days: readonly number[] }
  | { readonly kind: 'last-day' }
  | { readonly kind: 'nearest-weekday'; readonly day: number }
  | { readonly kind: 'weekdays'; readonly weekdays: readonly number[] }
  | { readonly kind: 'last-weekday'; readonly weekday: number }
  | { readonly kind: 'nth-weekday'; readonly weekday: number; readonly nth: number };

/** Local dates and times that an expression names, all lists ascending. A day counts when any of the rules picks it. */
export interface Calendar {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly dayRules: readonly DayRule[];
  readonly months: readonly number[];
  readonly years: readonly number[];
}

/**
 * Local times from `from` on, ascending, whether or not the zone's clocks ever show them. A local time is written
 * as the milliseconds since 1970-01-01T00:00 on the local clock.
 */
export function* localTimes(calendar: Calendar, from: Milliseconds): Generator<Milliseconds> {
  for (const day of localDays(calendar, from)) {
    for (const hour of calendar.hours) {
      const start = day + hour * HOUR;
      if (start + HOUR <= from) continue;
      for (const minute of calendar.minutes) {
        const time = start + minute * MINUTE;
        if (time >= from) yield milliseconds(time);
      }
    }
  }
}

function* localDays({ years, months, dayRules }: Calendar, from: Milliseconds): Generator<number> {
  for (const year of years) {
    if (Date.UTC(year + 1, 0, 1) <= from) continue;
    for (const month of months) {
      if (Date.UTC(year, month, 1) <= from) continue;
      for (const day of daysOf(dayRules, year, month)) {
        const start = Date.UTC(year, month - 1, day);
        if (start + DAY > from) yield start;
      }
    }
  }
}

/** True when some date from 1970 to 2199 is meant. False for 31 February, and for a fifth Tuesday of one month that has four. */
export const hasDates = ({ years, months, dayRules }: Calendar): boolean =>
  years.some((year) => months.some((month) => daysOf(dayRules, year, month).length > 0));

/** Days in a month, counted from January = 1. */
export const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

function daysOf(rules: readonly DayRule[], year: number, month: number): number[] {
  const days: Month = { first: new Date(Date.UTC(year, month - 1, 1)).getUTCDay(), last: daysInMonth(year, month) };
  return Array.from({ length: days.last }, (_, index) => index + 1).filter((day) =>
    rules.some((rule) => picks(rule, day, days)),
  );
}

interface Month {
  /** Weekday of the first day. */
  readonly first: number;
  /** Number of the last day. */
  readonly last: number;
}

const weekdayOf = (day: number, { first }: Month): number => (first + day - 1) % 7;

function picks(rule: DayRule, day: number, month: Month): boolean {
  switch (rule.kind) {
    case 'days':
      return rule.days.includes(day);
    case 'last-day':
      return day === month.last;
    case 'nearest-weekday':
      return day === nearestWeekday(rule.day, month);
    case 'weekdays':
      return rule.weekdays.includes(weekdayOf(day, month));
    case 'last-weekday':
      return weekdayOf(day, month) === rule.weekday && day > month.last - 7;
    case 'nth-weekday':
      return weekdayOf(day, month) === rule.weekday && Math.ceil(day / 7) === rule.nth;
  }
}

function nearestWeekday(day: number, month: Month): number {
  const weekday = weekdayOf(day, month);
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === month.last ? day - 2 : day + 1;
  return day;
}
