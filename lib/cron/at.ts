import { DAY, type EpochMs, epochMs, type Milliseconds, milliseconds, toIso } from '../units.ts';
import { daysInMonth } from './calendar.ts';
import { DAY_OF_MONTH, HOUR, MINUTE, MONTH, readValue, YEAR } from './fields.ts';
import { InvalidExpressionError } from './invalid-expression-error.ts';
import { type Part, sliceOf } from './parts.ts';
import type { Zone } from './zone.ts';

const FORM = 'YYYY-MM-DDTHH:mm';

/**
 * The local time that `YYYY-MM-DDTHH:mm` (or the same with `:00` seconds) means, on no zone's clocks yet.
 *
 * @throws InvalidExpressionError for another form, an impossible date, and seconds: every due time is a whole minute.
 */
export function readLocalTime(part: Part): Milliseconds {
  const match = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(.*)$/s.exec(part.text);
  if (match === null) {
    throw new InvalidExpressionError(part, `not a local date-time; allowed is ${FORM}, such as 2027-01-01T02:00`);
  }
  const [, seconds, surplus = ''] = match;
  if (surplus !== '') throw surplusText(part, surplus);
  if (seconds !== undefined && seconds !== ':00') {
    throw new InvalidExpressionError(sliceOf(part, 17), 'due times are whole minutes; the only seconds allowed are 00');
  }
  const year = readValue(sliceOf(part, 0, 4), YEAR);
  const month = readValue(sliceOf(part, 5, 7), { ...MONTH, names: [] });
  const day = readValue(sliceOf(part, 8, 10), DAY_OF_MONTH);
  const last = daysInMonth(year, month);
  if (day > last) {
    const date = sliceOf(part, 0, 10);
    throw new InvalidExpressionError(date, `there is no such day; ${part.text.slice(0, 7)} has ${last} days`);
  }
  const hour = readValue(sliceOf(part, 11, 13), HOUR);
  return milliseconds(Date.UTC(year, month - 1, day, hour, readValue(sliceOf(part, 14, 16), MINUTE)));
}

function surplusText(part: Part, surplus: string): InvalidExpressionError {
  const place = sliceOf(part, part.text.length - surplus.length);
  if (!/^(Z|[+-]\d)/i.test(surplus)) return new InvalidExpressionError(place, `nothing may follow ${FORM}`);
  const cure = /^Z/i.test(surplus) ? "leave it out and write timezone: 'UTC'" : 'leave it out';
  return new InvalidExpressionError(place, 'the time is local to timezone and takes no offset', cure);
}

/** @throws InvalidExpressionError when the zone's clocks never show the time, or show it twice. */
export function refuseUnlessShownOnce(part: Part, local: Milliseconds, zone: Zone): void {
  const [first, second] = zone.instantsOf(local);
  if (first === undefined) {
    const [from, to] = gapAround(local, zone);
    const problem = `${zone.name} has no such time; its clocks go from ${from} to ${to}`;
    throw new InvalidExpressionError(part, problem, `write ${to}`);
  }
  if (second === undefined) return;
  const problem = `${zone.name} has this time twice, as its clocks go back`;
  const cure = `write timezone: 'UTC' and ${textOf(first)} for the first or ${textOf(second)} for the second`;
  throw new InvalidExpressionError(part, problem, cure);
}

/** What the clocks would have shown, and what they show, at the transition whose gap holds the local time. */
function gapAround(local: Milliseconds, zone: Zone): [from: string, to: string] {
  const before = zone.spanAt(epochMs(local - DAY)).offset;
  const after = zone.spanAt(epochMs(local - before));
  return [textOf(epochMs(after.start + before)), textOf(epochMs(after.start + after.offset))];
}

const textOf = (instant: EpochMs): string => toIso(instant).slice(0, 16);
