import { type Field, HOUR, MINUTE } from '../../cron/fields.ts';
import { findSteps, type Step } from '../../cron/steps.ts';

interface Cycle {
  /** How many values the field has. */
  readonly length: number;
  readonly every: string;
  /** Which of the fields behind it decide whether one cycle follows another. */
  readonly after: readonly number[];
}

const CYCLES: ReadonlyMap<Field, Cycle> = new Map([
  [MINUTE, { length: 60, every: 'hour', after: [0] }],
  [HOUR, { length: 24, every: 'day', after: [0, 2] }],
]);

/** All values, or several in a row. */
const CONSECUTIVE = /^([*?]|\w+-\w+)$/;

/**
 * What is said of steps that do not divide the hour or the day: cron counts them anew each time, so due times are not as far
 * apart as the step; undefined for none. A step of a
 * range, beside other values, or in hours or days that do not follow one another, is left alone.
 */
export function describeUnevenSteps(cron: string | undefined): string | undefined {
  const said = cron === undefined ? [] : findSteps(cron).flatMap(describe);
  return said.length === 0 ? undefined : said.join('; ');
}

function describe({ text, field, step, first, last, isToEnd, isAlone, later }: Step): readonly string[] {
  const cycle = CYCLES.get(field);
  if (cycle === undefined || !isToEnd || !isAlone || first + step > last) return [];
  const { length, every, after } = cycle;
  if (!after.every((index) => CONSECUTIVE.test(later[index] ?? ''))) return [];
  const count = Math.floor((last - first) / step) + 1;
  const rest = first + length - (first + (count - 1) * step);
  if (rest === step) return [];
  const values = Array.from({ length: count }, (_, index) => first + index * step);
  const noun = `${field.name}${rest === 1 ? '' : 's'}`;
  const even = Array.from({ length: length - 1 }, (_, index) => index + 1).filter((each) => length % each === 0);
  return [
    `${text} in the ${field.name} is ${values.join(', ')}, counted anew each ${every}: ${step} ${field.name}s apart, and the last and the next ${rest} ${noun}; even are the steps ${even.join(', ')}`,
  ];
}
