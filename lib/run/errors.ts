import { BelfryError } from '../errors.ts';

/** The attempt outlived the job's timeout, or its delivery's time was over before it could start. */
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

/** `instanceof`, for whatever a job may throw. Some of that throws again when it is looked at: a proxy, for one. */
export function isA<Kind>(error: unknown, kind: abstract new (...args: never[]) => Kind): error is Kind {
  try {
    return error instanceof kind;
  } catch {
    return false;
  }
}

/** What logs call a {@link NoPassError}. */
export const NO_PASS = 'NoPassError';

/**
 * An invocation of the watchdog's function has completed no pass: its pass failed, another one was under way, or its message
 * came too late. Thrown so that Lambda counts an error: the alarm `watchdog-silent` counts invocations less errors.
 */
export class NoPassError extends BelfryError {
  override readonly name = NO_PASS;
  readonly code = 'NO_PASS';
}
