import { DAY, type EpochMs, epochMs, type Milliseconds, milliseconds, SECOND } from '../units.ts';

/** A stretch of time during which a zone's clocks keep one distance from UTC. */
export interface Span {
  readonly start: EpochMs;
  /** First instant that no longer belongs to it: a transition, or nothing but where the next search began. */
  readonly end: EpochMs;
  /** Local time minus UTC. */
  readonly offset: Milliseconds;
}

/** A time zone. Local times are milliseconds since 1970-01-01T00:00 on the zone's own clocks. */
export interface Zone {
  /** As the user wrote it. */
  readonly name: string;
  spanAt(instant: EpochMs): Span;
  /** Instants at which the clocks show the local time, ascending: none in a gap, two in a repeat, otherwise one. */
  instantsOf(local: Milliseconds): readonly EpochMs[];
}

export const toLocal = (zone: Zone, instant: EpochMs): Milliseconds =>
  milliseconds(instant + zone.spanAt(instant).offset);

// The shortest stay of any zone between two offsets is an hour less than 7 days (Recife in 2000), then 7 (Gaza in 2040).
const PROBE = 6 * DAY;
// Asking Intl is what costs. So a first answer searches a month and not a year.
const BLOCK = 5 * PROBE;

const zones = new Map<string, Zone>();

/** The zone of that name, which must be known to Intl; its transitions are found 30 days at a time and kept. */
export function zoneNamed(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = createZone(name);
  zones.set(name, zone);
  return zone;
}

function createZone(name: string): Zone {
  const offsetAt = createOffsetReader(name);
  const blocks = new Map<number, readonly Span[]>();
  let latest: Span | undefined;

  function spanAt(instant: EpochMs): Span {
    if (latest !== undefined && instant >= latest.start && instant < latest.end) return latest;
    const block = Math.floor(instant / BLOCK);
    const spans = blocks.get(block) ?? findSpans(offsetAt, block * BLOCK);
    blocks.set(block, spans);
    latest = spans.find((span) => instant < span.end);
    if (latest === undefined) throw new RangeError(`instant ${instant} is not a number`);
    return latest;
  }

  // No zone is further than a day from UTC, and none changes twice within two days: what the clocks show as
  // `local` is shown under the offset of the day before or that of the day after.
  function instantsOf(local: Milliseconds): readonly EpochMs[] {
    const before = spanAt(epochMs(local - DAY));
    if (local + DAY < before.end) return [epochMs(local - before.offset)];
    const after = spanAt(epochMs(local + DAY));
    return [...new Set([before.offset, after.offset])]
      .filter((offset) => spanAt(epochMs(local - offset)).offset === offset)
      .map((offset) => epochMs(local - offset));
  }

  return { name, spanAt, instantsOf };
}

type OffsetReader = (instant: number) => number;

/** Intl gives local times to the second, so offsets are whole seconds. */
function createOffsetReader(timeZone: string): OffsetReader {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const [month = 0, day, year = 0, hour, minute, second] = (format.format(instant).match(/\d+/g) ?? []).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / SECOND) * SECOND;
  };
}

/** The spans of one block. */
function findSpans(offsetAt: OffsetReader, blockStart: number): readonly Span[] {
  const spans: Span[] = [];
  const end = blockStart + BLOCK;
  const lastSecond = end - SECOND;
  let start = blockStart;
  let offset = offsetAt(start);
  const close = (at: number) => spans.push({ start: epochMs(start), end: epochMs(at), offset: milliseconds(offset) });

  for (let probe = start; probe < lastSecond; probe += PROBE) {
    const next = Math.min(probe + PROBE, lastSecond);
    if (offsetAt(next) === offset) continue;
    const change = bisect(probe, next, (instant) => offsetAt(instant) !== offset);
    close(change);
    start = change;
    offset = offsetAt(change);
  }
  close(end);
  return spans;
}

/** First whole second after `low` at which `changed` holds; it must not hold at `low` and must hold at `high`. */
function bisect(low: number, high: number, changed: (instant: number) => boolean): number {
  let [before, after] = [low, high];
  while (after - before > SECOND) {
    const middle = before + Math.floor((after - before) / 2 / SECOND) * SECOND;
    if (changed(middle)) after = middle;
    else before = middle;
  }
  return after;
}
