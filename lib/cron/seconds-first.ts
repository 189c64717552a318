import { CRON_WEEKDAY, EVENTBRIDGE_WEEKDAY, type Field, readList, runsText, WEEKDAY_NAMES } from './fields.ts';
import { InvalidExpressionError } from './invalid-expression-error.ts';
import { type Part, wholeOf } from './parts.ts';
import { readSixFields } from './six-fields.ts';

/** What only Quartz and EventBridge have, outside of names such as WED and JUL. */
const SIGN = /[?#]|(?<![A-Z])[LW](?![A-Z])|LW|(?<=SUN|MON|TUE|WED|THU|FRI|SAT)L/;

/**
 * The five fields of cron behind a field of seconds, as Quartz, Spring and node-cron write six.
 *
 * EventBridge's six end with years, and one of its day fields is `?`; so six fields without a sign of either are these.
 * Weekdays as numbers are refused, since Quartz counts from Sunday = 1 and the others from Sunday = 0.
 *
 * @param words six
 * @throws InvalidExpressionError for what has two readings or none, naming both; and for a second that is not 0
 */
export function withoutSeconds(words: readonly Part[]): readonly Part[] {
  const [seconds, ...fields] = words as [Part, ...Part[]];
  const weekday = fields.at(-1) ?? seconds;
  const signed = words.find(({ text }) => SIGN.test(text.toUpperCase()));
  if (signed !== undefined) throw twoReadings(signed, words);
  if (/^\d{4}/.test(weekday.text)) throw yearLast(weekday, words);
  if (!/^0+$/.test(seconds.text)) throw withSeconds(seconds);
  if (/\d/.test(weekday.text.replaceAll(/\/\d*/g, ''))) throw numberedWeekday(weekday);
  return fields;
}

/** What Quartz's seven fields are, seconds first and years last; undefined where EventBridge cannot say it. */
export function readQuartzYears(words: readonly Part[]): string | undefined {
  const [seconds = '', ...fields] = words.map(({ text }) => text);
  return /^0+$/.test(seconds) ? validSix(fields.join(' ')) : undefined;
}

function twoReadings(signed: Part, words: readonly Part[]): InvalidExpressionError {
  const [seconds, ...fields] = words.map(({ text }) => text) as [string, ...string[]];
  const quartz = /^0+$/.test(seconds) ? validSix(`${inEventBridge(fields)} *`) : undefined;
  const eventBridge = validSix([seconds, ...fields].join(' '));
  const problem = `six fields with ${signed.text} have two readings: with seconds first, as in Quartz, this is ${quartz ?? 'not valid'}; with years last, as in EventBridge, it is ${eventBridge ?? 'not valid'}`;
  const meant = [quartz, eventBridge].filter((each) => each !== undefined).join(' or ');
  const form = 'five fields, or cron(minute hour day-of-month month day-of-week year)';
  return new InvalidExpressionError(signed, problem, `write ${meant || form}`);
}

/** Quartz's five fields behind the second as EventBridge has them: both count weekdays from Sunday = 1. */
function inEventBridge([minute, hour, day = '', month, weekday = '']: readonly string[]): string {
  const numbered = weekday.toUpperCase().replace(/^[A-Z]{3}(?=L$|#)/, (name) => {
    const names: readonly string[] = WEEKDAY_NAMES;
    return names.includes(name) ? String(names.indexOf(name) + 1) : name;
  });
  // Spring writes * for both day fields.
  const hasMark = day === '?' || numbered === '?';
  const days = hasMark
    ? [day, month, numbered]
    : numbered === '*'
      ? [day, month, '?']
      : [day === '*' ? '?' : day, month, numbered];
  return [minute, hour, ...days].join(' ');
}

/** The expression, if EventBridge documents what it means. */
function validSix(fields: string): string | undefined {
  try {
    return readSixFields(wholeOf('cron', fields)).expressions[0];
  } catch (error) {
    if (error instanceof InvalidExpressionError) return undefined;
    throw error;
  }
}

function yearLast(year: Part, words: readonly Part[]): InvalidExpressionError {
  const problem =
    'with seconds first, as in Quartz and node-cron, the sixth field is the day of week; with years last, as in EventBridge, six fields stand in cron( ) and one day field is ?';
  const [minute, hour, day, month, weekday] = words.map(({ text }) => text);
  const meant = weekday === '*' ? validSix(`${minute} ${hour} ${day} ${month} ? ${year.text}`) : undefined;
  return new InvalidExpressionError(year, problem, meant && `write ${meant}`);
}

function withSeconds(seconds: Part): InvalidExpressionError {
  const problem = `with seconds first, as Quartz, Spring and node-cron write six fields, this is due at second ${seconds.text}, and due times are whole minutes; with years last, as EventBridge writes them, one day field is ?`;
  return new InvalidExpressionError(seconds, problem, 'write 0 for the seconds, or leave them out');
}

function numberedWeekday(weekday: Part): InvalidExpressionError {
  const fromZero = weekdaysIn(weekday, CRON_WEEKDAY);
  const fromOne = weekdaysIn(weekday, EVENTBRIDGE_WEEKDAY);
  const problem = `weekday ${weekday.text} has two readings in six fields: ${fromZero} where Sunday is 0, as in Spring and node-cron, and ${fromOne} where Sunday is 1, as in Quartz`;
  return new InvalidExpressionError(weekday, problem, 'write the names, MON for Monday');
}

function weekdaysIn(weekday: Part, field: Field): string {
  try {
    const { numbers } = readList(weekday, field, 'cron');
    return runsText(numbers, (number) => WEEKDAY_NAMES[number - field.min] ?? '');
  } catch (error) {
    if (error instanceof InvalidExpressionError) return 'not allowed';
    throw error;
  }
}
