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

/** @param instant of the look: its due time */
export function watchedWith(before: WatchedMinutes, instant: EpochMs): WatchedMinutes {
  const minute = epochMs(Math.floor(instant / MINUTE_MS) * MINUTE_MS);
  const { until, gaps } = before;
  if (minute <= until) return before;
  if (minute === until + MINUTE_MS) return { until: minute, gaps };
  const [first, second, ...others] = [...gaps, { from: until, to: minute }];
  if (first === undefined || second === undefined || others.length + 2 <= MOST_GAPS) {
    return { until: minute, gaps: [...gaps, { from: until, to: minute }] };
  }
  return { until: minute, gaps: [{ from: first.from, to: second.to }, ...others] };
}

export const wasWatched = (instant: EpochMs, { until, gaps }: WatchedMinutes): boolean =>
  instant <= until && gaps.every(({ from, to }) => instant <= from || instant >= to);
