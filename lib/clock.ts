import { type EpochMs, epochMs, type Milliseconds } from './units.ts';

/** The only way for the protocol to know or await time, so that a test can set it. */
export interface Clock {
  now(): EpochMs;
  /** Calls back once after a while, unless cancelled before. */
  after(delay: Milliseconds, callback: () => void): { cancel(): void };
}

/** The one real clock: of the Lambda entry points, the client, the embedded cloud and the command. */
export const systemClock: Clock = {
  now() {
    return epochMs(Date.now());
  },
  after(delay, callback) {
    const timer = setTimeout(callback, delay);
    return {
      cancel() {
        clearTimeout(timer);
      },
    };
  },
};
