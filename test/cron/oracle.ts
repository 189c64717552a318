import { HOUR, MINUTE } from '../../lib/units.ts';

/**
 * The slow truth for the tests: looks at every minute, asks Intl what the clocks show, and reads the expression's
 * text on the spot. Shares nothing with lib/cron. Understands well-formed five-field cron and `cron(…)` only.
 */

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export interface Window {
  readonly timezone: string;
  /** Excluded, in epoch milliseconds. */
  readonly from: number;
  /** Included, in epoch milliseconds. */
  readonly to: number;
  /** How far to walk at a time. @default 1 */
  readonly stepMinutes?: number;
}

export interface Scan extends Window {
  readonly expression: string;
}

/** What a zone's clocks show at an instant, and have not shown before. */
export interface Reading {
  readonly instant: number;
  readonly local: LocalTime;
}

export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** Looks at a zone's clocks in (from, to]; leaves out what they have shown in the three hours before. */
export function readClock({ timezone, from, to, stepMinutes = 1 }: Window): Reading[] {
  const clock = clockOf(timezone);
  const shown = new Set<string>();
  const readings: Reading[] = [];
  const step = stepMinutes * MINUTE;
  for (let instant = Math.ceil((from - 3 * HOUR) / step) * step; instant <= to; instant += step) {
    const text = clock(instant);
    const isRepeat = shown.has(text);
    shown.add(text);
    if (instant <= from || isRepeat) continue;
    readings.push({ instant, local: localTimeOf(text) });
  }
  return readings;
}

/** By place and not by pattern: the tests do it ten million times. */
const localTimeOf = (text: string): LocalTime => ({
  year: Number(text.slice(0, 4)),
  month: Number(text.slice(5, 7)),
  day: Number(text.slice(8, 10)),
  hour: Number(text.slice(11, 13)),
  minute: Number(text.slice(14, 16)),
});

/** Due times among the readings. */
export function dueAmong(expression: string, readings: readonly Reading[]): number[] {
  const matches = matcherOf(expression);
  return readings.filter(({ local }) => matches(local)).map(({ instant }) => instant);
}

/** Due times in (from, to]: minutes whose local time matches and was not on the clocks in the three hours before. */
export const scanDueTimes = ({ expression, ...window }: Scan): number[] => dueAmong(expression, readClock(window));

/** Instants at which the zone's distance from UTC changes, to the minute; those closer than ten days are not told apart. */
export function findTransitions(timezone: string, from: number, to: number): number[] {
  const offset = offsetOf(timezone);
  const found: number[] = [];
  for (let low = from; low < to; low += 240 * HOUR) {
    let [before, after] = [low, low + 240 * HOUR];
    if (offset(before) === offset(after)) continue;
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / MINUTE / 2) * MINUTE;
      if (offset(middle) === offset(low)) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found;
}

/** A zone's distance from UTC at an instant, in milliseconds. */
export function offsetOf(timezone: string): (instant: number) => number {
  const clock = clockOf(timezone);
  return (instant) => Date.parse(`${clock(instant).replace(' ', 'T')}Z`) - instant;
}

const clocks = new Map<string, (instant: number) => string>();

/** Local time as `2026-03-29 02:00`. */
function clockOf(timeZone: string): (instant: number) => string {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  // Swedish dates are ISO's.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const clock = (instant: number) => format.format(instant);
  clocks.set(timeZone, clock);
  return clock;
}

type Matcher = (local: LocalTime) => boolean;

function matcherOf(written: string): Matcher {
  const expression = written.trim().toUpperCase();
  const six = /^CRON\((.*)\)$/.exec(expression);
  const words = (six?.[1] ?? expression).trim().split(/\s+/);
  const [minutes = '', hours = '', days = '', months = '', weekdays = '', years = '*'] = words;
  const inMinutes = valuesOf(minutes, [0, 59]);
  const inHours = valuesOf(hours, [0, 23]);
  const inMonths = valuesOf(months, [1, 12], MONTHS);
  const inYears = valuesOf(years, [1970, 2199]);
  const isDay = six ? eventBridgeDays(days, weekdays) : cronDays(days, weekdays);
  return (local) =>
    inMinutes.has(local.minute) &&
    inHours.has(local.hour) &&
    inMonths.has(local.month) &&
    inYears.has(local.year) &&
    isDay(local);
}

const weekdayOf = ({ year, month, day }: Pick<LocalTime, 'year' | 'month' | 'day'>) =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay();

const lastDayOf = ({ year, month }: LocalTime) => new Date(Date.UTC(year, month, 0)).getUTCDate();

function cronDays(days: string, weekdays: string): Matcher {
  const inDays = valuesOf(days, [1, 31]);
  const inWeekdays = valuesOf(weekdays, [0, 7], WEEKDAYS);
  const both = days.startsWith('*') || weekdays.startsWith('*');
  return (local) => {
    const inMonth = inDays.has(local.day);
    const weekday = weekdayOf(local);
    const inWeek = inWeekdays.has(weekday) || (weekday === 0 && inWeekdays.has(7));
    return both ? inMonth && inWeek : inMonth || inWeek;
  };
}

function eventBridgeDays(days: string, weekdays: string): Matcher {
  if (days === 'L') return (local) => local.day === lastDayOf(local);
  if (days.endsWith('W')) return nearestWeekday(Number.parseInt(days, 10));
  if (days !== '?') {
    const inDays = valuesOf(days, [1, 31]);
    return (local) => inDays.has(local.day);
  }
  if (weekdays === 'L') return (local) => weekdayOf(local) === 6;
  const wanted = Number.parseInt(weekdays, 10);
  if (weekdays.endsWith('L')) return (local) => weekdayOf(local) + 1 === wanted && local.day + 7 > lastDayOf(local);
  if (!weekdays.includes('#')) {
    const inWeekdays = valuesOf(weekdays, [1, 7], WEEKDAYS);
    return (local) => inWeekdays.has(weekdayOf(local) + 1);
  }
  const nth = Number(weekdays.split('#')[1]);
  return (local) => weekdayOf(local) + 1 === wanted && local.day > (nth - 1) * 7 && local.day <= nth * 7;
}

/** The weekday of the same month that is least far away, whichever the direction. */
const nearestWeekday =
  (wanted: number): Matcher =>
  (local) => {
    const nearest = [0, -1, 1, -2, 2]
      .map((distance) => wanted + distance)
      .find((day) => day >= 1 && day <= lastDayOf(local) && weekdayOf({ ...local, day }) % 6 !== 0);
    return local.day === nearest;
  };

/** What a list of values, ranges and steps has. Names stand for the numbers from the lowest on. */
function valuesOf(
  list: string,
  [min, max]: readonly [number, number],
  names: readonly string[] = [],
): ReadonlySet<number> {
  const read = (text: string) => (names.includes(text) ? names.indexOf(text) + min : Number(text));
  const values = new Set<number>();
  for (const item of list.split(',')) {
    const [head = '', step] = item.split('/');
    const [low = '', high] = head.split('-');
    const first = head === '*' ? min : read(low);
    const last = head === '*' || (high === undefined && step !== undefined) ? max : read(high ?? low);
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}
