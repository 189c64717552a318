import type { NamedDays } from '../../job/schedule-policy.ts';
import { DAY, epochMs, milliseconds } from '../../units.ts';
import { dateOf, lastDayOf } from './dates.ts';
import type { Lint, LintSubject } from './subject.ts';

// Next year's holidays are written down in the autumn of this one: to speak sooner would teach people to look away.
const DAYS_LEFT = 90;
// Nothing runs after the last day of `only`, and who deploys twice a year must have heard of it.
const DAYS_LEFT_OF_ONLY = 180;

/**
 * Calendars that end soon, or have ended, while the schedule goes on. Days that are written in `except` themselves are
 * meant as those days; all of `only` together counts, since one more day in any of them keeps the schedule running.
 */
export const lintCalendars: Lint = (subject) => {
  const { except, only } = subject.schedule.policy;
  const found = [
    ...except.filter(isNamed).flatMap(({ name, days }) => {
      const end = endOf(subject, days, DAYS_LEFT);
      if (end === undefined) return [];
      return `calendar "${name}" of except ${end}: ${end.startsWith('ended') ? 'due times' : 'later due times'} are not skipped`;
    }),
    ...describeOnly(subject, only),
  ];
  return found.length === 0 ? undefined : `${found.join('; ')}; add the days to come`;
};

/** A calendar, and not one day or range that was written where calendars go. */
const isNamed = ({ name, days }: NamedDays): boolean => days.length !== 1 || days[0] !== name;

function describeOnly(subject: LintSubject, only: readonly NamedDays[]): readonly string[] {
  const end = endOf(
    subject,
    only.flatMap(({ days }) => days),
    DAYS_LEFT_OF_ONLY,
  );
  if (end === undefined) return [];
  const names = only.map(({ name }) => `"${name}"`).join(', ');
  return [`only (${names}) ${end}: after it every due time is skipped`];
}

/** `ends on 2027-12-26` or `ended on …`; nothing where there is time, or the schedule has no due time after that day. */
function endOf({ timetable, now }: LintSubject, days: readonly string[], daysLeft: number): string | undefined {
  const last = lastDayOf(days);
  if (last === '' || last > dateOf(milliseconds(now + daysLeft * DAY))) return undefined;
  // A day more, whatever the zone: what is due then is certainly after it.
  if (timetable.next(epochMs(Date.parse(last) + 2 * DAY)) === undefined) return undefined;
  return `${last < dateOf(milliseconds(now)) ? 'ended' : 'ends'} on ${last}`;
}
