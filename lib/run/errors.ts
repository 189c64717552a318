import { BelfryError } from '../errors.ts';
import { type Duration, readDuration } from '../job/duration.ts';
import type { Milliseconds } from '../units.ts';

/** Thrown by a job: this run has failed for good, no more attempts, its message goes to the dead-letter queue. */
export class NonRetryableError extends BelfryError {
  override readonly name = 'NonRetryableError';
  readonly code = 'NON_RETRYABLE';
}

/** The longest wait that SQS can hold a message for, less what a run itself may take. */
export const LONGEST_RETRY_AFTER: Duration = '11.5 hours';

/**
 * Thrown by a job: try again, but not before this long from now. Longer waits than
 * `LONGEST_RETRY_AFTER` are cut to it. It counts as a failed attempt like any other.
 *
 * @throws TypeError when the first argument is not a duration
 */
export class RetryAfterError extends BelfryError {
  override readonly name = 'RetryAfterError';
  readonly code = 'RETRY_AFTER';
  readonly delay: Milliseconds;

  constructor(delay: Duration, message = `retry after ${delay}`, options?: ErrorOptions) {
    super(message, options);
    const length = readDuration(delay);
    if (length === undefined) throw new TypeError(`RetryAfterError: '${delay}' is no duration, such as '90 seconds'`);
    this.delay = length;
  }
}

/** The input does not fit the job's schema. More attempts would meet the same input, so there are none. */
export class InvalidInputError extends BelfryError {
  override readonly name = 'InvalidInputError';
  readonly code = 'INVALID_INPUT';
}

/** The attempt outlived the job's timeout. */
export class TimeoutError extends BelfryError {
  override readonly name = 'TimeoutError';
  readonly code = 'TIMEOUT';
}

/** The attempt's process ended without a word. */
export class LostAttemptError extends BelfryError {
  override readonly name = 'LostAttemptError';
  readonly code = 'LOST_ATTEMPT';
}

/** A write found that another delivery has claimed the run since: whatever this one still does must not count. */
export class LeaseLostError extends BelfryError {
  override readonly name = 'LeaseLostError';
  readonly code = 'LEASE_LOST';

  readonly runId: string;

  constructor(runId: string) {
    super(`run ${runId}: another delivery has claimed it since`);
    this.runId = runId;
  }
}

/** A message that is not a run's: malformed, too large, or for something this function does not know. */
export class InvalidMessageError extends BelfryError {
  override readonly name = 'InvalidMessageError';
  readonly code = 'INVALID_MESSAGE';
}

/** A job asked for a secret that `infra/access.ts` does not grant it. */
export class SecretNotGrantedError extends BelfryError {
  override readonly name = 'SecretNotGrantedError';
  readonly code = 'SECRET_NOT_GRANTED';
}

/** `instanceof`, for whatever a job may throw. Some of that throws again when it is looked at: a proxy, for one. */
export function isA<Kind>(error: unknown, kind: abstract new (...args: never[]) => Kind): error is Kind {
  try {
    return error instanceof kind;
  } catch {
    return false;
  }
}
