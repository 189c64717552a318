import type { JobPolicy } from '../job/policy.ts';
import { MINUTE, type Milliseconds, milliseconds } from '../units.ts';
import { sumOfBackoffs } from './backoff.ts';

/** Beyond this, a run that waits is not explained by its own retries. */
const MARGIN = milliseconds(30 * MINUTE);

/** How long a run may take to come to an end while it is retried within bounds: a run that waits longer than this is stuck. */
export const longestWait = (policy: Pick<JobPolicy, 'timeout' | 'maxAttempts' | 'backoff'>): Milliseconds =>
  milliseconds(policy.timeout + sumOfBackoffs(policy) + MARGIN);
