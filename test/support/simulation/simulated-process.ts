import type { Clock } from '../../../lib/clock.ts';
import { epochMs } from '../../../lib/units.ts';
import type { Timeline } from './timeline.ts';

/** A Lambda process, made for one delivery. It can die, freeze and thaw; its clock may be wrong. */
export class SimulatedProcess {
  readonly id: string;
  /** When Lambda ends it, in true time. A process frozen at that moment escapes, and goes on as a zombie. */
  readonly deadline: number;
  readonly clock: Clock;
  /** How many calls of stores it has made. */
  storeCalls = 0;
  /** How often it froze, or got from the run store a refusal or no answer. */
  troubles = 0;
  /** How often it got from the lock store no answer. */
  lockTroubles = 0;
  isDead = false;
  readonly #timeline: Timeline;
  readonly #skew: number;
  readonly #onDeath: () => void;
  #frozenUntil = 0;

  constructor(
    id: string,
    { timeline, deadline, skew, onDeath }: { timeline: Timeline; deadline: number; skew: number; onDeath: () => void },
  ) {
    this.id = id;
    this.deadline = deadline;
    this.#timeline = timeline;
    this.#skew = skew;
    this.#onDeath = onDeath;
    this.clock = {
      now: () => epochMs(timeline.now + skew),
      after: (delay, callback) => {
        let isOn = true;
        timeline.after(delay, () => this.go(() => isOn && callback()));
        return {
          cancel() {
            isOn = false;
          },
        };
      },
    };
    timeline.at(deadline, () => this.#isFrozen() || this.die());
  }

  /** An instant of true time as this process's clock shows it. */
  toOwnTime(instant: number) {
    return epochMs(instant + this.#skew);
  }

  /** Has the process do something: at once, after it thaws, or never. */
  go(action: () => unknown): void {
    if (this.isDead) return;
    if (this.#isFrozen()) this.#timeline.at(this.#frozenUntil, () => this.go(action));
    else action();
  }

  freeze(until: number): void {
    this.troubles++;
    this.#frozenUntil = Math.max(this.#frozenUntil, until);
  }

  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#onDeath();
  }

  sleep(length: number): Promise<void> {
    return new Promise((resolve) => this.#timeline.after(length, () => this.go(resolve)));
  }

  #isFrozen(): boolean {
    return this.#timeline.now < this.#frozenUntil;
  }
}
