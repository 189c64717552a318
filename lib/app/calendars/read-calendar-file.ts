import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import ICAL from 'ical.js';
import { messageOf } from '../../errors.ts';
import type { EpochMs } from '../../units.ts';
import type { ReadCalendarFile } from '../check-calendar.ts';
import { type DayNumber, dayNumber, dayText } from './calendar-day.ts';
import { type CalendarEvents, type DayRange, readEvents } from './calendar-events.ts';
import { CalendarFileError } from './calendar-file-error.ts';
import { checkLines, describePlace } from './calendar-lines.ts';

export interface CalendarFilesOptions {
  /** What paths count from. */
  readonly projectDirectory: string;
  /** Decides up to which date repeated events are expanded, see `horizonOf`. */
  readonly now: EpochMs;
  /** Called with what a user should know of a file and need not mend. @default not told */
  readonly note?: (note: string) => void;
}

/**
 * Reads iCalendar files (RFC 5545): the days of their whole-day events, as `2027-12-24` and
 * `2027-12-24/2027-12-31`, ascending, without overlaps. Events with a time of day are passed over, which is noted.
 *
 * What is given begins a year before `now`'s and repeated events end five years after it, whole years, so that what is
 * deployed changes with the years and not with the days. When all is over, the last day is given all the same: that a
 * calendar has come to its end is to be warned of, and must not keep anything from being deployed.
 */
export function createCalendarReader({
  projectDirectory,
  now,
  note = () => {},
}: CalendarFilesOptions): ReadCalendarFile {
  const horizon = horizonOf(now);
  return (path) => {
    const events = readCalendar(path, readText(path, projectDirectory), horizon.last);
    const merged = mergeRanges(events.ranges);
    if (merged.length === 0) {
      throw new CalendarFileError(
        `${path}: ${describeLack(events)}; a calendar is made of events without a time of day`,
      );
    }
    if (events.timed > 0) {
      const count =
        events.timed === 1 ? '1 event with a time of day is' : `${events.timed} events with a time of day are`;
      note(`${path}: ${count} passed over`);
    }
    const current = merged.filter(({ last }) => last >= horizon.first);
    return (current.length > 0 ? current : merged.slice(-1)).map(({ first, last }) =>
      first === last ? dayText(first) : `${dayText(first)}/${dayText(last)}`,
    );
  };
}

function describeLack({ timed, cancelled, all }: CalendarEvents): string {
  if (all === 0) return 'it has no events';
  if (cancelled === all) return `all its events (${all}) are cancelled`;
  return timed === 0 ? 'it names no days' : `none of its events (${timed}) is of whole days`;
}

/** Years whose days a file is read for, beside `now`'s own. */
const YEARS_BEFORE = 1;
const YEARS_AFTER = 5;

function horizonOf(now: EpochMs): DayRange {
  const year = new Date(now).getUTCFullYear();
  return { first: dayNumber(`${year - YEARS_BEFORE}-01-01`), last: dayNumber(`${year + YEARS_AFTER}-12-31`) };
}

/** Calendars of holidays have some 100 KB; more is another file, and would be in the bundle of every job. */
const MAX_FILE_SIZE = 1_000_000;

function readText(path: string, projectDirectory: string): string {
  if (/^[a-z]+:\/\//i.test(path)) {
    throw new CalendarFileError(`${path}: this is an address; save it as a file of the project, and name that`);
  }
  try {
    const file = resolve(projectDirectory, path);
    const stats = statSync(file);
    // A pipe or a device would be read without end.
    if (!stats.isFile() && !stats.isDirectory()) throw new CalendarFileError(`${path}: it is not a regular file`);
    const { size } = stats;
    if (size <= MAX_FILE_SIZE) return readFileSync(file, 'utf8');
    throw new CalendarFileError(`${path}: it has ${size} bytes; allowed are ${MAX_FILE_SIZE}`);
  } catch (error) {
    if (error instanceof CalendarFileError) throw error;
    throw new CalendarFileError(`${path}: ${describeUnreadable(error)}`, { cause: error });
  }
}

function describeUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return "there is no such file; paths count from the project's folder";
  if (code === 'EISDIR') return 'it is a folder; name the .ics file in it';
  return `it cannot be read: ${message}`;
}

function readCalendar(path: string, text: string, last: DayNumber): CalendarEvents {
  const body = text.replace(/^\uFEFF/, '').trimStart();
  if (body === '') throw new CalendarFileError(`${path}: it is empty`);
  if (!/^BEGIN:VCALENDAR\s/i.test(body)) {
    throw new CalendarFileError(`${path}: it is not an iCalendar file, which begins with BEGIN:VCALENDAR`);
  }
  try {
    checkLines(text);
    return readEvents(parse(body), last);
  } catch (error) {
    if (error instanceof CalendarFileError) throw new CalendarFileError(`${path}: ${error.message}`, { cause: error });
    // Whatever ical.js throws: of broken files also errors that were not meant for a reader.
    const reason = messageOf(error);
    throw new CalendarFileError(`${path}: it is not understood: ${shorten(reason)}${describePlace(text, reason)}`, {
      cause: error,
    });
  }
}

/** One VCALENDAR after the other; ical.js gives a list of them only when there are several. */
function parse(text: string): readonly ICAL.Component[] {
  const parsed: unknown[] = ICAL.parse(text);
  const roots = typeof parsed[0] === 'string' ? [parsed] : parsed;
  return roots.map((root) => new ICAL.Component(root as unknown[])).filter(({ name }) => name === 'vcalendar');
}

const MAX_REASON_LENGTH = 200;

const shorten = (reason: string): string => {
  const line = reason.replace(/[\p{Cc}\s]+/gu, ' ');
  return line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH)}…` : line;
};

/** The same days, ascending, in as few ranges as possible. */
function mergeRanges(ranges: readonly DayRange[]): readonly DayRange[] {
  const sorted = [...ranges].sort((one, other) => one.first - other.first);
  const merged: DayRange[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before === undefined || range.first > before.last + 1) merged.push(range);
    else if (range.last > before.last) merged[merged.length - 1] = { first: before.first, last: range.last };
  }
  return merged;
}
