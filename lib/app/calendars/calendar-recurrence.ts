import type ICAL from 'ical.js';
import { type CalendarDay, calendarDay, type DayNumber, dayNumber, daysOfMonth, weekdayOf } from './calendar-day.ts';
import { CalendarFileError } from './calendar-file-error.ts';

/** Gives the days of a rule from its first day on, ascending. */
export type ExpandRule = (rule: ICAL.Recur, first: DayNumber) => readonly DayNumber[];

/** How many days may be looked at for the rules of one file: a second or two, and all days of 8,000 years. */
const MAX_DAYS = 3_000_000;

/**
 * Expands the rules of one file up to a day, that day included, as RFC 5545 says for events of whole days. Not by
 * ical.js, whose 29 February falls on 1 March in other years, which takes the weeks of a year for all its days, and which
 * searches without end for a day that never comes.
 *
 * @throws CalendarFileError for a rule that repeats within a day, and for rules that take too long
 * @see https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10
 */
export function createRuleExpander(last: DayNumber): ExpandRule {
  let seen = 0;

  function look(day: DayNumber): CalendarDay {
    if (++seen > MAX_DAYS) {
      throw new CalendarFileError(
        `the rules of the file take too long: more than ${MAX_DAYS} days would have to be looked at; let them begin later`,
      );
    }
    return calendarDay(day);
  }

  return (rule, first) => {
    const end = rule.until === null ? last : Math.min(last, dayNumber(rule.until.toString()));
    const isMeant = createFilter(rule, calendarDay(first));
    const days: DayNumber[] = [];
    for (const period of periodsOf(rule, first, last)) {
      const picked = pickPositions(
        period.filter((day) => isMeant(look(day))),
        rule.parts.BYSETPOS,
      );
      for (const day of picked) {
        if (day > end || days.length === (rule.count ?? Number.POSITIVE_INFINITY)) return days;
        if (day >= first) days.push(day);
      }
    }
    return days;
  };
}

/** The days of each period in which the rule may name some, from the one of the first day on. */
function* periodsOf(rule: ICAL.Recur, first: DayNumber, last: DayNumber): Generator<readonly DayNumber[]> {
  const { year, month } = calendarDay(first);
  const { year: lastYear } = calendarDay(last);
  const { freq, interval } = rule;
  switch (freq) {
    case 'DAILY':
      for (let day = first; day <= last; day += interval) yield [day];
      return;
    case 'WEEKLY': {
      const weekStart = startOfWeek(first, rule.wkst);
      for (let day = weekStart; day <= last; day += 7 * interval) yield sevenFrom(day);
      return;
    }
    case 'MONTHLY':
      for (let index = year * 12 + month - 1; index < (lastYear + 1) * 12; index += interval) {
        yield daysOfMonth(Math.floor(index / 12), (index % 12) + 1);
      }
      return;
    case 'YEARLY': {
      const months = [...monthsOf(rule, month)].sort((one, other) => one - other);
      for (let each = year; each <= lastYear; each += interval) {
        yield months.flatMap((one) => daysOfMonth(each, one));
      }
      return;
    }
    default:
      throw new CalendarFileError(
        `FREQ=${freq ?? ''} is not for whole days; allowed are DAILY, WEEKLY, MONTHLY, YEARLY`,
      );
  }
}

const ALL_MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

function monthsOf({ parts }: ICAL.Recur, firstMonth: number): readonly number[] {
  if (parts.BYMONTH !== undefined) return parts.BYMONTH;
  return hasDays(parts) ? ALL_MONTHS : [firstMonth];
}

/** Whether a rule says which days it means; otherwise that follows from the first one. */
const hasDays = ({ BYDAY, BYMONTHDAY, BYYEARDAY, BYWEEKNO }: ICAL.Recur['parts']): boolean =>
  [BYDAY, BYMONTHDAY, BYYEARDAY, BYWEEKNO].some((part) => part !== undefined);

type Filter = (day: CalendarDay) => boolean;

