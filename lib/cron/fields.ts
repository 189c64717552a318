import { InvalidExpressionError } from './invalid-expression-error.ts';
import { type Part, splitOn } from './parts.ts';

/** One field of a cron expression: what it counts and what may stand in it. */
export interface Field {
  readonly name: string;
  readonly min: number;
  /** Highest value that may be written. */
  readonly max: number;
  /** Highest value that differs from the others; below `max` only where 7 is Sunday once more. */
  readonly last: number;
  /** Names of the values from `min` on; empty when there are none. */
  readonly names: readonly string[];
}

const field = (name: string, [min, max]: readonly [number, number], names: readonly string[] = []): Field => ({
  name,
  min,
  max,
  last: max,
  names,
});

export const WEEKDAY_NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
const MONTH_NAMES = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

export const MINUTE = field('minute', [0, 59]);
export const HOUR = field('hour', [0, 23]);
export const DAY_OF_MONTH = field('day of month', [1, 31]);
export const MONTH = field('month', [1, 12], MONTH_NAMES);
export const YEAR = field('year', [1970, 2199]);
/** Five-field cron counts from Sunday = 0, and 7 is Sunday again. */
export const CRON_WEEKDAY: Field = { ...field('day of week', [0, 7], WEEKDAY_NAMES), last: 6 };
/** EventBridge counts from Sunday = 1. */
export const EVENTBRIDGE_WEEKDAY = field('day of week', [1, 7], WEEKDAY_NAMES);

/** The two grammars: five-field cron, and EventBridge's six fields. */
export type Dialect = 'cron' | 'eventbridge';

/** What a field selects. */
export interface Selection {
  /** Ascending, each once. */
  readonly numbers: readonly number[];
  /** The same in EventBridge's documented notation; `*` when everything is selected. */
  readonly text: string;
}

