import { DAY } from '../../units.ts';

/** A day as a number, to reckon with: days since 1970-01-01. */
export type DayNumber = number;

/** A day with its places in month and year, all counted from 1. */
export interface CalendarDay {
  readonly number: DayNumber;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly daysInMonth: number;
  readonly dayOfYear: number;
  readonly daysInYear: number;
}

const TEXT_LENGTH = 'yyyy-mm-dd'.length;

/** Of `2027-12-24`, whatever follows it; NaN for a text that is no date. */
export function dayNumber(text: string): DayNumber {
  const date = text.slice(0, TEXT_LENGTH);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return Number.NaN;
  const number = Date.parse(`${date}T00:00Z`) / DAY;
  // Some engines read 30 February as 2 March.
  return Number.isNaN(number) || dayText(number) !== date ? Number.NaN : number;
}

/** `2027-12-24`, for the years 0 to 9999. */
export const dayText = (day: DayNumber): string => new Date(day * DAY).toISOString().slice(0, TEXT_LENGTH);

export const LAST_DAY = dayNumber('9999-12-31');

export function calendarDay(number: DayNumber): CalendarDay {
  const date = new Date(number * DAY);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + 1;
  const start = firstOf(year, 1);
  return {
    number,
    year,
    month,
    day: date.getUTCDate(),
    daysInMonth: firstOf(year, month + 1) - firstOf(year, month),
    dayOfYear: number - start + 1,
    daysInYear: firstOf(year + 1, 1) - start,
  };
}

export function daysOfMonth(year: number, month: number): readonly DayNumber[] {
  const first = firstOf(year, month);
  return Array.from({ length: firstOf(year, month + 1) - first }, (_, index) => first + index);
}

/** From Sunday = 0. */
export const weekdayOf = (day: DayNumber): number => (((day + 4) % 7) + 7) % 7;

/** The first day of a month, which may be the thirteenth. */
function firstOf(year: number, month: number): DayNumber {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; 400 years are a whole number of weeks and of days.
  return Date.UTC(year + 400, month - 1, 1) / DAY - DAYS_IN_400_YEARS;
}

const DAYS_IN_400_YEARS = 146_097;
