import { type Calendar, type DayRule, daysInMonth, hasDates } from './calendar.ts';
import {
  DAY_OF_MONTH,
  EVENTBRIDGE_WEEKDAY,
  HOUR,
  MINUTE,
  MONTH,
  readList,
  readValue,
  WEEKDAY_NAMES,
  YEAR,
} from './fields.ts';
import { InvalidExpressionError } from './invalid-expression-error.ts';
import { cover, type Part, sliceOf, wordsOf } from './parts.ts';
import { neverFires, type Reading, wrongCount } from './reading.ts';

const FORM = 'minute hour day-of-month month day-of-week year';
const FIVE_FIELDS = 'five-field cron is written without cron( )';

/**
 * Reads what stands inside EventBridge's `cron(…)`, by the grammar that AWS documents and nothing beyond it.
 *
 * @throws InvalidExpressionError also for what AWS may accept without saying what it means: `LW`, `L-3`, lists with
 * `L` or `W`, ranges that run backwards, steps on ranges and on weekdays.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function readSixFields(inside: Part): Reading {
  const words = wordsOf(inside);
  const [minute, hour, day, month, weekday, year, surplus] = words;
  if (!minute || !hour || !day || !month || !weekday || !year || surplus) {
    throw wrongCount(inside, words, FORM, words.length === 5 ? FIVE_FIELDS : undefined);
  }

  const minutes = readList(minute, MINUTE, 'eventbridge');
  const hours = readList(hour, HOUR, 'eventbridge');
  const months = readList(month, MONTH, 'eventbridge');
  const years = readList(year, YEAR, 'eventbridge');
  refuseUnlessOneQuestionMark(day, weekday);
  const { rule, text } = weekday.text === '?' ? readDayOfMonth(day) : readDayOfWeek(weekday);
  refuseMissingDay(day, rule, months.numbers);
  const calendar: Calendar = {
    minutes: minutes.numbers,
    hours: hours.numbers,
    dayRules: [rule],
    months: months.numbers,
    years: years.numbers,
  };
  if (!hasDates(calendar)) throw neverFires(day, year.text === '*' ? month : year);
  const days = weekday.text === '?' ? `${text} ${months.text} ?` : `? ${months.text} ${text}`;
  return { calendar, expressions: [`cron(${minutes.text} ${hours.text} ${days} ${years.text})`] };
}

interface Day {
  readonly rule: DayRule;
  readonly text: string;
}

function readDayOfMonth(part: Part): Day {
  const text = part.text.toUpperCase();
  if (text === 'L') return { rule: { kind: 'last-day' }, text };
  if (/^\d+W$/.test(text)) {
    const day = readValue(sliceOf(part, 0, -1), DAY_OF_MONTH);
    return { rule: { kind: 'nearest-weekday', day }, text: `${day}W` };
  }
  if (/[LW]/.test(text)) throw undocumented(part, 'L on its own, and W after one day, such as 15W');
  const { numbers, text: list } = readList(part, DAY_OF_MONTH, 'eventbridge');
  return { rule: { kind: 'days', days: numbers }, text: list };
}

function readDayOfWeek(part: Part): Day {
  const text = part.text.toUpperCase();
  // "The L wildcard … specifies the last day of the month or week": alone, Saturday.
  if (text === 'L') return { rule: { kind: 'weekdays', weekdays: [6] }, text };
  if (/^\d+L$/.test(text)) {
    const weekday = readValue(sliceOf(part, 0, -1), EVENTBRIDGE_WEEKDAY);
    return { rule: { kind: 'last-weekday', weekday: weekday - 1 }, text: `${weekday}L` };
  }
  if (/^\d+#\d+$/.test(text)) return readNthWeekday(part);
  if (text.includes('#') && text.includes(',')) {
    throw new InvalidExpressionError(part, 'with # only one day can be named', 'write a schedule for each');
  }
  if (/[#LW]/.test(WEEKDAY_NAMES.reduce((rest, name) => rest.replaceAll(name, ''), text)))
    throw undocumentedWeekday(part);
  const { numbers, text: list } = readList(part, EVENTBRIDGE_WEEKDAY, 'eventbridge');
  return { rule: { kind: 'weekdays', weekdays: numbers.map((weekday) => weekday - 1) }, text: list };
}

function readNthWeekday(part: Part): Day {
  const hash = part.text.indexOf('#');
  const weekday = readValue(sliceOf(part, 0, hash), EVENTBRIDGE_WEEKDAY);
  const nth = Number(part.text.slice(hash + 1));
  if (nth < 1 || nth > 5) {
    throw new InvalidExpressionError(sliceOf(part, hash + 1), `a month has no weekday number ${nth}; allowed are 1-5`);
  }
  return { rule: { kind: 'nth-weekday', weekday: weekday - 1, nth }, text: `${weekday}#${nth}` };
}

function undocumentedWeekday(part: Part): InvalidExpressionError {
  const allowed = 'L on its own, L after one number, such as 6L, and one #, such as 3#2';
  const name = WEEKDAY_NAMES.find((name) => part.text.toUpperCase().startsWith(name));
  const rest = part.text.slice(3).toUpperCase();
  if (name === undefined || !/^(L|#[1-5])$/.test(rest)) return undocumented(part, allowed);
  return undocumented(part, allowed, `write ${WEEKDAY_NAMES.indexOf(name) + 1}${rest}`);
}

const undocumented = (part: Part, allowed: string, cure?: string): InvalidExpressionError =>
  new InvalidExpressionError(part, `AWS does not document ${part.text}; it documents ${allowed}`, cure);

/** AWS does not say what 31W means in a month of 30 days. */
function refuseMissingDay(part: Part, rule: DayRule, months: readonly number[]): void {
  if (rule.kind !== 'nearest-weekday') return;
  // A year without a leap day.
  const short = months.find((month) => daysInMonth(2027, month) < rule.day);
  if (short === undefined) return;
  const problem = `AWS does not document ${part.text} in a month without day ${rule.day}, such as month ${short}`;
  throw new InvalidExpressionError(part, problem, 'name the months that have it, or write L for the last day');
}

function refuseUnlessOneQuestionMark(day: Part, weekday: Part): void {
  const marks = [day, weekday].filter(({ text }) => text === '?').length;
  if (marks === 1) return;
  const both = cover(day, weekday);
  const rule = 'exactly one of day-of-month and day-of-week must be ?';
  if (marks === 2) throw new InvalidExpressionError(both, rule, 'write * for the day of month');
  const unrestricted = [day, weekday].find(({ text }) => text === '*');
  const cure = 'for days in either write five-field cron, without cron( )';
  throw unrestricted === undefined
    ? new InvalidExpressionError(both, rule, cure)
    : new InvalidExpressionError(unrestricted, rule, 'write ? here');
}
