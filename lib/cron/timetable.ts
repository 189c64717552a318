import type { EpochMs, Milliseconds } from '../units.ts';
import { clockChanges, type TouchedChange, withinAll } from './clock-changes.ts';
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
  /** Changes of the zone's clocks in (from, to] that skip or repeat local times named by the expression, ascending. */
  touchedChanges(from: EpochMs, to: EpochMs): Iterable<TouchedChange>;
}

/** What a timetable is made of. */
export interface TimetableParts {
  readonly zone: Zone;
  readonly expressions: readonly string[];
  /** Local times from one on, ascending, each once, whether or not the zone's clocks show them. */
  localTimesFrom(from: Milliseconds): Iterable<Milliseconds>;
}

export function createTimetable({ zone, expressions, localTimesFrom }: TimetableParts): Timetable {
  function* dueAfter(after: EpochMs): Generator<EpochMs> {
    const start = withinAll(after);
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

  function* touchedChanges(from: EpochMs, to: EpochMs): Generator<TouchedChange> {
    for (const change of clockChanges(zone, from, to)) {
      const times = localTimesIn(change.from, change.to);
      if (times.length > 0) yield { ...change, times };
    }
  }

  function localTimesIn(from: Milliseconds, to: Milliseconds): Milliseconds[] {
    const times: Milliseconds[] = [];
    for (const local of localTimesFrom(from)) {
      if (local >= to) break;
      times.push(local);
    }
    return times;
  }

  return {
    timezone: zone.name,
    expressions,
    next(after) {
      for (const due of dueAfter(after)) return due;
      return undefined;
    },
    between: (from, to) => ({ [Symbol.iterator]: () => dueBetween(from, to) }),
    touchedChanges: (from, to) => ({ [Symbol.iterator]: () => touchedChanges(from, to) }),
  };
}
