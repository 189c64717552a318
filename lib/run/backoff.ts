import type { BackoffPolicy, JobPolicy } from '../job/policy.ts';
import { MINUTE, type Milliseconds, milliseconds } from '../units.ts';

const MIN_RECOVERY = 5_000;
const MAX_RECOVERY = 15 * MINUTE;

/**
 * How long to wait after something failed that Belfry depends on. Longer each time: a table that is
 * throttled is not helped by more calls, and each look costs one of the message's receives.
 *
 * @param receives how often the message has been received
 * @param random a number from 0 up to 1
 */
export function recoveryDelay(receives: number, random: number): Milliseconds {
  return milliseconds(MIN_RECOVERY + Math.floor(Math.min(MAX_RECOVERY, MIN_RECOVERY * 2 ** receives) * random));
}

/**
 * How long to wait after a failed attempt.
 *
 * @param failures how many attempts of this round have failed, from 1
 * @param random a number from 0 up to 1
 */
export function retryDelay(policy: BackoffPolicy, failures: number, random: number): Milliseconds {
  const bound = backoffBound(policy, failures);
  return policy.jitter === 'full' ? milliseconds(Math.floor(bound * random)) : bound;
}

/** The longest wait after this many failures: doubles, by default, up to the policy's limit. */
export function backoffBound({ initial, factor, max }: BackoffPolicy, failures: number): Milliseconds {
  return milliseconds(Math.min(max, initial * factor ** (failures - 1)));
}

/** The longest that all waits between the attempts of one round can take together. */
export function sumOfBackoffs({ maxAttempts, backoff }: Pick<JobPolicy, 'maxAttempts' | 'backoff'>): Milliseconds {
  const waits = Array.from({ length: maxAttempts - 1 }, (_, index) => backoffBound(backoff, index + 1));
  return milliseconds(waits.reduce((sum, wait) => sum + wait, 0));
}