/** Each part of a rule narrows the days of a period: so it is for whole days, whatever RFC 5545 calls it there. */
function createFilter(rule: ICAL.Recur, first: CalendarDay): Filter {
  const { freq, wkst } = rule;
  const { BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO, BYDAY } = withImplied(rule, first);
  const scope = freq === 'YEARLY' && BYMONTH === undefined ? 'year' : 'month';
  const filters: Filter[] = [];
  if (BYMONTH !== undefined) filters.push(({ month }) => BYMONTH.includes(month));
  if (BYMONTHDAY !== undefined) filters.push(({ day, daysInMonth }) => isPosition(BYMONTHDAY, day, daysInMonth));
  if (BYYEARDAY !== undefined)
    filters.push(({ dayOfYear, daysInYear }) => isPosition(BYYEARDAY, dayOfYear, daysInYear));
  if (BYWEEKNO !== undefined) filters.push(({ number }) => isWeek(BYWEEKNO, number, wkst));
  if (BYDAY !== undefined) {
    const weekdays = BYDAY.map((text) => readWeekday(text, freq));
    filters.push((day) => weekdays.some((each) => isWeekday(each, day, scope)));
  }
  return (day) => filters.every((filter) => filter(day));
}

/** The parts of a rule, with what the first day says where they do not. */
function withImplied({ freq, parts }: ICAL.Recur, first: CalendarDay): ICAL.Recur['parts'] {
  const sameWeekday = { ...parts, BYDAY: [WEEKDAYS[weekdayOf(first.number)] ?? ''] };
  if (hasDays(parts)) {
    const hasWeeksOnly = [parts.BYDAY, parts.BYMONTHDAY, parts.BYYEARDAY].every((part) => part === undefined);
    return hasWeeksOnly ? sameWeekday : parts;
  }
  if (freq === 'DAILY') return parts;
  return freq === 'WEEKLY' ? sameWeekday : { ...parts, BYMONTHDAY: [first.day] };
}

/** Whether positions, of which negative ones count from the end, name the one at `position` of `length`. */
const isPosition = (positions: readonly number[], position: number, length: number): boolean =>
  positions.includes(position) || positions.includes(position - length - 1);

const pickPositions = (days: readonly DayNumber[], positions: readonly number[] | undefined): readonly DayNumber[] =>
  positions === undefined ? days : days.filter((_, index) => isPosition(positions, index + 1, days.length));

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

interface MeantWeekday {
  readonly weekday: number;
  /** Which of a month or a year, from its end if negative; 0 for each. */
  readonly nth: number;
}

function readWeekday(text: string, freq: string): MeantWeekday {
  const nth = Number(text.slice(0, -2));
  if (nth !== 0 && freq !== 'MONTHLY' && freq !== 'YEARLY') {
    throw new CalendarFileError(`BYDAY=${text} counts, which is for FREQ=MONTHLY and FREQ=YEARLY`);
  }
  return { weekday: WEEKDAYS.indexOf(text.slice(-2)), nth };
}

function isWeekday({ weekday, nth }: MeantWeekday, day: CalendarDay, scope: 'month' | 'year'): boolean {
  if (weekdayOf(day.number) !== weekday) return false;
  const [position, length] = scope === 'month' ? [day.day, day.daysInMonth] : [day.dayOfYear, day.daysInYear];
  if (nth >= 0) return nth === 0 || nth === Math.ceil(position / 7);
  return -nth === Math.ceil((length - position + 1) / 7);
}

const sevenFrom = (day: DayNumber): readonly DayNumber[] => Array.from({ length: 7 }, (_, index) => day + index);

/** @param weekStart as ical.js counts: 1 for Sunday */
const startOfWeek = (day: DayNumber, weekStart: number): DayNumber =>
  day - ((weekdayOf(day) - (weekStart - 1) + 7) % 7);

/** Weeks belong to the year that has most of their days, which the fourth of them tells. */
function isWeek(weeks: readonly number[], day: DayNumber, weekStart: number): boolean {
  const { dayOfYear, daysInYear } = calendarDay(startOfWeek(day, weekStart) + 3);
  const week = Math.ceil(dayOfYear / 7);
  return isPosition(weeks, week, week + Math.floor((daysInYear - dayOfYear) / 7));
}
