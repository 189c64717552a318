import { type Calendar, type DayRule, hasDates } from './calendar.ts';
import {
  CRON_WEEKDAY,
  countUp,
  DAY_OF_MONTH,
  HOUR,
  MINUTE,
  MONTH,
  readList,
  runsText,
  WEEKDAY_NAMES,
  YEAR,
} from './fields.ts';
import { InvalidExpressionError } from './invalid-expression-error.ts';
import { type Part, sliceOf, wholeOf, wordsOf } from './parts.ts';
import { neverFires, type Reading, wrongCount } from './reading.ts';
import { readQuartzYears, withoutSeconds } from './seconds-first.ts';

const FORM = 'minute hour day-of-month month day-of-week';

const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/**
 * Reads cron as everyone knows it, five fields or `@daily` and its like; or the same five after a second of 0.
 *
 * With both day fields restricted either may match, as in cron; EventBridge cannot say that in one expression, so
 * the reading has two. A day field that picks every day without a `*` leaves no day out, so one is enough.
 *
 * @throws InvalidExpressionError when it is not cron, when it has no EventBridge equal, or when it can never fire.
 */
export function readFiveFields(whole: Part): Reading {
  if (whole.text.startsWith('@')) return readFiveFields(wholeOf(whole.label, readMacro(whole)));
  const written = wordsOf(whole);
  refuseZone(written[0]);
  const words = written.length === 6 ? withoutSeconds(written) : written;
  const [minute, hour, day, month, weekday, surplus] = words;
  if (!minute || !hour || !day || !month || !weekday || surplus) {
    const meant = words.length === 7 ? readQuartzYears(words) : undefined;
    throw wrongCount(whole, words, FORM, meant && `write ${meant}`);
  }
  refuseForeignSigns(words);

  const minutes = readList(minute, MINUTE, 'cron');
  const hours = readList(hour, HOUR, 'cron');
  const days = readDays(day, weekday);
  const months = readList(month, MONTH, 'cron');
  const calendar: Calendar = {
    minutes: minutes.numbers,
    hours: hours.numbers,
    dayRules: days.map(({ rule }) => rule),
    months: months.numbers,
    years: countUp(YEAR.min, YEAR.max, 1),
  };
  const dead = days.filter(({ rule }) => !hasDates({ ...calendar, dayRules: [rule] }));
  if (dead.length === days.length) throw neverFires(day, month);
  if (dead.length > 0) throw deadDay(day, month);
  const time = `${minutes.text} ${hours.text}`;
  return { calendar, expressions: days.map(({ text }) => `cron(${time} ${text(months.text)} *)`) };
}

interface Days {
  readonly rule: DayRule;
  /** EventBridge's day-of-month, month and day-of-week. */
  text(month: string): string;
}

function readDays(day: Part, weekday: Part): readonly Days[] {
  const inMonth = readList(day, DAY_OF_MONTH, 'cron');
  const inWeek = readList(weekday, CRON_WEEKDAY, 'cron');
  const [everyDay, everyWeekday] = [inMonth.text === '*', inWeek.text === '*'];
  const byMonth: Days = {
    rule: { kind: 'days', days: inMonth.numbers },
    text: (month) => `${inMonth.text} ${month} ?`,
  };
  const byWeek: Days = {
    rule: { kind: 'weekdays', weekdays: inWeek.numbers },
    // By name, so that nobody has to know who counts from what.
    text: (month) => `? ${month} ${runsText(inWeek.numbers, (weekday) => WEEKDAY_NAMES[weekday] ?? '')}`,
  };
  const always: Days = { rule: byWeek.rule, text: (month) => `* ${month} ?` };
  // A leading star makes cron ask for both fields; where one picks every day, the other decides.
  if (startsWithStar(day) || startsWithStar(weekday)) {
    if (everyWeekday) return [byMonth];
    if (everyDay) return [byWeek];
    throw starredDays(day, weekday);
  }
  if (everyDay) return [byMonth];
  if (everyWeekday) return [always];
  return [byMonth, byWeek];
}

/** Beside a day of the week, which every month has. */
const deadDay = (day: Part, month: Part): InvalidExpressionError =>
  new InvalidExpressionError(
    day,
    `day ${day.text} never comes in month ${month.text}, so that only the day of the week counts`,
    'write * for the day of the month, if that is meant',
  );

const startsWithStar = ({ text }: Part): boolean => text.startsWith('*');

function starredDays(day: Part, weekday: Part): InvalidExpressionError {
  const starred = [
    { part: day, all: `${DAY_OF_MONTH.min}-${DAY_OF_MONTH.last}` },
    { part: weekday, all: `${CRON_WEEKDAY.min}-${CRON_WEEKDAY.last}` },
  ].filter(({ part }) => startsWithStar(part));
  const either = starred.map(({ part, all }) => part.text.replace('*', all)).join(' and ');
  const problem = `cron asks for days in both ${day.text} and ${weekday.text}, which EventBridge cannot say`;
  const cure = `write ${either} for days in either, or make one field * and let the job check the other`;
  return new InvalidExpressionError(starred[0]?.part ?? day, problem, cure);
}

function readMacro(whole: Part): string {
  const known = MACROS[whole.text.toLowerCase()];
  if (known !== undefined) return known;
  const names = Object.keys(MACROS).join(', ');
  if (whole.text.toLowerCase() === '@reboot') {
    const problem = '@reboot has no due time, and nothing here boots';
    throw new InvalidExpressionError(whole, problem, `write when it is due, or one of ${names}`);
  }
  throw new InvalidExpressionError(whole, `${whole.text} is not known; allowed are ${names}`);
}

/** As Go's cron and crontab files set a zone. */
function refuseZone(first: Part | undefined): void {
  const zone = first && /^(?:CRON_)?TZ=(.*)$/i.exec(first.text)?.[1];
  if (first === undefined || zone === undefined) return;
  const problem = 'an expression has no time zone in it';
  throw new InvalidExpressionError(first, problem, `leave it out, and write the zone as timezone: '${zone || 'UTC'}'`);
}

function refuseForeignSigns(words: readonly Part[]): void {
  for (const word of words) {
    const sign = /[?#~]|(?<=^|\d|,)[LW](?=$|\W|[LW])/i.exec(word.text);
    if (sign === null) continue;
    const place = sliceOf(word, sign.index, sign.index + 1);
    if (sign[0] === '~') {
      throw new InvalidExpressionError(place, '~ leaves the time to chance, so nobody could say when it is due');
    }
    const problem = `${sign[0]} is EventBridge's, not cron's`;
    const cure =
      sign[0] === '?'
        ? 'write *'
        : "write EventBridge's six fields: cron(minute hour day-of-month month day-of-week year)";
    throw new InvalidExpressionError(place, problem, cure);
  }
}
