import { toLocal, type Zone } from '../cron/zone.ts';
import { type Occurrence, occurrencesBetween } from '../due/occurrences.ts';
import type { JobPolicy } from '../job/policy.ts';
import type { ManifestSchedule } from '../manifest.ts';
import { mergeAscending } from '../merge-ascending.ts';
import { scheduledRunId } from '../run/run-id.ts';
import type { RunLength } from '../run/run-length.ts';
import { type EpochMs, epochMs, HOUR } from '../units.ts';
import { watchOverlaps } from './overlaps.ts';
import type { SimulatedJob, SimulatedSchedule } from './simulation.ts';

/** The period's first instant, and the first after it. */
export interface Period {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

export interface JobParts {
  readonly name: string;
  readonly policy: Pick<JobPolicy, 'overlap' | 'onTimeout'>;
  readonly runLength: RunLength;
  /** Its schedules. */
  readonly schedules: readonly ManifestSchedule[];
}

export interface JobSurroundings {
  readonly period: Period;
  /** Whose hours are counted. */
  readonly zone: Zone;
  /** Told of every due time, and of whether it is a run. */
  readonly onDue: (time: EpochMs, isRun: boolean) => void;
}

export interface JobResult {
  readonly job: SimulatedJob;
  readonly schedules: readonly SimulatedSchedule[];
}

/** How many overlaps are given as examples. */
const EXAMPLES = 3;

/** What a period has of one job: one pass over its due times, none of which is kept. */
export function simulateJob(parts: JobParts, { period, zone, onDue }: JobSurroundings): JobResult {
  const { name, policy, runLength, schedules } = parts;
  const totals = schedules.map(({ id }) => ({ id, dueTimes: 0, runs: 0, afterGap: 0, overlapping: 0 }));
  const hours = new Array<number>(24).fill(0);
  const watch = watchOverlaps(policy.overlap, runLength.length);
  const examples: { run: string; during: string }[] = [];
  const sequences = schedules.map((schedule) => occurrencesIn(schedule, period));

  for (const { value, source } of mergeAscending(sequences, (each) => each.scheduledTime)) {
    const total = totals[source];
    if (total === undefined) continue;
    const { scheduledTime: time, calendar, isAfterGap } = value;
    total.dueTimes++;
    onDue(time, calendar === undefined);
    if (calendar !== undefined) continue;
    total.runs++;
    if (isAfterGap) total.afterGap++;
    // Before 1970 on the zone's clocks the quotient is negative.
    const hour = (Math.floor(toLocal(zone, time) / HOUR) + 24) % 24;
    hours[hour] = (hours[hour] ?? 0) + 1;
    const met = watch.add({ time, schedule: total.id });
    if (met === undefined) continue;
    total.overlapping++;
    if (examples.length === EXAMPLES) continue;
    examples.push({ run: scheduledRunId(name, total.id, time), during: scheduledRunId(name, met.schedule, met.time) });
  }
  const sum = (field: 'runs' | 'overlapping'): number => totals.reduce((all, total) => all + total[field], 0);
  const { overlap: gate, onTimeout } = policy;
  const counts = { overlapping: sum('overlapping'), mostAtOnce: watch.mostAtOnce, examples };
  return {
    job: { name, runs: sum('runs'), hours, overlap: { policy: gate, runLength, onTimeout, ...counts } },
    schedules: totals.map(({ id, dueTimes, runs, afterGap, overlapping }, index) => ({
      id,
      job: name,
      enabled: schedules[index]?.enabled === true,
      dueTimes,
      skippedByCalendar: dueTimes - runs,
      runs,
      afterGap,
      overlapping,
    })),
  };
}

/** A schedule's due times of a period. */
export const occurrencesIn = (schedule: ManifestSchedule, { from, to }: Period): Iterable<Occurrence> =>
  occurrencesBetween(schedule, epochMs(from - 1), epochMs(to - 1));
