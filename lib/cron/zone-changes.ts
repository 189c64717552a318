import { type EpochMs, epochMs, type Milliseconds, milliseconds } from '../units.ts';
import type { Zone } from './zone.ts';
import { zoneNamed } from './zone.ts';

/** A change of a zone's clocks that data of time zones older than a release do not have. */
export interface ZoneChange {
  /** Every name of the zone, its links too. */
  readonly zones: readonly string[];
  /** IANA's first release with the change. */
  readonly release: string;
  /** What has changed, as it stands in a sentence. */
  readonly what: string;
  /** The first instant at which older data are wrong. */
  readonly from: EpochMs;
  /** The first at which they are right again. @default never */
  readonly until?: EpochMs;
  /** A zone that all data know, and whose clocks show the same in that time. */
  readonly like: string;
}

const at = (instant: string): EpochMs => epochMs(Date.parse(instant));

/**
 * What has changed since Node 20.20.2, whose data are 2025c. From IANA's NEWS, and from a comparison, by the hour over 2026
 * and 2027, of all 598 names of release 2025c with those of each release up to 2026f (October 2026). To be gone through
 * with every new release, and shortened when no Node that is supported is older.
 *
 * @see https://data.iana.org/time-zones/tzdb/NEWS
 */
export const ZONE_CHANGES: readonly ZoneChange[] = [
  {
    zones: ['Europe/Chisinau', 'Europe/Tiraspol'],
    release: '2026a',
    what: 'Moldova sets its clocks when the EU does, an hour later than older data have it',
    from: at('2022-03-27T00:00Z'),
    like: 'Europe/Athens',
  },
  {
    zones: ['America/Vancouver', 'Canada/Pacific'],
    release: '2026b',
    what: 'British Columbia stays at UTC-07:00 all year since 2026',
    from: at('2026-11-01T09:00Z'),
    like: 'Etc/GMT+7',
  },
  {
    zones: ['America/Edmonton', 'America/Yellowknife', 'Canada/Mountain'],
    release: '2026c',
    what: 'Alberta stays at UTC-06:00 all year since 2026',
    from: at('2026-11-01T08:00Z'),
    like: 'Etc/GMT+6',
  },
  {
    zones: ['Africa/Casablanca', 'Africa/El_Aaiun'],
    release: '2026c',
    what: 'Morocco and Western Sahara stay at UTC+00:00 all year since 2026-09-20',
    from: at('2026-09-20T01:00Z'),
    like: 'Etc/GMT',
  },
  {
    zones: ['America/Inuvik'],
    release: '2026d',
    what: 'the Northwest Territories stay at UTC-06:00 all year since 2026',
    from: at('2026-11-01T08:00Z'),
    like: 'Etc/GMT+6',
  },
  {
    zones: ['America/Winnipeg', 'America/Rainy_River', 'Canada/Central'],
    release: '2026e',
    what: 'Manitoba stays at UTC-05:00 all year since 2026',
    from: at('2026-11-01T07:00Z'),
    like: 'Etc/GMT+5',
  },
  {
    zones: ['America/Havana', 'Cuba'],
    release: '2026f',
    what: 'Cuba stays at UTC-04:00 in the winter of 2026',
    from: at('2026-11-01T05:00Z'),
    until: at('2027-03-14T05:00Z'),
    like: 'Etc/GMT+4',
  },
];

/** A stretch of time in which Node's clocks of a zone are wrong. */
export interface WrongSpan {
  readonly change: ZoneChange;
  readonly start: EpochMs;
  readonly end: EpochMs;
  /** How much too late Node takes a local time to come; negative for too early. */
  readonly late: Milliseconds;
}

/**
 * Where, in [from, to), the clocks that Node has for a zone differ from those that IANA has by now. Empty where Node's data
 * have the change, whatever they are called.
 */
export function* wrongSpans(zone: Zone, from: EpochMs, to: EpochMs): Generator<WrongSpan> {
  for (const change of ZONE_CHANGES.filter(({ zones }) => zones.includes(zone.name))) {
    const right = zoneNamed(change.like);
    const end = Math.min(to, change.until ?? to);
    for (let start = epochMs(Math.max(from, change.from)); start < end; ) {
      const [ours, theirs] = [zone.spanAt(start), right.spanAt(start)];
      const next = epochMs(Math.min(end, ours.end, theirs.end));
      const late = milliseconds(theirs.offset - ours.offset);
      if (late !== 0) yield { change, start, end: next, late };
      start = next;
    }
  }
}
