import ICAL from 'ical.js';
import { messageOf } from '../../errors.ts';
import { quoteValue } from '../check-report.ts';
import { type DayNumber, dayNumber, dayText, LAST_DAY } from './calendar-day.ts';
import { CalendarFileError } from './calendar-file-error.ts';
import { createRuleExpander, type ExpandRule } from './calendar-recurrence.ts';

/** Both ends included. */
export interface DayRange {
  readonly first: DayNumber;
  readonly last: DayNumber;
}

export interface CalendarEvents {
  /** The days of all whole-day events, as they stand in the file: overlapping, in no order. */
  readonly ranges: readonly DayRange[];
  /** How many events have a time of day, and were passed over. */
  readonly timed: number;
  readonly cancelled: number;
  /** How many events there are. */
  readonly all: number;
}

/**
 * The whole-day events of VCALENDARs: what repeats is expanded up to a date, what is cancelled or excepted left out.
 *
 * @param calendars each a VCALENDAR
 * @param last the last day on which a repeated event may begin
 * @throws CalendarFileError that names the event; also whatever ical.js throws of what it does not understand
 */
export function readEvents(calendars: readonly ICAL.Component[], last: DayNumber): CalendarEvents {
  const expand = createRuleExpander(last);
  const events = calendars.flatMap((calendar) => calendar.getAllSubcomponents('vevent'));
  const replaced = new Set(events.flatMap((event) => instanceOf(event) ?? []));
  const current = events.filter((event) => textOf(event, 'status')?.toUpperCase() !== 'CANCELLED');
  const days = current.filter((event) => naming(event, () => isOfWholeDays(event)));
  return {
    ranges: days.flatMap((event) => naming(event, () => rangesOf(event, { expand, replaced }))),
    timed: current.length - days.length,
    cancelled: events.length - current.length,
    all: events.length,
  };
}

/** Has whatever ical.js throws say in which event it did. */
function naming<Value>(event: ICAL.Component, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof CalendarFileError) throw error;
    const reason = messageOf(error);
    throw refuse(event, `it is not understood: ${reason}`, { cause: error });
  }
}

function isOfWholeDays(event: ICAL.Component): boolean {
  const starts = valuesOf(event, 'dtstart');
  if (starts.length === 0) throw refuse(event, 'it has no DTSTART; write the day on which it begins, or remove it');
  return starts.some(isDate) || isFromMidnightToMidnight(event);
}

/**
 * Exchange writes the whole days of an invitation as times, from midnight to midnight of the organiser's zone.
 *
 * @see https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxcical/
 */
function isFromMidnightToMidnight(event: ICAL.Component): boolean {
  if (textOf(event, 'x-microsoft-cdo-alldayevent')?.toUpperCase() !== 'TRUE') return false;
  const [start = '', end = ''] = [...valuesOf(event, 'dtstart'), ...valuesOf(event, 'dtend')];
  return isMidnight(start) && isMidnight(end) && dayNumber(end) > dayNumber(start);
}

/** On the clocks of a zone; midnight UTC may be any time of day where the event is. */
const isMidnight = (value: string): boolean => /T00:00:00$/.test(value);

interface Surroundings {
  readonly expand: ExpandRule;
  /** Instances of repeated events that stand in the file as events of their own. */
  readonly replaced: ReadonlySet<string>;
}

function rangesOf(event: ICAL.Component, { expand, replaced }: Surroundings): readonly DayRange[] {
  const [first = Number.NaN] = daysIn(event, 'dtstart');
  const length = lengthOf(event, first);
  const excepted = new Set(daysIn(event, 'exdate'));
  const isKept = (day: DayNumber): boolean =>
    !excepted.has(day) && (event.hasProperty('recurrence-id') || !replaced.has(instanceKey(event, day)));
  // RFC 5545 leaves open whether a first day that its rule does not name counts; it stands in the file, so it does.
  const days = new Set([
    first,
    ...daysIn(event, 'rdate', (value) => isDate(value) || isMidnight(value)),
    ...repeated(event, first, expand),
  ]);
  return [...days].filter(isKept).map((day) => {
    if (day + length - 1 <= LAST_DAY) return { first: day, last: day + length - 1 };
    throw refuse(event, 'it ends after the year 9999');
  });
}

