import type { Clock } from '../../lib/clock.ts';
import { type EpochMs, epochMs, type Milliseconds } from '../../lib/units.ts';

interface Timer {
  readonly dueAt: EpochMs;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
  #now: EpochMs;
  readonly #timers = new Set<Timer>();

  /** @param start an instant, or ISO text: `2027-03-02T02:00:00Z` */
  constructor(start: EpochMs | string) {
    this.#now = toInstant(start);
  }

  now(): EpochMs {
    return this.#now;
  }

  after(delay: Milliseconds, callback: () => void): { cancel(): void } {
    const timer = { dueAt: epochMs(this.#now + delay), callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** How many timers are set and not cancelled. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Moves time, stopping at each timer on the way, in order, for it and what awaits it to run. */
  async advanceTo(instant: EpochMs | string): Promise<void> {
    const end = toInstant(instant);
    if (end < this.#now) throw new RangeError(`${instant} is past; jumpTo() moves the clock back`);
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = epochMs(Math.max(this.#now, next.dueAt));
      next.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  async advanceBy(length: Milliseconds): Promise<void> {
    await this.advanceTo(epochMs(this.#now + length));
  }

  /** Sets the clock without running anything: a suspended laptop, a corrected clock. */
  jumpTo(instant: EpochMs | string): void {
    this.#now = toInstant(instant);
  }

  #next(end: EpochMs): Timer | undefined {
    return [...this.#timers].filter(({ dueAt }) => dueAt <= end).sort((one, other) => one.dueAt - other.dueAt)[0];
  }
}

function toInstant(instant: EpochMs | string): EpochMs {
  const value = typeof instant === 'string' ? epochMs(Date.parse(instant)) : instant;
  if (Number.isNaN(value)) throw new RangeError(`"${instant}" is no instant; write 2027-03-02T02:00:00Z`);
  return value;
}

/** Lets every promise that can settle without time passing do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
