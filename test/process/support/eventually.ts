import { setTimeout as sleep } from 'node:timers/promises';
import { HANGS_AFTER } from '../../support/patience.ts';

const LOOK_EVERY_MS = 50;

/**
 * Looks until there is something to see: real processes take real time. What the look throws counts as
 * nothing yet, and is told when patience is over.
 *
 * @param description what is waited for; the error begins with it
 * @param timeout in milliseconds; a bound for a test that fails, never a measure of speed
 */
export async function eventually<Value>(
  description: string,
  look: () => Value | Promise<Value>,
  timeout = HANGS_AFTER,
): Promise<Exclude<Value, undefined | false | null>> {
  const deadline = performance.now() + timeout;
  let last: unknown;
  do {
    try {
      const value = await look();
      if (value !== undefined && value !== false && value !== null) return value as never;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(LOOK_EVERY_MS);
  } while (performance.now() < deadline);
  throw new Error(`${description}: not within ${timeout / 1000} s`, { cause: last });
}
