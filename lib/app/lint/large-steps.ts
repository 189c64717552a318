import { DAY_OF_MONTH, type Field, HOUR, MINUTE, MONTH, YEAR } from '../../cron/fields.ts';
import { findLargeSteps, type LargeStep } from '../../cron/large-steps.ts';
import type { Lint } from './subject.ts';

/** Steps past the end of their field or range: cron, robfig/cron and EventBridge run the first value of each. */
export const lintLargeSteps: Lint = ({ options: { cron } }) => describeLargeSteps(cron);

/** What is said of the large steps of a cron that has been read without error, cures at the end; undefined for none. */
export function describeLargeSteps(cron: string | undefined): string | undefined {
  const steps = cron === undefined ? [] : findLargeSteps(cron);
  return steps.length === 0 ? undefined : steps.map(describe).join('; ');
}

function describe({ text, field, step, first, last }: LargeStep): string {
  const { noun, once, length, several } = meaningOf(field);
  const what = `${text} in the ${field.name} is ${first} alone, since ${first} + ${step} is past ${last}`;
  const isWhole = step === length || (field === DAY_OF_MONTH && step >= 29 && step <= 31);
  if (isWhole || length === undefined) return `${what}: write ${first} if once ${once} is meant`;
  const count = step / length;
  const rest = Number.isInteger(count)
    ? `for every ${count} ${several(count)}`
    : `every ${step} ${noun}s is nothing cron can count beyond ${once}: choose a step up to ${last - first}, or list the times`;
  return `${what}: write ${first} if once ${once} is meant; ${rest}`;
}

interface Meaning {
  readonly noun: string;
  /** How often a single value comes. */
  readonly once: string;
  /** How many values the field has; undefined where nothing comes after it. */
  readonly length?: number;
  /** How to say every so many of what the field is a part of: `hours write 0 in the minute and …`. */
  readonly several: (count: number) => string;
}

const LET_THE_JOB_CHECK = 'let the job leave out the others';

function meaningOf(field: Field): Meaning {
  switch (field) {
    case MINUTE:
      return { noun: 'minute', once: 'an hour', length: 60, several: (n) => `hours write */${n} in the hour` };
    case HOUR:
      return { noun: 'hour', once: 'a day', length: 24, several: (n) => `days write */${n} in the day of month` };
    case DAY_OF_MONTH:
      return { noun: 'day', once: 'a month', length: 31, several: (n) => `months write */${n} in the month` };
    case MONTH:
      return { noun: 'month', once: 'a year', length: 12, several: () => `years name them in cron(… ${YEAR.name})` };
    case YEAR:
      return { noun: 'year', once: 'for all', several: () => LET_THE_JOB_CHECK };
    default:
      return { noun: 'weekday', once: 'a week', length: 7, several: () => `weeks ${LET_THE_JOB_CHECK}` };
  }
}
