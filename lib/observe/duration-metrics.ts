import { DURATIONS } from './metrics.ts';
import type { Measure } from './run-log.ts';

/**
 * How long runs take, and how late scheduled ones start, as custom metrics: for stages that ask for them by
 * `metrics: { durations: true }`. The log lines have the same figures in every stage.
 */
export const measureDurations: Measure = (event, { durationMs, startDelayMs }) => {
  if (event === 'attempt-started' && startDelayMs !== undefined) return [[DURATIONS.startDelay, startDelayMs]];
  // Of the attempt that completed.
  if (event === 'run-completed' && durationMs !== undefined) return [[DURATIONS.runDuration, durationMs]];
  return [];
};
