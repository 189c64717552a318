import type { Clock } from '../run/ports.ts';
import { epochMs } from '../units.ts';

/** The one real clock. */
export const systemClock: Clock = {
  now: () => epochMs(Date.now()),
  after(delay, callback) {
    const timer = setTimeout(callback, delay);
    return { cancel: () => clearTimeout(timer) };
  },
};
