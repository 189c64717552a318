import { type EpochMs, epochMs } from '../units.ts';

/** A time in which nobody looked, from the minute of one look to that of the next, which were looked at. */
export interface Gap {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * In which minutes there was a look. The watchdog is fired as all schedules are: whether it was in a minute tells whether
 * others can have been.
 */
export interface WatchedMinutes {
  /** The minute of the last look. */
  readonly until: EpochMs;
  /** Before that, the oldest first. */
  readonly gaps: readonly Gap[];
}

const MINUTE_MS = 60_000;
/** A laptop that wakes for a moment every hour has one each time; of more, the oldest two become one. */
const MOST_GAPS = 50;

/** @param instant of the look: its due time. One that is tried again may come after later ones */
export function watchedWith({ until, gaps }: WatchedMinutes, instant: EpochMs): WatchedMinutes {
  const minute = epochMs(Math.floor(instant / MINUTE_MS) * MINUTE_MS);
  if (minute <= until) return { until, gaps: gaps.flatMap((gap) => without(minute, gap)) };
  const all = [...gaps, ...between(until, minute)];
  const [first, second, ...others] = all;
  if (first === undefined || second === undefined || all.length <= MOST_GAPS) return { until: minute, gaps: all };
  return { until: minute, gaps: [{ from: first.from, to: second.to }, ...others] };
}

function without(minute: EpochMs, gap: Gap): readonly Gap[] {
  if (minute <= gap.from || minute >= gap.to) return [gap];
  return [...between(gap.from, minute), ...between(minute, gap.to)];
}

/** The gap between two minutes, if there is a minute in it. */
const between = (from: EpochMs, to: EpochMs): readonly Gap[] => (to - from > MINUTE_MS ? [{ from, to }] : []);

export const wasWatched = (instant: EpochMs, { until, gaps }: WatchedMinutes): boolean =>
  instant <= until && gaps.every(({ from, to }) => instant <= from || instant >= to);