/** What a step counts through. */
export interface Range {
  readonly kind: 'all' | 'value' | 'range';
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

/** @throws InvalidExpressionError when the part is no list of values, ranges and steps of the field. */
export function readList(part: Part, field: Field, dialect: Dialect): Selection {
  const items = splitOn(part, ',').map((item) => readItem(item, field, dialect));
  const sundayOnce = items.flatMap((item) => item.numbers).map((n) => (n > field.last ? field.min : n));
  const numbers = [...new Set(sundayOnce)].sort((a, b) => a - b);
  if (numbers.length === field.last - field.min + 1) return { numbers, text: '*' };
  // AWS documents steps on their own, not inside a list.
  const isSteppedList = items.length > 1 && items.some((item) => item.text.includes('/'));
  return { numbers, text: isSteppedList ? runsText(numbers, String) : items.map((item) => item.text).join() };
}

/** Ascending numbers as a list, in which three or more neighbours are a range. */
export function runsText(numbers: readonly number[], show: (value: number) => string): string {
  const runs: number[][] = [];
  for (const value of numbers) {
    const run = runs.at(-1);
    if (run?.at(-1) === value - 1) run.push(value);
    else runs.push([value]);
  }
  return runs
    .map((run) => run.map(show))
    .map((shown) => (shown.length > 2 ? `${shown.at(0)}-${shown.at(-1)}` : shown.join()))
    .join();
}

/** @throws InvalidExpressionError when the part is neither a number in the field's range nor one of its names. */
export function readValue(part: Part, field: Field): number {
  const text = part.text.toUpperCase();
  if (field.names.includes(text)) return field.min + field.names.indexOf(text);
  const allowed = `allowed are ${allowedIn(field)}`;
  if (!/^\d+$/.test(text)) {
    const near = field.names.find((name) => text.startsWith(name));
    const problem = text === '' ? `a ${field.name} is missing` : `${field.name} "${part.text}" is not understood`;
    throw new InvalidExpressionError(part, `${problem}; ${allowed}`, near && `write ${near}`);
  }
  const value = Number(text);
  if (value >= field.min && value <= field.max) return value;
  const cure = field === EVENTBRIDGE_WEEKDAY ? 'in EventBridge Sunday is 1' : undefined;
  throw new InvalidExpressionError(part, `${field.name} ${written(part)} is out of range; ${allowed}`, cure);
}

const allowedIn = ({ min, max, names }: Field): string =>
  names.length === 0 ? `${min}-${max}` : `${min}-${max} or ${names.at(0)}-${names.at(-1)}`;

function readItem(item: Part, field: Field, dialect: Dialect): Selection {
  const [head = item, stepPart, ...surplus] = splitOn(item, '/');
  if (surplus.length > 0) throw new InvalidExpressionError(item, `${field.name} "${item.text}" has more than one step`);
  const range = readRange(head, field);
  if (stepPart === undefined) return { numbers: countUp(range.first, range.last, 1), text: range.text };
  const selection = takeSteps(range, readStep(stepPart, field), field);
  refuseForeignStep(item, { range, dialect, field, selection });
  return selection;
}

/** Where a step ends: after a single value at the end of the field, as in EventBridge. */
export const endOfSteps = ({ kind, last }: Range, field: Field): number => (kind === 'value' ? field.max : last);

/** A step that leads past the end selects the first value alone, in cron, robfig/cron and EventBridge alike. */
function takeSteps(range: Range, step: number, field: Field): Selection {
  const { first, kind } = range;
  const last = endOfSteps(range, field);
  const numbers = countUp(first, last, step);
  if (numbers.length === 1) return { numbers, text: String(first) };
  if (step === 1) return { numbers, text: kind === 'range' ? range.text : `${first}-${last}` };
  return { numbers, text: (numbers.at(-1) ?? last) + step > field.max ? `${first}/${step}` : numbers.join() };
}

/** @throws InvalidExpressionError when the part is neither `*` nor a value nor a range of the field. */
export function readRange(head: Part, field: Field): Range {
  if (head.text === '*') return { kind: 'all', first: field.min, last: field.last, text: '*' };
  const [from = head, to, ...surplus] = splitOn(head, '-');
  if (surplus.length > 0) throw new InvalidExpressionError(head, `${field.name} "${head.text}" is not a range`);
  // An empty side, as in -5, makes no range; the whole is refused as no value.
  const isRange = to !== undefined && from.text !== '' && to.text !== '';
  const first = readValue(isRange ? from : head, field);
  if (!isRange) return { kind: 'value', first, last: first, text: written(from) };
  const last = readValue(to, field);
  if (first > last) throw new InvalidExpressionError(head, ...wrappingRange(field, from, to));
  return { kind: 'range', first, last, text: first === last ? written(from) : `${written(from)}-${written(to)}` };
}

/** A number without leading zeros, a name in capitals. */
const written = ({ text }: Part): string => text.toUpperCase().replace(/^0+(?=\d)/, '');

function wrappingRange(field: Field, from: Part, to: Part): [problem: string, cure: string] {
  const problem = `${field.name} range ${from.text}-${to.text} runs backwards`;
  if (field === YEAR) return [problem, `write ${to.text}-${from.text}`];
  const named = Number.isNaN(Number(from.text));
  const show = (value: number) => (named ? (field.names[value - field.min] ?? '') : String(value));
  const join = (a: number, b: number) => (a === b ? show(a) : `${show(a)}${b === a + 1 ? ',' : '-'}${show(b)}`);
  const first = readValue(from, field);
  const tail = join(field.min, readValue(to, field));
  return [problem, `write ${first > field.last ? tail : `${join(first, field.last)},${tail}`}`];
}

function readStep(part: Part, field: Field): number {
  const step = /^\d+$/.test(part.text) ? Number(part.text) : 0;
  // All that lead past the end of the field are one, and the largest are no numbers to count with.
  if (step >= 1) return Math.min(step, field.max + 1);
  const problem = part.text === '' ? 'a step is missing' : `step ${part.text} of the ${field.name} is not a step`;
  throw new InvalidExpressionError(part, `${problem}; allowed are whole numbers from 1`);
}

interface Stepped {
  readonly range: Range;
  readonly dialect: Dialect;
  readonly field: Field;
  readonly selection: Selection;
}

function refuseForeignStep(item: Part, { range, dialect, field, selection }: Stepped): void {
  if (dialect === 'cron' && range.kind === 'value') {
    const problem = `a step needs a range; crons differ on what ${item.text} means`;
    throw new InvalidExpressionError(item, problem, `write ${item.text.replace('/', `-${field.last}/`)}`);
  }
  if (dialect === 'cron') return;
  if (field === EVENTBRIDGE_WEEKDAY) {
    const names = selection.numbers.map((weekday) => WEEKDAY_NAMES[weekday - 1]);
    throw new InvalidExpressionError(item, 'AWS does not document a step in the day of week', `write ${names.join()}`);
  }
  if (range.kind === 'range') {
    throw new InvalidExpressionError(item, 'AWS does not document a step on a range', `write ${selection.text}`);
  }
}

/** From `first` to at most `last`. */
export const countUp = (first: number, last: number, step: number): number[] =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
