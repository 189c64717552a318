import { type EpochMs, epochMs, type Milliseconds, milliseconds, toIso } from '../units.ts';
import type { Zone } from './zone.ts';

/** An instant at which a zone's clocks are set: forward over local times that no clock shows, or back over some that they show again. */
export interface ClockChange {
  readonly kind: 'gap' | 'repeat';
  readonly at: EpochMs;
  /** Local time, milliseconds since 1970-01-01T00:00 on the zone's clocks: the first that is skipped or repeated. */
  readonly from: Milliseconds;
  /** The first local time after it that is shown once again. */
  readonly to: Milliseconds;
}

/** A clock change, with the local times of a schedule that it skips or repeats. */
export interface TouchedChange extends ClockChange {
  /** Ascending, at least one. */
  readonly times: readonly Milliseconds[];
}

/** An instant before every due time, in every zone. */
export const BEFORE_ALL = epochMs(Date.UTC(1969, 11, 30));
const AFTER_ALL = epochMs(Date.UTC(2200, 0, 3));

/** The nearest instant in whose time expressions can be due. */
export const withinAll = (instant: EpochMs): EpochMs => epochMs(Math.min(Math.max(instant, BEFORE_ALL), AFTER_ALL));

/** The changes of a zone's clocks in (from, to], ascending, as far as expressions can be due. */
export function* clockChanges(zone: Zone, from: EpochMs, to: EpochMs): Generator<ClockChange> {
  const end = withinAll(to);
  let span = zone.spanAt(withinAll(from));
  while (span.end <= end) {
    const next = zone.spanAt(span.end);
    const [low, high] = [span.offset, next.offset].sort((a, b) => a - b) as [Milliseconds, Milliseconds];
    if (low !== high && span.end > from) {
      const kind = next.offset > span.offset ? 'gap' : 'repeat';
      yield { kind, at: span.end, from: milliseconds(span.end + low), to: milliseconds(span.end + high) };
    }
    span = next;
  }
}

/** `2027-03-28T02:30`, as a local time is written everywhere. */
export const localText = (local: Milliseconds): string => toIso(epochMs(local)).slice(0, 16);
