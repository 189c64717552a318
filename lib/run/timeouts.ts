import {
  type EpochMs,
  MINUTE,
  type Milliseconds,
  milliseconds,
  plus,
  type Seconds,
  seconds,
  toSeconds,
} from '../units.ts';

/** How long after `signal` a job may take to settle before its process is ended. */
export const GRACE = milliseconds(10_000);

/** What a function has beyond its job's timeout: the grace, and as long again to record the outcome. */
export const FUNCTION_MARGIN = milliseconds(20_000);

/** By how much clocks of two Lambda hosts may differ without two owners at once. */
export const CLOCK_SKEW = milliseconds(15_000);

/**
 * How long after the end of its function a killed delivery's message shows again: Lambda leaves it to its visibility timeout.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const REDELIVERY_MARGIN = milliseconds(20_000);

/** How much earlier than written an attempt may start, so that a message that is a little early need not go round again. */
export const EARLY_START = milliseconds(5_000);

/**
 * How long a lock outlasts the moment of the next attempt: longer than the watchdog takes to send a run again whose message
 * was lost.
 */
export const LOCK_MARGIN = milliseconds(5 * MINUTE);

/** How long after a due time the watchdog looks at its record at the earliest: whatever began before is seen by it. */
export const EARLIEST_LOOK = MINUTE;

/** What the deployment sets, derived from a job's policy. */
export interface DeployedTimeouts {
  readonly functionTimeout: Seconds;
  /** Six times the function's timeout, as AWS advises. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
  readonly queueVisibility: Seconds;
  /** Above this many receives SQS moves a message itself: the net for code that never reaches the claim. */
  readonly maxReceiveCount: number;
}

/** What one delivery goes by. */
export interface DeliveryTimeouts {
  /** When `signal` aborts. */
  readonly abortAt: EpochMs;
  /** When an attempt that has not settled is given up and its process ended. */
  readonly giveUpAt: EpochMs;
  /** Until when the claim and the lock hold without another word. */
  readonly leaseUntil: EpochMs;
  /** When the message shows again if this process dies. */
  readonly redeliverAt: EpochMs;
}

/** The settings of a job's function and queue. */
export function deployedTimeouts(policy: { timeout: Milliseconds; maxAttempts: number }): DeployedTimeouts {
  const functionTimeout = toSeconds(milliseconds(policy.timeout + FUNCTION_MARGIN));
  return {
    functionTimeout,
    queueVisibility: seconds(6 * functionTimeout),
    maxReceiveCount: 3 * policy.maxAttempts + 10,
  };
}

/**
 * The instants of one delivery.
 *
 * All but the first two follow from the deadline that Lambda gives the invocation, not from
 * configuration: a function deployed with another timeout than its job's must not outlive its lease.
 * For the same reason a job is told to stop early enough to record its outcome before the deadline.
 *
 * @param deadline when Lambda ends the invocation
 */
export function deliveryTimeouts(policy: { timeout: Milliseconds }, now: EpochMs, deadline: EpochMs): DeliveryTimeouts {
  const untilDeadline = deadline - FUNCTION_MARGIN - now;
  const abortAt = plus(now, milliseconds(Math.max(0, Math.min(policy.timeout, untilDeadline))));
  return {
    abortAt,
    giveUpAt: plus(abortAt, GRACE),
    leaseUntil: plus(deadline, CLOCK_SKEW),
    redeliverAt: plus(deadline, REDELIVERY_MARGIN),
  };
}
