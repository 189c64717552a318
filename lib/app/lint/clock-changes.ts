import type { TouchedChange } from '../../cron/index.ts';
import { calendarOfDate } from '../../due/calendar-days.ts';
import { formatDuration } from '../../job/duration.ts';
import { runsAfterGap } from '../../job/schedule-policy.ts';
import { DAY, type EpochMs, epochMs, HOUR, type Milliseconds, milliseconds } from '../../units.ts';
import { dateOf, describeDate, timeOf } from './dates.ts';
import type { Lint, LintSubject } from './subject.ts';

/** Every zone that sets its clocks does so within it. */
const YEAR = 366 * DAY;

/**
 * Due times that the coming year's clock changes skip.
 *
 * Not where the schedule is due in the hour before the change and again in the hour after it, as every cron that fires
 * each hour or more often is: the time between its runs is no longer than on other days, so nothing is left undone.
 */
export const lintGap: Lint = (subject) => {
  if (runsAfterGap(subject.schedule.policy)) return undefined;
  const found = changesOf(subject, 'gap').filter(({ at }) => !isDueAround(subject, at));
  if (found.length === 0) return undefined;
  const days = found.map((change) => {
    const clocks = `clocks go from ${timeOf(change.from)} to ${timeOf(change.to)}`;
    const loss = change.times.length === 1 ? 'the run is' : 'the runs are';
    return `on ${describeDate(change.from)} ${subject.schedule.timezone} has no ${describeTimes(change.times)} (${clocks}): ${loss} left out that day`;
  });
  return `${days.join('; ')}; choose a time that every day has, write dst: 'runAfterGap' for one run as soon as the clocks have changed`;
};

/** Due times that the coming year's clock changes repeat: they run once, and a schedule that is due often then pauses. */
export const lintRepeat: Lint = (subject) => {
  const found = changesOf(subject, 'repeat');
  if (found.length === 0) return undefined;
  const days = found.map((change) => {
    const clocks = `clocks go back from ${timeOf(change.to)} to ${timeOf(change.from)}`;
    const once = change.times.length === 1 ? 'it runs' : 'each runs';
    return `on ${describeDate(change.from)} ${subject.schedule.timezone} has ${describeTimes(change.times)} twice (${clocks}): ${once} once, the first time${describePause(subject, change)}`;
  });
  return `${days.join('; ')}; choose a time that every day has once, count in UTC`;
};

/** Without those whose due times a calendar skips anyway. */
function changesOf({ timetable, schedule, now }: LintSubject, kind: TouchedChange['kind']): readonly TouchedChange[] {
  return [...timetable.touchedChanges(now, epochMs(now + YEAR))].flatMap((change) => {
    const times = change.times.filter((time) => calendarOfDate(dateOf(time), schedule.policy) === undefined);
    return change.kind === kind && times.length > 0 ? [{ ...change, times }] : [];
  });
}

function isDueAround({ timetable }: LintSubject, at: EpochMs): boolean {
  const isDueFrom = (from: number): boolean => {
    const due = timetable.next(epochMs(from - 1));
    return due !== undefined && due < from + HOUR;
  };
  return isDueFrom(at - HOUR) && isDueFrom(at);
}

/** Nothing where it is not due in the hour after the repeat: there it would have had no run meanwhile. */
function describePause({ timetable }: LintSubject, { at, from, to, times }: TouchedChange): string {
  const next = timetable.next(epochMs(at - 1));
  const last = times.at(-1);
  const length = to - from;
  if (next === undefined || last === undefined || next - at - length >= HOUR) return '';
  // The first showing of a local time lies as long before the change as the time before the repeat's end.
  const lastDue = at - (to - last);
  return `, then nothing for ${formatDuration(milliseconds(next - lastDue))}`;
}

const MAX_LISTED = 3;

function describeTimes(times: readonly Milliseconds[]): string {
  const texts = times.map(timeOf);
  return texts.length > MAX_LISTED ? `${texts[0]} to ${texts.at(-1)}` : texts.join(', ');
}
