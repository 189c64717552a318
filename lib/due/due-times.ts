import type { Timetable } from '../cron/index.ts';
import { DAY, type EpochMs, epochMs, MINUTE, type Milliseconds, milliseconds, WEEK } from '../units.ts';

/** What a check of an app asks of a timetable, computed when it is first asked for. */
export interface DueTimes {
  /**
   * The shortest time between two due times of this year and the next two, or, if none is in them, of the three years
   * from the first one on; undefined where there are not two.
   */
  shortestInterval(): Milliseconds | undefined;
  /** Due times of the coming week, ascending: all rhythms but the monthly and yearly, which meet others as they may. */
  comingWeek(): readonly EpochMs[];
}

/** Entries that are due at the same times share one answer: with a hundred of them, looking is most of what a check costs. */
export function createDueTimes(now: EpochMs): (timetable: Timetable) => DueTimes {
  const known = new Map<string, DueTimes>();
  return (timetable) => {
    const key = [timetable.timezone, ...timetable.expressions].join(' ');
    const dueTimes = known.get(key) ?? {
      shortestInterval: once(() => shortestIntervalOf(timetable, now)),
      comingWeek: once(() => [...timetable.between(now, epochMs(now + WEEK))]),
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
const SAMPLE_SPAN = 3 * 366 * DAY;

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
    if (++seen === SAMPLE || shortest === MINUTE) break;
  }
  return shortest === undefined ? undefined : milliseconds(shortest);
}
