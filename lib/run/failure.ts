import { readDuration } from '../job/duration.ts';
import { InvalidInputError, LONGEST_RETRY_AFTER, NonRetryableError, RetryAfterError } from '../job/errors.ts';
import type { Job } from '../job/job.ts';
import { retriesTimeouts } from '../job/on-timeout.ts';
import { type EpochMs, type Milliseconds, milliseconds, plus } from '../units.ts';
import type { AttemptResult } from './attempt.ts';
import { retryDelay } from './backoff.ts';
import type { RunPorts } from './delivery.ts';
import { isA } from './errors.ts';
import type { Settlement } from './ports.ts';
import type { RunRecord } from './record.ts';
import { readable, toRunError } from './run-error.ts';

export interface FailureFacts {
  readonly record: RunRecord;
  readonly at: EpochMs;
}

/** Decides what a failed attempt means for its run: another attempt, and when, or the end. */
export function settleFailure(
  result: Exclude<AttemptResult, { kind: 'completed' }>,
  { record, at }: FailureFacts,
  { job, policy, random, namePlaces }: Pick<RunPorts, 'job' | 'policy' | 'random' | 'namePlaces'>,
): Settlement {
  const outcome = result.kind;
  const error = toRunError(result.error, namePlaces);
  const isOver = outcome === 'timed-out' && !retriesTimeouts(policy.onTimeout);
  if (isOver || record.attempt >= record.lastAttempt || !isRetryable(result.error, job)) {
    return {
      status: 'failed',
      at,
      outcome,
      error,
      lastAttempt: record.attempt + policy.maxAttempts,
    };
  }
  const failures = record.attempt - (record.lastAttempt - policy.maxAttempts);
  const delay = requestedDelay(result.error) ?? retryDelay(policy.backoff, Math.max(1, failures), random());
  return { status: 'retrying', at, outcome, error, nextAttemptAt: plus(at, delay) };
}

function isRetryable(error: unknown, job: Job): boolean {
  if (isA(error, NonRetryableError) || isA(error, InvalidInputError)) return false;
  if (isA(error, RetryAfterError)) return true;
  try {
    return job.definition.retry?.isRetryable?.(error) ?? true;
  } catch {
    return true;
  }
}

function requestedDelay(error: unknown): Milliseconds | undefined {
  if (!isA(error, RetryAfterError)) return undefined;
  const delay = Number(readable(() => error.delay));
  return delay >= 0 ? milliseconds(Math.min(delay, readDuration(LONGEST_RETRY_AFTER) ?? delay)) : undefined;
}
