import { DAY, type EpochMs, epochMs, type Milliseconds, milliseconds } from '../units.ts';
import { readEventBridge } from './read.ts';
import type { Timetable } from './timetable.ts';
import { toLocal, type Zone, zoneNamed } from './zone.ts';
import { wrongSpans, type ZoneChange } from './zone-changes.ts';

/** What due times suffer where Node's data of time zones are older than a change of their zone. */
export interface OutdatedZone {
  readonly change: ZoneChange;
  /** How much too late Node takes the due times to be; negative for too early. */
  readonly late: Milliseconds;
  /** The first due time that is wrong, as the zone's clocks will show it: milliseconds since 1970-01-01T00:00 on them. */
  readonly first: Milliseconds;
}

/** Every zone that sets its clocks does so within it. */
const YEAR = 366 * DAY;

/**
 * Whether Node computes due times of the coming year wrongly, since its data of the zone are too old; undefined where it
 * does not, whatever the data are called.
 *
 * @param zone @default the timetable's, as Node has it
 */
export function findOutdatedZone(
  { expressions, timezone }: Pick<Timetable, 'expressions' | 'timezone'>,
  now: EpochMs,
  zone: Zone = zoneNamed(timezone),
): OutdatedZone | undefined {
  for (const { change, start, end, late } of wrongSpans(zone, now, epochMs(now + YEAR))) {
    const due = expressions.map((each) => readEventBridge(each, change.like).next(epochMs(start - 1)) ?? end);
    const first = epochMs(Math.min(...due));
    if (first < end) return { change, late, first: milliseconds(toLocal(zoneNamed(change.like), first)) };
  }
  return undefined;
}
