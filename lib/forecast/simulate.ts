import { readZone } from '../cron/zone-name.ts';
import { BelfryError } from '../errors.ts';
import type { Manifest, ManifestSchedule } from '../manifest.ts';
import type { RunLength } from '../run/run-length.ts';
import { type EpochMs, MINUTE, plus, toIso } from '../units.ts';
import { BusyMinutes } from './busy-minutes.ts';
import { clockChangesIn } from './clock-changes-in.ts';
import { type JobResult, occurrencesIn, type Period, simulateJob } from './simulate-job.ts';
import type { BusyMinute, Simulation } from './simulation.ts';

export interface SimulationOptions {
  readonly manifest: Pick<Manifest, 'app' | 'stage' | 'jobs' | 'schedules'>;
  readonly period: Period;
  /** Whose hours are counted. */
  readonly timezone: string;
  /** Whether schedules count that are disabled in the stage. */
  readonly includesDisabled: boolean;
  /** How long the runs of each job last. */
  readonly runLengths: ReadonlyMap<string, RunLength>;
}

/** How many due times are looked at: half a minute of work. */
export const MAX_DUE_TIMES = 25_000_000;

/** A period has more due times than anybody would wait for. */
export class TooManyDueTimesError extends BelfryError {
  override readonly name = 'TooManyDueTimesError';
  readonly code = 'TOO_MANY_DUE_TIMES';

  constructor(most: number) {
    super(`the period has more than ${most.toLocaleString('en')} due times; choose a shorter one with --to`);
  }
}

/**
 * What a period would fire. Runs begin when they are due, and all of one job last as long as each other.
 *
 * @throws TooManyDueTimesError
 */
export function simulate(options: SimulationOptions, mostDueTimes: number = MAX_DUE_TIMES): Simulation {
  const { manifest, period, timezone, includesDisabled, runLengths } = options;
  const schedules = manifest.schedules.filter(({ enabled }) => enabled || includesDisabled);
  const minutes = new BusyMinutes(period.from, period.to);
  let looked = 0;
  const onDue = (time: EpochMs, isRun: boolean): void => {
    if (++looked > mostDueTimes) throw new TooManyDueTimesError(mostDueTimes);
    if (isRun) minutes.add(time);
  };
  const zone = readZone(timezone);
  const results = manifest.jobs.flatMap(({ name, policy }): JobResult[] => {
    const own = schedules.filter(({ job }) => job === name);
    const runLength = runLengths.get(name) ?? { length: policy.timeout, basis: 'timeout', completedRuns: 0 };
    return own.length === 0 ? [] : [simulateJob({ name, policy, runLength, schedules: own }, { period, zone, onDue })];
  });
  return {
    app: manifest.app,
    stage: manifest.stage,
    from: toIso(period.from),
    to: toIso(period.to),
    timezone,
    jobs: results.map(({ job }) => job),
    schedules: results.flatMap((result) => result.schedules),
    leftOut: manifest.schedules.filter((each) => !schedules.includes(each)).map(({ id }) => id),
    busiestMinutes: minutes.busiest(BUSIEST).map((minute) => busyMinute(minute, schedules)),
    clockChanges: clockChangesIn(schedules, period),
  };
}

const BUSIEST = 5;

function busyMinute(
  { at, runs }: { readonly at: EpochMs; readonly runs: number },
  schedules: readonly ManifestSchedule[],
): BusyMinute {
  const minute: Period = { from: at, to: plus(at, MINUTE) };
  const isDue = (schedule: ManifestSchedule): boolean =>
    [...occurrencesIn(schedule, minute)].some(({ calendar }) => calendar === undefined);
  return { at: toIso(at), runs, schedules: schedules.filter(isDue).map(({ id }) => id) };
}
