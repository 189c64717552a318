import { type EpochMs, epochMs, type Milliseconds } from '../units.ts';
import { toLocal, type Zone } from './zone.ts';

/**
 * When something is due.
 *
 * Due times follow EventBridge Scheduler's rule: a local time that daylight saving skips is left out that day; one
 * that it repeats counts once, the first. AWS does not say what schedules of less than an hour do in the repeated
 * hour; here each local time counts once, the first, so `every 5 minutes` by a cron in a zone with daylight saving
 * pauses for that hour. (In UTC nothing is ever skipped or repeated.)
 *
 * Every due time is a whole minute of the zone's clocks, from the year 1970 to 2199.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export interface Timetable {
  readonly timezone: string;
  /**
   * EventBridge Scheduler expressions that together mean this, such as `cron(0 2 * * ? *)` or
   * `at(2027-01-01T02:00:00)`: one, or two for a cron in which either day field may match. Both of two may name the
   * same instant (Friday the 13th): whoever deploys them sees it twice; the timetable has it once.
   */
  readonly expressions: readonly string[];
  /** First due time strictly after the instant; undefined when there is none. */
  next(after: EpochMs): EpochMs | undefined;
  /** Due times in (from, to], ascending. May be iterated again. */
  between(from: EpochMs, to: EpochMs): Iterable<EpochMs>;
}

/** What a timetable is made of. */
export interface TimetableParts {
  readonly zone: Zone;
  readonly expressions: readonly string[];
  /** Local times from one on, ascending, each once, whether or not the zone's clocks show them. */
  localTimesFrom(from: Milliseconds): Iterable<Milliseconds>;
}

/** An instant before every due time, in every zone. */
export const BEFORE_ALL = epochMs(Date.UTC(1969, 11, 30));
const AFTER_ALL = epochMs(Date.UTC(2200, 0, 3));

export function createTimetable({ zone, expressions, localTimesFrom }: TimetableParts): Timetable {
  function* dueAfter(after: EpochMs): Generator<EpochMs> {
    const start = epochMs(Math.min(Math.max(after, BEFORE_ALL), AFTER_ALL));
    // First showings rise with local time, so nothing earlier on the clocks can be due later. Within a repeat the
    // clocks show times whose first showing is past: those are dropped here.
    for (const local of localTimesFrom(toLocal(zone, start))) {
      const [first] = zone.instantsOf(local);
      if (first !== undefined && first > start) yield first;
    }
  }

  function* dueBetween(from: EpochMs, to: EpochMs): Generator<EpochMs> {
    for (const due of dueAfter(from)) {
      if (due > to) return;
      yield due;
    }
  }

  return {
    timezone: zone.name,
    expressions,
    next(after) {
      for (const due of dueAfter(after)) return due;
      return undefined;
    },
    between: (from, to) => ({ [Symbol.iterator]: () => dueBetween(from, to) }),
  };
}
