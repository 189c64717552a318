import type { Timetable } from '../cron/index.ts';
import { findOutdatedZone, type OutdatedZone } from '../cron/outdated-zone.ts';
import { formatDuration } from '../job/duration.ts';
import { type EpochMs, milliseconds } from '../units.ts';
import { describeDate, timeOf } from './lint/dates.ts';

/** IANA's release of the data of time zones that this Node computes with, such as `2025c`. */
export const zoneDataVersion = (): string => process.versions.tz ?? 'unknown';

/** The same with whose they are, as notes name it. */
export const describeZoneData = (): string => `time zone data ${zoneDataVersion()} of Node ${process.version}`;

/** What synth notes of zones that set their clocks; nothing where every schedule counts in UTC. */
export const zoneDataNotes = (schedules: readonly Pick<Timetable, 'timezone'>[]): readonly string[] =>
  schedules.some(({ timezone }) => !/^(Etc\/)?(UTC|GMT)$/.test(timezone))
    ? [`due times are computed with the ${describeZoneData()}, and EventBridge fires by AWS's own`]
    : [];

/** What to say of due times that Node computes wrongly within a year; undefined where it does not. */
export function warnOfZoneData(timed: Pick<Timetable, 'expressions' | 'timezone'>, now: EpochMs): string | undefined {
  const found = findOutdatedZone(timed, now);
  return found === undefined ? undefined : describeOutdatedZone(found);
}

/** Ends with its cure. */
export function describeOutdatedZone({ change, late, first }: OutdatedZone): string {
  const off = `${formatDuration(milliseconds(Math.abs(late)))} ${late > 0 ? 'late' : 'early'}`;
  const computed = `due times are computed ${off}, first that of ${describeDate(first)} ${timeOf(first)}`;
  const effects =
    "next, simulate and the local cloud go by that, and the watchdog may take runs for missed if the Node of its function is as old; EventBridge fires by AWS's own data";
  return `${change.what}, and the ${describeZoneData()} do not have it: ${computed}: ${effects}; use a Node whose process.versions.tz is ${change.release} or later`;
}
