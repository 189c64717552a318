import type { Clock } from '../../../lib/clock.ts';
import { type EpochMs, type Milliseconds, milliseconds, plus } from '../../../lib/units.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';

/** A computer's clock, which may be wrong; its timers go by true time all the same. */
export class WallClock implements Clock {
  /** How much later than it is this clock says. */
  ahead = milliseconds(0);
  readonly #truth: VirtualClock;

  constructor(truth: VirtualClock) {
    this.#truth = truth;
  }

  now(): EpochMs {
    return plus(this.#truth.now(), this.ahead);
  }

  after(delay: Milliseconds, callback: () => void): { cancel(): void } {
    return this.#truth.after(delay, callback);
  }
}
