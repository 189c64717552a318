import { daysInMonth } from '../cron/calendar.ts';
import { messageOf } from '../errors.ts';
import type { Calendar } from '../job/calendar.ts';
import { SCHEDULE_ID } from '../job/names.ts';
import type { NamedDays } from '../job/schedule-policy.ts';
import { checkFields } from './check-fields.ts';
import { pointAt, pointAtUnexpected, quoteValue } from './check-report.ts';

/**
 * The whole-day events of an iCalendar file, as days and ranges.
 *
 * @throws Error that says what is wrong with the file and begins with its path
 */
export type ReadCalendarFile = (path: string) => readonly string[];

interface ReadDays {
  readonly calendars: readonly NamedDays[];
  readonly problems: readonly string[];
}

/** What `except` or `only` means, and everything that is wrong with it. */
export function readDays(field: 'except' | 'only', value: unknown, readFile: ReadCalendarFile): ReadDays {
  if (value === undefined) return { calendars: [], problems: [] };
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const problems: string[] = [];
  if (given.length === 0) problems.push(`${field} is empty; write days, or leave it out`);
  const calendars = given.map((each): NamedDays => {
    if (typeof each === 'string') {
      problems.push(...checkDays(field, each));
      return { name: each, days: [each] };
    }
    const result = readCalendar(field, each, readFile);
    problems.push(...result.problems);
    return result.days;
  });
  return { calendars, problems };
}

function readCalendar(field: string, value: unknown, readFile: ReadCalendarFile) {
  const { name, days } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Calendar>;
  if (typeof name !== 'string') {
    const problem = `${field} holds ${quoteValue(value)}; allowed are days, such as '2027-12-24' or '2027-12-24/2027-12-31', and calendar('<name>', …)`;
    return { days: { name: '', days: [] }, problems: [problem] };
  }
  const place = `${field}: calendar "${name}"`;
  const problems = [...checkName(field, name)];
  try {
    const list = readList(days, readFile);
    problems.push(...list.flatMap((each) => checkDays(place, each)));
    if (list.length === 0) problems.push(`${place}: it has no days; give it some, or leave it out`);
    return { days: { name, days: [...new Set(list.map(String))].sort() }, problems };
  } catch (error) {
    problems.push(`${place}: ${messageOf(error)}`);
    return { days: { name, days: [] }, problems };
  }
}

function checkName(field: string, name: string): readonly string[] {
  if (SCHEDULE_ID.test(name)) return [];
  const problem = 'allowed are lower-case letters, digits, . and -, first a letter or a digit, at most 40 characters';
  const rule = { first: /[a-z0-9]/, rest: /[a-z0-9.-]/, longest: 40 };
  return [pointAtUnexpected({ prefix: `${field}: `, label: 'calendar', text: name, problem, ...rule })];
}

function readList(days: unknown, readFile: ReadCalendarFile): readonly unknown[] {
  if (Array.isArray(days)) return days;
  const { ics } = (typeof days === 'object' && days !== null ? days : {}) as { readonly ics?: unknown };
  if (typeof ics === 'string' && ics.trim() !== '') return readFile(ics);
  const cure = "write a list of them, or { ics: '<file>' }";
  if (days === undefined) throw new Error(`its days are missing; ${cure}`);
  if (typeof ics === 'string') throw new Error("the path of its file is empty; write { ics: '<file>' }");
  const [unknown] = typeof days === 'object' && days !== null ? checkFields(days, ['ics']) : [];
  throw new Error(unknown ?? `its days are ${quoteValue(days)}; ${cure}`);
}

const FORM = "'2027-12-24', or a range with both ends included, '2027-12-24/2027-12-31'";

/** A part of a text, and what is wrong with it. */
interface Fault {
  readonly offset: number;
  readonly length: number;
  readonly problem: string;
}

function checkDays(place: string, value: unknown): readonly string[] {
  if (typeof value !== 'string') return [`${place}: ${quoteValue(value)} is not a day; write ${FORM}`];
  const fault = faultOfDays(value);
  return fault === undefined ? [] : [pointAt({ prefix: '', label: place, text: value, ...fault })];
}

function faultOfDays(text: string): Fault | undefined {
  const [first = '', last = first, ...surplus] = text.split('/');
  const middle = first.length + 1;
  if (surplus.length > 0) {
    const offset = middle + last.length;
    return { offset, length: text.length - offset, problem: `a range has two ends; write ${FORM}` };
  }
  if (last === '' && first !== '') return { offset: middle, length: 1, problem: `the range has no end; write ${FORM}` };
  const fault = faultOfDate(first);
  if (fault !== undefined) return fault;
  const later = faultOfDate(last);
  if (later !== undefined) return { ...later, offset: middle + later.offset };
  if (first <= last) return undefined;
  return { offset: 0, length: text.length, problem: `the range runs backwards; write '${last}/${first}'` };
}

function faultOfDate(text: string): Fault | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return { offset: 0, length: text.length, problem: `not a date; write ${FORM}` };
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  if (month < 1 || month > 12) {
    return { offset: 5, length: 2, problem: `there is no month ${month}; allowed are 01 to 12` };
  }
  const last = daysInMonth(year, month);
  if (day >= 1 && day <= last) return undefined;
  return { offset: 8, length: 2, problem: `there is no such day; ${text.slice(0, 7)} has ${last} days` };
}
