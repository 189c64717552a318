import { nextRunAfter } from '../due/next-run.ts';
import { type Occurrence, type OccurrencesOf, occurrencesBetween } from '../due/occurrences.ts';
import { runsAfterGap } from '../job/schedule-policy.ts';
import { type EpochMs, epochMs, HOUR, WEEK } from '../units.ts';
import { type ScheduleClockChange, scheduleClockChanges } from './clock-changes.ts';

/** What is ahead of a schedule. */
export interface LookAhead {
  /** Its next due times, those included that a calendar skips. */
  readonly occurrences: readonly Occurrence[];
  /** Changes of its clocks up to the last of them that are worth a word. */
  readonly clockChanges: readonly ScheduleClockChange[];
  /** The first due time that runs, also where all of those above are skipped. */
  readonly nextRun: EpochMs | undefined;
}

/** After every due time, which end with the year 2199. */
const END = epochMs(Date.UTC(2200, 0, 3));

/** The next due times after an instant, at most `count`, and what happens on the way to them. */
export function lookAhead(schedule: OccurrencesOf, from: EpochMs, count: number): LookAhead {
  const occurrences = nextOccurrences(schedule, from, count);
  const last = occurrences.at(-1)?.scheduledTime ?? from;
  const runs = occurrences.find(({ calendar }) => calendar === undefined);
  return {
    occurrences,
    clockChanges: scheduleClockChanges(schedule, from, last).filter((change) => isWorthAWord(change, occurrences)),
    nextRun: runs?.scheduledTime ?? nextRunAfter(schedule, last),
  };
}

/** Runs after gaps only add to the others, so the search ends with as many of those: else it would go to the end of time. */
function nextOccurrences(schedule: OccurrencesOf, from: EpochMs, count: number): readonly Occurrence[] {
  const regular = take(
    count,
    occurrencesBetween({ ...schedule, policy: { ...schedule.policy, dst: 'skip' } }, from, END),
  );
  if (!runsAfterGap(schedule.policy)) return regular;
  const last = regular.length === count ? regular.at(-1)?.scheduledTime : undefined;
  return take(count, occurrencesBetween(schedule, from, last ?? END));
}

/** One that touches no due time is told where it explains another hour in UTC; between distant ones nobody would look for it. */
function isWorthAWord({ at, times }: ScheduleClockChange, occurrences: readonly Occurrence[]): boolean {
  if (times.length > 0) return true;
  const next = occurrences.findIndex(({ scheduledTime }) => scheduledTime >= at);
  const [before, after] = [occurrences[next - 1], occurrences[next]];
  if (before === undefined || after === undefined) return false;
  return after.scheduledTime - before.scheduledTime <= WEEK + HOUR;
}

function take<Value>(count: number, values: Iterable<Value>): readonly Value[] {
  const taken: Value[] = [];
  for (const value of values) {
    taken.push(value);
    if (taken.length === count) break;
  }
  return taken;
}
