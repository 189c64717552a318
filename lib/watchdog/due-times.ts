import { type Occurrence, occurrencesBetween } from '../due/occurrences.ts';
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
  const streams = expected.map(openStream);
  const due: DueTime[] = [];
  while (due.length < limit) {
    const [first] = streams
      .filter(({ head }) => head.done !== true)
      .sort((one, other) => timeOf(one.head) - timeOf(other.head));
    if (first === undefined || first.head.done === true) break;
    due.push({ ...first.head.value, schedule: first.schedule, isUnsure: isUnsure(first.head.value, first) });
    first.checkedUntil = first.head.value.scheduledTime;
    first.head = first.occurrences.next();
  }
  return {
    due,
    checkedUntil: Object.fromEntries(
      streams.map(({ schedule, checkedUntil, until, head }) => [
        schedule.id,
        head.done === true ? epochMs(Math.max(checkedUntil, until)) : checkedUntil,
      ]),
    ),
    isCut: streams.some(({ head }) => head.done !== true),
  };
}

/** The due times of one schedule that are not checked yet, and the next of them. */
interface DueTimeStream extends ExpectedSchedule {
  checkedUntil: EpochMs;
  readonly occurrences: Iterator<Occurrence, void>;
  head: IteratorResult<Occurrence, void>;
}

function openStream(expected: ExpectedSchedule): DueTimeStream {
  const { checkedUntil } = expected.state;
  const occurrences = outsidePauses(expected);
  return { ...expected, checkedUntil, occurrences, head: occurrences.next() };
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

const timeOf = (head: IteratorResult<Occurrence, void>): number =>
  head.done === true ? Number.POSITIVE_INFINITY : head.value.scheduledTime;
