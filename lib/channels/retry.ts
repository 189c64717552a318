import { HOUR, MINUTE, type Milliseconds, milliseconds, SECOND } from '../units.ts';

const INITIAL = milliseconds(10 * SECOND);
const MAX_BACKOFF = milliseconds(15 * MINUTE);
/** However long a service asks to be left alone. */
const MAX_RETRY_AFTER = HOUR;

/** How long a message is retried, from when it was sent to the queue; then it is a dead letter. */
export const RETRIED_FOR = milliseconds(12 * HOUR);

/**
 * How long to wait before the next try: half of the bound, and a random part of the other half, so that messages that
 * failed together do not come back together.
 *
 * @param tries how many there were, from 1
 * @param after how long the service asked for
 */
export function retryDelay(tries: number, random: () => number, after = milliseconds(0)): Milliseconds {
  const bound = Math.min(MAX_BACKOFF, INITIAL * 2 ** Math.min(tries - 1, 20));
  const backoff = bound / 2 + (random() * bound) / 2;
  return milliseconds(Math.max(backoff, Math.min(after, MAX_RETRY_AFTER)));
}
