import { Random } from '../support/simulation/random.ts';

/** What is done to whom, and when. */
export interface Kill {
  readonly afterMs: number;
  readonly victim: 'cloud' | 'worker';
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  /** Until a stopped process goes on. */
  readonly stoppedMs: number;
  /** Picks among the workers there are, from 0 up to 1. */
  readonly pick: number;
}

/** Shorter than a minute, or a due time counts as slept through. */
const MAX_STOPPED_MS = 20_000;
const MAX_PAUSE_MS = 20_000;

/** The same seed gives the same plan; the machine's own timing makes the rest. */
export function planKills(count: number, seed: number): readonly Kill[] {
  const random = new Random(seed);
  return Array.from(
    { length: count },
    (): Kill => ({
      afterMs: Math.floor(random.next() * MAX_PAUSE_MS),
      victim: random.chance(0.5) ? 'cloud' : 'worker',
      signal: random.chance(0.7) ? 'SIGKILL' : 'SIGSTOP',
      stoppedMs: 500 + Math.floor(random.next() * MAX_STOPPED_MS),
      pick: random.next(),
    }),
  );
}
