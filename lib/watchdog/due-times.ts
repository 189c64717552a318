import { type Occurrence, occurrencesBetween } from '../due/occurrences.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { SETTLING } from './deployed.ts';
import type { ScheduleState, WatchedSchedule } from './ports.ts';

/** A due time whose record should be there by now. */
export interface DueTime extends Occurrence {
  readonly schedule: WatchedSchedule;
  /** Whether EventBridge may have left it out, because the schedule was set up or changed at that minute. */
  readonly isUnsure: boolean;
}

export interface DueTimes {
  /** Of all schedules, the oldest first. */
  readonly due: readonly DueTime[];
  /** How far each schedule is looked at when these are done. */
  readonly checkedUntil: Readonly<Record<string, EpochMs>>;
  /** Ids of schedules that have more than were asked for. */
  readonly behind: ReadonlySet<string>;
}

export interface ExpectedSchedule {
  readonly schedule: WatchedSchedule;
  readonly state: ScheduleState;
  /** Due times later than this are not looked at yet. */
  readonly until: EpochMs;
  /** When EventBridge had it changed or put off. */
  readonly lastUntil?: EpochMs | undefined;
}

/** The oldest due times that nobody has looked at, over all schedules; after an outage not all at once. */
export function collectDueTimes(expected: readonly ExpectedSchedule[], limit: number): DueTimes {
  const streams = expected.map((each) => {
    const { schedule, state, until } = each;
    const occurrences = outsidePauses(occurrencesBetween(schedule, state.checkedUntil, until), state);
    return { ...each, checkedUntil: state.checkedUntil, occurrences, head: occurrences.next() };
  });
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
  const isDone = (stream: (typeof streams)[number]): boolean => stream.head.done === true;
  return {
    due,
    behind: new Set(streams.filter((stream) => !isDone(stream)).map(({ schedule }) => schedule.id)),
    checkedUntil: Object.fromEntries(
      streams.map((stream) => {
        const { schedule, checkedUntil, until } = stream;
        return [schedule.id, isDone(stream) ? epochMs(Math.max(checkedUntil, until)) : checkedUntil];
      }),
    ),
  };
}

/** What EventBridge did not have is no due time. */
function* outsidePauses(occurrences: Iterable<Occurrence>, { pauses = [] }: ScheduleState): Generator<Occurrence> {
  for (const each of occurrences) {
    if (!pauses.some(({ from, to }) => each.scheduledTime > from && each.scheduledTime <= to)) yield each;
  }
}

const isUnsure = ({ scheduledTime }: Occurrence, { state, lastUntil }: ExpectedSchedule): boolean =>
  scheduledTime <= state.expectedFrom ||
  (lastUntil !== undefined && scheduledTime > lastUntil - SETTLING) ||
  isInPause(scheduledTime, state);

/** Or just beside one, when EventBridge may have left it out. */
export const isInPause = (instant: EpochMs, { pauses = [] }: ScheduleState): boolean =>
  pauses.some(({ from, to }) => instant > from - SETTLING && instant <= to + SETTLING);

const timeOf = (head: IteratorResult<Occurrence>): number =>
  head.done === true ? Number.POSITIVE_INFINITY : head.value.scheduledTime;
