import type { TimeoutChoice } from '../job/on-timeout.ts';
import type { OverlapPolicy } from '../job/overlap.ts';
import type { DstChoice } from '../job/schedule-policy.ts';
import type { RunLength } from '../run/run-length.ts';
import type { ClockChangeJson } from './next-json.ts';

/** What a period would fire: what `belfry simulate --json` prints. Instants are ISO 8601 in UTC. */
export interface Simulation {
  readonly app: string;
  readonly stage: string;
  /** The first instant of the period, and the first after it. */
  readonly from: string;
  readonly to: string;
  /** Whose hours `hours` are counted by. */
  readonly timezone: string;
  readonly jobs: readonly SimulatedJob[];
  readonly schedules: readonly SimulatedSchedule[];
  /** Ids of schedules that are left out, being disabled in the stage. */
  readonly leftOut: readonly string[];
  /** Those with the most runs, at most five, most first, then the earliest. */
  readonly busiestMinutes: readonly BusyMinute[];
  readonly clockChanges: readonly SimulatedClockChange[];
}

export interface SimulatedJob {
  readonly name: string;
  /** Due times that no calendar skips. */
  readonly runs: number;
  /** The runs by hour of the day: 24 numbers, from midnight. */
  readonly hours: readonly number[];
  readonly overlap: SimulatedOverlap;
}

export interface SimulatedOverlap {
  readonly policy: OverlapPolicy;
  readonly runLength: RunLength;
  /** What follows an attempt that takes longer than the timeout: another one, for which the run goes on, or the run's end. */
  readonly onTimeout: TimeoutChoice;
  /** Runs that are due while another of the job is going: under `skip` they are skipped, under `allow` they run beside it. */
  readonly overlapping: number;
  /** The most runs of the job at one time. */
  readonly mostAtOnce: number;
  /** The first few: the run that is due, and the one that is going then. Run ids. */
  readonly examples: readonly { readonly run: string; readonly during: string }[];
}

export interface SimulatedSchedule {
  readonly id: string;
  readonly job: string;
  readonly enabled: boolean;
  /** All of the period: `runs` and `skippedByCalendar` together. */
  readonly dueTimes: number;
  readonly skippedByCalendar: number;
  readonly runs: number;
  /** Of the runs, those that start after a gap of the clocks in place of due times that it skips. */
  readonly afterGap: number;
  /** Of the runs, those that overlap another of the job. */
  readonly overlapping: number;
}

export interface BusyMinute {
  readonly at: string;
  readonly runs: number;
  /** Ids of the schedules that are due then. */
  readonly schedules: readonly string[];
}

/** A change of a zone's clocks, once for all schedules of the zone. */
export interface SimulatedClockChange extends Omit<ClockChangeJson, 'times'> {
  readonly timezone: string;
  /** The schedules with due times that it skips or repeats, those times local. */
  readonly schedules: readonly {
    readonly id: string;
    readonly dst: DstChoice;
    readonly times: readonly string[];
  }[];
}
