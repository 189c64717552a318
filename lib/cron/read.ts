import type { Milliseconds } from '../units.ts';
import { readLocalTime, refuseUnlessShownOnce } from './at.ts';
import { localTimes } from './calendar.ts';
import { BEFORE_ALL } from './clock-changes.ts';
import { type EveryInterval, fieldsOfInterval, refuseRate } from './every.ts';
import { readFiveFields } from './five-fields.ts';
import { InvalidExpressionError } from './invalid-expression-error.ts';
import { type ExpressionLabel, type Part, sliceOf, trimmed, wholeOf } from './parts.ts';
import type { Reading } from './reading.ts';
import { readSixFields } from './six-fields.ts';
import { createTimetable, type Timetable } from './timetable.ts';
import type { Zone } from './zone.ts';
import { readZone } from './zone-name.ts';

/** When a schedule is due: exactly one of three ways to say it. */
export type When =
  /**
   * Five-field cron (`0 2 * * *`, `@daily`), or EventBridge's `cron(0 2 * * ? *)`. Read in the schedule's time zone.
   * With both day fields of the five restricted, either may match.
   */
  | { readonly cron: string }
  /** An interval that divides an hour or a day, counted from midnight UTC; not with another time zone. */
  | { readonly every: EveryInterval }
  /** Once, at a local date-time `YYYY-MM-DDTHH:mm`. */
  | { readonly at: string };

/**
 * Reads what a user wrote to say when.
 *
 * @param timezone IANA name, such as `Europe/Stockholm`, or `UTC`.
 * @throws InvalidExpressionError when it is not understood, when AWS does not document what it would do, or when it
 * would never be due.
 *
 * @example
 * readWhen({ cron: '30 7 * * MON-FRI' }, 'Europe/Stockholm').expressions; // ['cron(30 7 ? * MON-FRI *)']
 */
export function readWhen(when: When, timezone: string): Timetable {
  const zone = readZone(timezone);
  const part = onlyPartOf(when);
  refuseRate(part);
  if (part.label === 'cron') return readCron(part, zone);
  return part.label === 'every' ? readEvery(part, zone) : readAt(part, zone);
}

/**
 * Reads one EventBridge Scheduler expression as it is deployed: `cron(…)`, or `at(yyyy-mm-ddThh:mm:ss)`, whose time
 * is never due when it falls in a daylight-saving gap and is due the first time when clocks repeat it.
 *
 * @throws InvalidExpressionError also for `rate(…)`, whose due times follow from more than the expression.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function readEventBridge(expression: string, timezone: string): Timetable {
  const zone = readZone(timezone);
  const isAt = expression.trimStart().startsWith('at(');
  const part = trimmed(wholeOf(isAt ? 'at' : 'cron', expression));
  refuseRate(part);
  const inside = insideOf(part, isAt ? 'at' : 'cron');
  if (inside === undefined) {
    throw new InvalidExpressionError(part, 'not an EventBridge expression; allowed are cron(…) and at(…)');
  }
  if (!isAt) return timetableOf(readSixFields(inside), zone);
  const local = readLocalTime(inside);
  if (inside.text.length < 'yyyy-mm-ddThh:mm:ss'.length) {
    throw new InvalidExpressionError(inside, 'EventBridge wants seconds', `write ${inside.text}:00`);
  }
  return onceAt(local, inside.text, zone);
}

const LABELS = ['cron', 'every', 'at'] as const satisfies readonly ExpressionLabel[];

function onlyPartOf(when: When): Part {
  // Types can be got round: the compiler lets an object with two of the keys pass.
  const given: { readonly [label in (typeof LABELS)[number]]?: unknown } = when;
  const [label, surplus] = LABELS.filter((key) => given[key] !== undefined);
  if (label === undefined) {
    throw new InvalidExpressionError(wholeOf('cron', ''), `one of ${LABELS.join(', ')} is needed`);
  }
  const whole = wholeOf(surplus ?? label, String(given[surplus ?? label]));
  if (surplus === undefined) return trimmed(whole);
  throw new InvalidExpressionError(whole, `${label} is given too, and a schedule has one of ${LABELS.join(', ')}`);
}

function readCron(part: Part, zone: Zone): Timetable {
  const inside = insideOf(part, 'cron');
  if (insideOf(part, 'at') !== undefined) {
    throw new InvalidExpressionError(part, 'this is not a cron expression', `write at: '${part.text.slice(3, 19)}'`);
  }
  const reading = inside === undefined ? readFiveFields(part) : readSixFields(inside);
  for (const { length } of reading.expressions) {
    if (length <= MAX_EXPRESSION_LENGTH) continue;
    const problem = `EventBridge takes ${MAX_EXPRESSION_LENGTH} characters, and this would be ${length}`;
    throw new InvalidExpressionError(part, problem, 'write ranges instead of lists');
  }
  const timetable = timetableOf(reading, zone);
  if (timetable.next(BEFORE_ALL) !== undefined) return timetable;
  throw new InvalidExpressionError(part, `it can never fire: clocks in ${zone.name} skip every time it names`);
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const MAX_EXPRESSION_LENGTH = 256;

function readEvery(part: Part, zone: Zone): Timetable {
  const fields = fieldsOfInterval(part);
  if (!/^(Etc\/)?(UTC|GMT)$/.test(zone.name)) {
    const problem = `every ${part.text} counts from midnight UTC, where no hour is skipped or repeated`;
    const cure = "leave timezone out, or write cron, which follows the zone's clocks";
    throw new InvalidExpressionError(wholeOf('timezone', zone.name), problem, cure);
  }
  return timetableOf(readSixFields(wholeOf('every', fields)), zone);
}

function readAt(part: Part, zone: Zone): Timetable {
  const inside = insideOf(part, 'at');
  if (inside !== undefined) {
    throw new InvalidExpressionError(part, 'at( ) is not needed', `write ${inside.text.slice(0, 16)}`);
  }
  const local = readLocalTime(part);
  refuseUnlessShownOnce(part, local, zone);
  return onceAt(local, `${part.text.slice(0, 16)}:00`, zone);
}

/** What stands in `name(…)`; undefined when the part is something else. */
function insideOf(part: Part, name: string): Part | undefined {
  if (!part.text.startsWith(`${name}(`)) return undefined;
  if (part.text.endsWith(')')) return sliceOf(part, name.length + 1, -1);
  throw new InvalidExpressionError(sliceOf(part, part.text.length), 'the closing ) is missing');
}

const timetableOf = ({ calendar, expressions }: Reading, zone: Zone): Timetable =>
  createTimetable({ zone, expressions, localTimesFrom: (from) => localTimes(calendar, from) });

const onceAt = (local: Milliseconds, text: string, zone: Zone): Timetable =>
  createTimetable({
    zone,
    expressions: [`at(${text})`],
    localTimesFrom: (from) => (local >= from ? [local] : []),
  });
