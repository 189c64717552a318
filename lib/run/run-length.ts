import { type Milliseconds, milliseconds } from '../units.ts';
import type { RunRecord } from './record.ts';

/** How long every run of a job is taken to last. */
export interface RunLength {
  readonly length: Milliseconds;
  /** The 95th percentile of the completed runs that were read, or the job's timeout where there were too few. */
  readonly basis: 'p95' | 'timeout';
  /** How many completed runs were found. */
  readonly completedRuns: number;
}

/** From how many completed runs on their 95th percentile says more than the timeout. */
export const MIN_RUNS = 5;

/**
 * How long a completed run took, from the first attempt's start to the end. Waits between attempts are included: the
 * run holds its lock through them. Undefined for a run that has not completed.
 */
export function lengthOf({ status, startedAt, finishedAt }: RunRecord): Milliseconds | undefined {
  if (status !== 'completed' || startedAt === undefined || finishedAt === undefined) return undefined;
  return milliseconds(Math.max(0, finishedAt - startedAt));
}

/** What to take for a job's runs, from the lengths of those that completed. */
export function runLengthOf(completed: readonly Milliseconds[], timeout: Milliseconds): RunLength {
  const completedRuns = completed.length;
  const p95 = percentile(completed, 0.95);
  if (p95 === undefined || completedRuns < MIN_RUNS) return { length: timeout, basis: 'timeout', completedRuns };
  return { length: p95, basis: 'p95', completedRuns };
}

/** By nearest rank: the shortest length that at least this share of all does not exceed. Undefined for no lengths. */
const percentile = (lengths: readonly Milliseconds[], share: number): Milliseconds | undefined =>
  lengths.toSorted((one, other) => one - other)[Math.ceil(share * lengths.length) - 1];