function repeated(event: ICAL.Component, first: DayNumber, expand: ExpandRule): readonly DayNumber[] {
  if (event.hasProperty('exrule')) {
    throw refuse(event, 'it has an EXRULE, which RFC 5545 has abolished; write EXDATE');
  }
  return event.getAllProperties('rrule').flatMap((property) => {
    const rule = property.getFirstValue();
    if (!(rule instanceof ICAL.Recur)) throw refuse(event, 'its RRULE is not understood');
    const [, , , { rscale = 'GREGORIAN' }] = property.toJSON() as readonly [
      string,
      object,
      string,
      { rscale?: string },
    ];
    if (rscale !== 'GREGORIAN') throw refuse(event, `its RRULE counts in another calendar, ${quoteValue(rscale)}`);
    try {
      return expand(isDate(valuesOf(event, 'dtstart')[0] ?? '') ? rule : untilLocalDay(rule, zoneOf(event)), first);
    } catch (error) {
      const reason = messageOf(error);
      throw refuse(event, `its RRULE is not understood: ${reason}`, { cause: error });
    }
  });
}

/** Of an event from midnight to midnight the last day is told in UTC, where it is midnight some hours before or after. */
function untilLocalDay(rule: ICAL.Recur, zone: ICAL.Timezone | undefined): ICAL.Recur {
  if (rule.until === null || rule.until.isDate) return rule;
  const local = rule.clone();
  local.until = zone === undefined ? rule.until.clone() : rule.until.convertToZone(zone);
  // Without its zone: right for those that are at most twelve hours from UTC.
  if (zone === undefined) local.until.adjust(0, 12, 0, 0);
  return local;
}

/** The zone of the file that an event begins in. */
function zoneOf(event: ICAL.Component): ICAL.Timezone | undefined {
  const name = event.getFirstProperty('dtstart')?.getFirstParameter('tzid');
  const zones = event.parent?.getAllSubcomponents('vtimezone') ?? [];
  const zone = zones.find((each) => textOf(each, 'tzid') === name);
  return zone === undefined ? undefined : new ICAL.Timezone(zone);
}

/** The instance that an event stands for, instead of the one its rule would give. */
function instanceOf(event: ICAL.Component): string | undefined {
  const property = event.getFirstProperty('recurrence-id');
  if (property === null) return undefined;
  if (property.getFirstParameter('range') !== undefined) {
    throw refuse(event, 'it changes all later ones (RANGE=THISANDFUTURE); end the rule there and write a new event');
  }
  const [day = Number.NaN] = daysIn(event, 'recurrence-id');
  return instanceKey(event, day);
}

const instanceKey = (event: ICAL.Component, day: DayNumber): string => `${textOf(event, 'uid') ?? ''} ${day}`;

/** How many days an event has, at least one: what some programs write for a day ends on the day it begins. */
function lengthOf(event: ICAL.Component, first: DayNumber): number {
  const [end] = daysIn(event, 'dtend');
  if (end !== undefined) {
    if (end < first) throw refuse(event, `it ends on ${dayText(end)}, before it begins`);
    return Math.max(1, end - first);
  }
  const duration = event.getFirstPropertyValue('duration');
  if (!(duration instanceof ICAL.Duration)) return 1;
  if (duration.isNegative) throw refuse(event, `its DURATION ${quoteValue(duration.toString())} ends before it begins`);
  return Math.max(1, Math.ceil(duration.toSeconds() / SECONDS_IN_DAY));
}

const SECONDS_IN_DAY = 86_400;

/** The days of a property in all its lines; of what has a time of day, the day, unless only dates are asked for. */
const daysIn = (
  event: ICAL.Component,
  name: string,
  isWanted: (value: string) => boolean = () => true,
): readonly DayNumber[] =>
  valuesOf(event, name)
    .filter(isWanted)
    .map((value) => {
      const day = dayNumber(value);
      if (!Number.isNaN(day)) return day;
      throw refuse(event, `${quoteValue(value)} is not a date`);
    });

const valuesOf = (event: ICAL.Component, name: string): readonly string[] =>
  event.getAllProperties(name).flatMap((property) => (property.toJSON() as readonly unknown[]).slice(3).map(String));

/** ical.js gives `2027-05-01`, or `2027-05-01T::` where VALUE=DATE has been forgotten. */
const isDate = (value: string): boolean => /^[^T]*(T::)?$/.test(value);

function refuse(event: ICAL.Component, problem: string, options?: ErrorOptions): CalendarFileError {
  const [start] = valuesOf(event, 'dtstart');
  const name = quoteValue(textOf(event, 'summary') ?? '');
  const when = start === undefined ? '' : ` of ${quoteValue(start)}`;
  return new CalendarFileError(`event ${name}${when}: ${problem}`, options);
}

const textOf = (event: ICAL.Component, name: string): string | undefined =>
  event.getFirstPropertyValue(name)?.toString();
