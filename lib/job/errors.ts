import { BelfryError } from '../errors.ts';
import type { Milliseconds } from '../units.ts';
import { type Duration, readDuration } from './duration.ts';

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

/** A job asked for a secret that `infra/access.ts` does not grant it. */
export class SecretNotGrantedError extends BelfryError {
  override readonly name = 'SecretNotGrantedError';
  readonly code = 'SECRET_NOT_GRANTED';
}

/** `context.asset` of a job without assets. */
export function noAssets(): never {
  throw new Error('the job names no assets');
}
