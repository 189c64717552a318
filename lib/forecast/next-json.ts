import { localText } from '../cron/index.ts';
import { toLocal } from '../cron/zone.ts';
import { readZone } from '../cron/zone-name.ts';
import type { ManifestSchedule } from '../manifest.ts';
import { type EpochMs, type Milliseconds, toIso } from '../units.ts';
import { describeExpressions } from './describe-expression.ts';
import type { LookAhead } from './look-ahead.ts';

/** What `belfry next --json` prints of a schedule. Local times are those of its zone. */
export interface NextJson {
  readonly id: string;
  readonly job: string;
  /** As it is written in `infra/schedules.ts`, in words, and as it is deployed. */
  readonly source: string;
  readonly description: string;
  readonly expressions: readonly string[];
  readonly timezone: string;
  readonly zoneData: ZoneDataJson;
  /** Whether it is on in this stage. */
  readonly enabled: boolean;
  /** How long after a due time it may be fired; 0 for at once. */
  readonly spread: Milliseconds;
  /** The first due time that no calendar skips; `null` when there is none. */
  readonly nextRun: string | null;
  readonly dueTimes: readonly {
    /** `2027-03-28T01:00:00.000Z` */
    readonly scheduledTime: string;
    /** `2027-03-28T03:00` */
    readonly local: string;
    readonly isAfterGap: boolean;
    /** The calendar by which it is skipped. */
    readonly calendar?: string;
  }[];
  /** Changes of the clocks on the way to the last of them. */
  readonly clockChanges: readonly ClockChangeJson[];
}

/** The data of time zones by which due times were computed. */
export interface ZoneDataJson {
  /** IANA's release, `2025c`. */
  readonly version: string;
  /** What is wrong with the due times, where the data are too old for the schedule's zone. */
  readonly warning?: string;
}

/** A change of a zone's clocks, with the due times that it skips or repeats; all times but `at` are local. */
export interface ClockChangeJson {
  readonly at: string;
  readonly kind: 'gap' | 'repeat';
  readonly from: string;
  readonly to: string;
  readonly times: readonly string[];
}

export function nextJson(
  schedule: ManifestSchedule,
  { occurrences, clockChanges, nextRun }: LookAhead,
  zoneData: ZoneDataJson,
): NextJson {
  const { id, job, source, expressions, timezone, enabled, policy } = schedule;
  const zone = readZone(timezone);
  return {
    id,
    job,
    source,
    description: describeExpressions(expressions),
    expressions,
    timezone,
    zoneData,
    enabled,
    spread: policy.spread,
    nextRun: nextRun === undefined ? null : toIso(nextRun),
    dueTimes: occurrences.map(({ scheduledTime, ...rest }) => ({
      scheduledTime: toIso(scheduledTime),
      local: localOf(scheduledTime),
      ...rest,
    })),
    clockChanges: clockChanges.map(({ at, kind, from, to, times }) => ({
      at: toIso(at),
      kind,
      from: localText(from),
      to: localText(to),
      times: times.map(localText),
    })),
  };

  function localOf(instant: EpochMs): string {
    return localText(toLocal(zone, instant));
  }
}
