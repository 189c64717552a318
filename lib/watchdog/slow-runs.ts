import { type EpochMs, epochMs, MINUTE } from '../units.ts';
import type { RunLengths } from './ports.ts';

/** How many completions make a job's history. */
export const MAX_HISTORY = 50;
/** Fewer completions make none. */
const MIN_HISTORY = 10;
/** A run is slow when it takes more than so many times as long as its job's history explains. */
const FACTOR = 3;
/** And at least so much longer: of a job that takes a second, three are no news. */
const MIN_EXCESS = MINUTE;
/** Of 100 completions, so many are within what the history explains. */
const PERCENTILE = 0.95;

/** A run that takes or took far longer than its job's history explains. */
export interface SlowRun {
  readonly id: string;
  readonly startedAt: EpochMs;
  /** How long its last attempt took, or has taken so far. */
  readonly length: number;
  /** The 95th percentile of the completions before it. */
  readonly usual: number;
  readonly completions: number;
  readonly isRunning: boolean;
}

interface Attempt {
  readonly id: string;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  readonly isRunning: boolean;
  readonly isCompleted: boolean;
}

/**
 * Compares the attempts that have ended since an instant, or that still run, each with the 50 completions before it. With
 * fewer than 10 there is nothing to compare with.
 */
export function slowRunsOf(runs: readonly RunLengths[], since: EpochMs, now: EpochMs): readonly SlowRun[] {
  const attempts = runs.flatMap((run) => lastAttempt(run, now)).sort((one, other) => other.endedAt - one.endedAt);
  return attempts
    .filter(({ isRunning, endedAt }) => isRunning || endedAt > since)
    .flatMap((attempt) => {
      const { id, startedAt, endedAt, isRunning } = attempt;
      const before = attempts.filter((each) => each.isCompleted && each.id !== id && each.endedAt <= endedAt);
      const history = before.slice(0, MAX_HISTORY).map((each) => each.endedAt - each.startedAt);
      const usual = percentile(history);
      const length = endedAt - startedAt;
      if (history.length < MIN_HISTORY || length <= FACTOR * usual || length < usual + MIN_EXCESS) return [];
      return [{ id, startedAt, length, usual, completions: history.length, isRunning }];
    });
}

/** The last attempt of a run, where its length is known: not that of one whose process ended without a word. */
function lastAttempt({ id, status, leaseUntil = epochMs(0), attempts }: RunLengths, now: EpochMs): readonly Attempt[] {
  const last = attempts.at(-1);
  if (last === undefined) return [];
  const { startedAt, endedAt, outcome } = last;
  const isRunning = endedAt === undefined && outcome === undefined && status === 'running' && leaseUntil > now;
  if (endedAt === undefined && !isRunning) return [];
  return [{ id, startedAt, endedAt: endedAt ?? now, isRunning, isCompleted: status === 'completed' }];
}

/** The smallest length that so large a part of all does not exceed (nearest rank). */
function percentile(lengths: readonly number[]): number {
  const sorted = lengths.toSorted((one, other) => one - other);
  return sorted[Math.ceil(PERCENTILE * sorted.length) - 1] ?? 0;
}
