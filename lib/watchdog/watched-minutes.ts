import { type EpochMs, epochMs, MINUTE } from '../units.ts';

/** A period without a pass, from the minute of one pass to that of the next; both had one. Field names are stored names. */
export interface Gap {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * The minutes with a pass. EventBridge fires the watchdog as it fires every schedule: a minute with a pass is a minute in
 * which other schedules could be fired, too. Field names are stored names.
 */
export interface WatchedMinutes {
  /** The minute of the newest pass. */
  readonly until: EpochMs;
  /** Those before it, the oldest first. */
  readonly gaps: readonly Gap[];
}

/** A laptop that wakes for a moment every hour adds one each time; of more, the oldest two are merged. */
const MAX_GAPS = 50;

/** Adds the minute of a pass. @param instant when the pass was due; a retried pass may come after later ones */
export function watchedWith({ until, gaps }: WatchedMinutes, instant: EpochMs): WatchedMinutes {
  const minute = epochMs(Math.floor(instant / MINUTE) * MINUTE);
  if (minute <= until) return { until, gaps: gaps.flatMap((gap) => without(minute, gap)) };
  const all = [...gaps, ...between(until, minute)];
  const [first, second, ...others] = all;
  if (first === undefined || second === undefined || all.length <= MAX_GAPS) return { until: minute, gaps: all };
  return { until: minute, gaps: [{ from: first.from, to: second.to }, ...others] };
}

function without(minute: EpochMs, gap: Gap): readonly Gap[] {
  if (minute <= gap.from || minute >= gap.to) return [gap];
  return [...between(gap.from, minute), ...between(minute, gap.to)];
}

/** The gap between two minutes, if there is a minute in it. */
const between = (from: EpochMs, to: EpochMs): readonly Gap[] => (to - from > MINUTE ? [{ from, to }] : []);

/** Whether the minute of an instant had a pass. */
export const wasWatched = (instant: EpochMs, { until, gaps }: WatchedMinutes): boolean =>
  instant <= until && gaps.every(({ from, to }) => instant <= from || instant >= to);
