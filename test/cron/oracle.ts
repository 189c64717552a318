/**
 * The slow truth for the tests: looks at every minute, asks Intl what the clocks show, and reads the expression's
 * text on the spot. Shares nothing with lib/cron. Understands well-formed five-field cron and `cron(…)` only.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export interface Scan {
  readonly expression: string;
  readonly timezone: string;
  /** Excluded, in epoch milliseconds. */
  readonly from: number;
  /** Included, in epoch milliseconds. */
  readonly to: number;
  /** How far to walk at a time. @default 1 */
  readonly stepMinutes?: number;
}

/** Due times in (from, to]: minutes whose local time matches and was not on the clocks in the three hours before. */
export function scanDueTimes({ expression, timezone, from, to, stepMinutes = 1 }: Scan): number[] {
  const clock = clockOf(timezone);
  const shown = new Set<string>();
  const due: number[] = [];
  const step = stepMinutes * MINUTE;
  for (let instant = Math.ceil((from - 3 * HOUR) / step) * step; instant <= to; instant += step) {
    const local = clock(instant);
    const isRepeat = shown.has(local);
    shown.add(local);
    if (instant > from && !isRepeat && matches(expression, local)) due.push(instant);
  }
  return due;
}

/** Instants at which the zone's distance from UTC changes, to the minute; those closer than ten days are not told apart. */
export function findTransitions(timezone: string, from: number, to: number): number[] {
  const clock = clockOf(timezone);
  const offset = (instant: number) => Date.parse(`${clock(instant)}Z`) - instant;
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

const clocks = new Map<string, (instant: number) => string>();

/** Local time as `2026-03-29T02:00`. */
function clockOf(timeZone: string): (instant: number) => string {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  // Swedish dates are ISO's: 2026-03-29 02:00.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const clock = (instant: number) => format.format(instant).replace(' ', 'T');
  clocks.set(timeZone, clock);
  return clock;
}

export function matches(expression: string, local: string): boolean {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = local.split(/\D/).map(Number);
  const six = /^cron\((.*)\)$/.exec(expression);
  const words = (six?.[1] ?? expression).split(' ');
  const [minutes = '', hours = '', days = '', months = '', weekdays = '', years = '*'] = words;
  if (!has(minutes, minute, [0, 59]) || !has(hours, hour, [0, 23])) return false;
  if (!has(months, month, [1, 12], MONTHS) || !has(years, year, [1970, 2199])) return false;
  return six ? isEventBridgeDay([days, weekdays], [year, month, day]) : isCronDay([days, weekdays], [year, month, day]);
}

type YearMonthDay = readonly [year: number, month: number, day: number];

const weekdayOf = ([year, month, day]: YearMonthDay) => new Date(Date.UTC(year, month - 1, day)).getUTCDay();

function isCronDay([days, weekdays]: readonly [string, string], date: YearMonthDay): boolean {
  const inMonth = has(days, date[2], [1, 31]);
  const weekday = weekdayOf(date);
  const inWeek = has(weekdays, weekday, [0, 7], WEEKDAYS) || (weekday === 0 && has(weekdays, 7, [0, 7], WEEKDAYS));
  return days.startsWith('*') || weekdays.startsWith('*') ? inMonth && inWeek : inMonth || inWeek;
}

function isEventBridgeDay([days, weekdays]: readonly [string, string], date: YearMonthDay): boolean {
  const [year, month, day] = date;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const weekday = weekdayOf(date) + 1;
  if (days === 'L') return day === last;
  if (days.endsWith('W')) {
    const wanted = Number.parseInt(days, 10);
    const nearest = [0, -1, 1, -2, 2]
      .map((distance) => wanted + distance)
      .find((near) => near >= 1 && near <= last && weekdayOf([year, month, near]) % 6 !== 0);
    return day === nearest;
  }
  if (days !== '?') return has(days, day, [1, 31]);
  if (weekdays === 'L') return weekday === 7;
  if (weekdays.endsWith('L')) return weekday === Number.parseInt(weekdays, 10) && day + 7 > last;
  if (!weekdays.includes('#')) return has(weekdays, weekday, [1, 7], WEEKDAYS);
  const [wanted, nth = 0] = weekdays.split('#').map(Number);
  return weekday === wanted && day > (nth - 1) * 7 && day <= nth * 7;
}

/** Whether a list of values, ranges and steps has the value. Names stand for the numbers from the lowest on. */
function has(
  list: string,
  value: number,
  [min, max]: readonly [number, number],
  names: readonly string[] = [],
): boolean {
  const read = (text: string) => (names.includes(text) ? names.indexOf(text) + min : Number(text));
  return list.split(',').some((item) => {
    const [head = '', step] = item.split('/');
    const [low = '', high] = head.split('-');
    const first = head === '*' ? min : read(low);
    const last = head === '*' || (high === undefined && step !== undefined) ? max : read(high ?? low);
    return value >= first && value <= last && (value - first) % Number(step ?? 1) === 0;
  });
}
