import { type Occurrence, occurrencesBetween } from '../due/occurrences.ts';
import { mergeAscending } from '../merge-ascending.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { EVENTBRIDGE_PRECISION } from './deployed.ts';
import type { ExpectedSchedule } from './expected-schedules.ts';
import { isInPause, isNearPause } from './pauses.ts';
import type { WatchedSchedule } from './plan.ts';

/** A due time whose record must exist by now. */
export interface DueTime extends Occurrence {
  readonly schedule: WatchedSchedule;
  /** Whether EventBridge may have left it out, because the schedule was created or changed in that minute. */
  readonly isUnsure: boolean;
}

export interface DueTimes {
  /** Of all schedules, the oldest first. */
  readonly due: readonly DueTime[];
  /** How far each schedule is checked when these are, by id. */
  readonly checkedUntil: Readonly<Record<string, EpochMs>>;
  /** Whether there are more due times, left for the next pass. */
  readonly isCut: boolean;
}

/** Collects the oldest due times that are not checked yet, over all schedules, up to a limit. */
export function collectDueTimes(expected: readonly ExpectedSchedule[], limit: number): DueTimes {
  const isRead = new Set<number>();
  const checkedUntil = expected.map(({ state }) => state.checkedUntil);
  const due: DueTime[] = [];
  const streams = expected.map(function* (each, source) {
    yield* outsidePauses(each);
    isRead.add(source);
  });
  for (const { value, source } of mergeAscending(streams, ({ scheduledTime }) => scheduledTime)) {
    const each = expected[source];
    if (due.length === limit || each === undefined) break;
    due.push({ ...value, schedule: each.schedule, isUnsure: isUnsure(value, each) });
    checkedUntil[source] = value.scheduledTime;
  }
  return {
    due,
    checkedUntil: Object.fromEntries(
      expected.map(({ schedule: { id }, state, until }, source) => {
        const reached = checkedUntil[source] ?? state.checkedUntil;
        return [id, isRead.has(source) ? epochMs(Math.max(reached, until)) : reached];
      }),
    ),
    isCut: isRead.size < expected.length,
  };
}

function* outsidePauses({ schedule, state, until }: ExpectedSchedule): Generator<Occurrence, void> {
  for (const each of occurrencesBetween(schedule, state.checkedUntil, until)) {
    if (!isInPause(each.scheduledTime, state)) yield each;
  }
}

const isUnsure = ({ scheduledTime }: Occurrence, { state, lastUntil }: ExpectedSchedule): boolean =>
  scheduledTime <= state.expectedFrom ||
  (lastUntil !== undefined && scheduledTime > lastUntil - EVENTBRIDGE_PRECISION) ||
  isNearPause(scheduledTime, state);
