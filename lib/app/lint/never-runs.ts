import { nextRunAfter } from '../../due/next-run.ts';
import type { NamedDays } from '../../job/schedule-policy.ts';
import { milliseconds } from '../../units.ts';
import { describeDate, lastDayOf } from './dates.ts';
import type { Lint } from './subject.ts';

/** Calendars that skip all that is due from now on: a weekday that their days do not have, days that are over. */
export const lintNeverRuns: Lint = ({ schedule, now }) => {
  const { except, only } = schedule.policy;
  if (except.length === 0 && only.length === 0) return undefined;
  if (nextRunAfter(schedule, now) !== undefined) return undefined;
  return `no run is to come in the next nine years: ${describeReason(only, except)}; correct the days or the due times`;
};

function describeReason(only: readonly NamedDays[], except: readonly NamedDays[]): string {
  if (only.length === 0) return `except (${namesOf(except)}) skips every due time`;
  const last = describeDate(milliseconds(Date.parse(lastDayOf(only.flatMap(({ days }) => days)))));
  const rest = except.length === 0 ? '' : ` that except (${namesOf(except)}) leaves`;
  return `no due time is on a day of only (${namesOf(only)}, up to ${last})${rest}`;
}

const namesOf = (calendars: readonly NamedDays[]): string => calendars.map(({ name }) => `"${name}"`).join(', ');
