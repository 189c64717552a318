import type { NamedDays, SchedulePolicy } from '../../../job/schedule-policy.ts';

/** How many plain days are named. */
const NAMED = 3;

/**
 * Why a due time is skipped, of a schedule whose policy is known.
 *
 * @param name of the calendar, or the days themselves where they were written plainly, as an occurrence has it
 */
export function whySkipped(name: string, { except, only }: Pick<SchedulePolicy, 'except' | 'only'>): string {
  const excepted = except.find((days) => days.name === name);
  if (excepted !== undefined && isPlain(excepted)) return `on a day that except leaves out (${name})`;
  if (excepted !== undefined || !only.some(isPlain)) return `skipped by the calendar ${name}`;
  const shown = only.slice(0, NAMED).map((days) => days.name);
  return `not in only (${shown.join(', ')}${only.length > NAMED ? ', …' : ''})`;
}

/** Plain days bear their own name: see `lib/app/check-calendar.ts`. */
const isPlain = ({ name, days }: NamedDays): boolean => days.length === 1 && days[0] === name;

const PLAIN_DAYS = /^\d{4}-\d\d-\d\d[\d/, -]*$/;

/** The same for a record, which does not tell `except` from `only`. */
export function onDayLeftOut(calendar = 'a calendar'): string {
  return PLAIN_DAYS.test(calendar)
    ? `on a day that except or only leaves out (${calendar})`
    : `on a day that ${calendar} leaves out`;
}
