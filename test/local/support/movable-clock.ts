import type { Clock } from '../../../lib/clock.ts';
import { epochMs, type Milliseconds } from '../../../lib/units.ts';

/** A clock that stands still until it is moved. */
export class MovableClock implements Clock {
  #now = epochMs(Date.parse('2026-11-02T02:00:00Z'));
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now() {
    return this.#now;
  }

  after(delay: Milliseconds, callback: () => void) {
    const timer = { at: this.#now + delay, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** How many callbacks are outstanding. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Moves on, calling back what comes due on the way at its own time. */
  advance(length: number): void {
    const end = this.#now + length;
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = epochMs(Math.max(this.#now, next.at));
      next.callback();
    }
    this.#now = epochMs(end);
  }
}
