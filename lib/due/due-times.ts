import type { Timetable } from '../cron/index.ts';
import { type EpochMs, epochMs, type Milliseconds, milliseconds } from '../units.ts';

/** What a check of an app asks of a timetable, computed when it is first asked for. */
export interface DueTimes {
  /**
   * The shortest time between two due times of this year and the next two, or, if none is in them, of the three years
   * from the first one on; undefined where there are not two.
   */
  shortestInterval(): Milliseconds | undefined;
  /** Due times of the coming week, ascending. */
  comingWeek(): readonly EpochMs[];
}

/** The rhythm of a week has them all but what is due monthly or yearly, which meets others as it may. */
export const WEEK_MS = 7 * 86_400_000;

/** Entries that are due at the same times share one answer: with a hundred of them, looking is most of what a check costs. */
export function createDueTimes(now: EpochMs): (timetable: Timetable) => DueTimes {
  const known = new Map<string, DueTimes>();
  return (timetable) => {
    const key = [timetable.timezone, ...timetable.expressions].join(' ');
    const dueTimes = known.get(key) ?? {
      shortestInterval: once(() => shortestIntervalOf(timetable, now)),
      comingWeek: once(() => [...timetable.between(now, epochMs(now + WEEK_MS))]),
    };
    known.set(key, dueTimes);
    return dueTimes;
  };
}

function once<Value>(compute: () => Value): () => Value {
  let computed: { readonly value: Value } | undefined;
  return () => {
    computed ??= { value: compute() };
    return computed.value;
  };
}

/** How many due times are looked at for the shortest time between two. */
const SAMPLE = 5000;
const SAMPLE_SPAN = 3 * 366 * 86_400_000;
/** Due times are whole minutes: no interval is shorter. */
const MINUTE_MS = 60_000;

function shortestIntervalOf(timetable: Timetable, now: EpochMs): Milliseconds | undefined {
  const newYear = epochMs(Date.UTC(new Date(now).getUTCFullYear(), 0, 1));
  // What is due on 29 February only may be so in years.
  const first = timetable.next(newYear) ?? newYear;
  const start = first < newYear + SAMPLE_SPAN ? newYear : first - 1;
  let shortest: number | undefined;
  let before: EpochMs | undefined;
  let seen = 0;
  for (const due of timetable.between(epochMs(start), epochMs(start + SAMPLE_SPAN))) {
    if (before !== undefined) shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, due - before);
    before = due;
    if (++seen === SAMPLE || shortest === MINUTE_MS) break;
  }
  return shortest === undefined ? undefined : milliseconds(shortest);
}
