import type { BackoffPolicy } from '../job/policy.ts';
import { type Milliseconds, milliseconds } from '../units.ts';

/**
 * How long to wait after a failed attempt.
 *
 * @param failures how many attempts of this round have failed, from 1
 * @param random a number from 0 up to 1
 */
export function retryDelay(policy: BackoffPolicy, failures: number, random: number): Milliseconds {
  const bound = backoffBound(policy, failures);
  return policy.jitter === 'full' ? milliseconds(Math.round(bound * random)) : bound;
}

/** The longest wait after this many failures: doubles, by default, up to the policy's limit. */
export function backoffBound({ initial, factor, max }: BackoffPolicy, failures: number): Milliseconds {
  return milliseconds(Math.min(max, initial * factor ** (failures - 1)));
}
