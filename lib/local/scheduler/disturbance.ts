import type { EpochMs } from '../../units.ts';

/**
 * Fires delivered twice, as EventBridge's at-least-once allows: with a chance from 0 to 1 each, or every nth.
 */
export type Duplicates = { readonly chance: number } | { readonly every: number };

/** How many due times are still to be dropped, and which was dropped last. */
interface Drops {
  left: number;
  latest?: EpochMs;
}

/** What goes wrong on request: duplicate and dropped fires, to see what the rest makes of it. */
export class Disturbance {
  readonly #duplicates: Duplicates;
  readonly #random: () => number;
  readonly #drops = new Map<string, Drops>();
  #fires = 0;

  constructor(duplicates: Duplicates, random: () => number) {
    this.#duplicates = duplicates;
    this.#random = random;
  }

  /** The next `count` due times of the schedules of these names together, in whatever group, are to be dropped. */
  dropNext(names: readonly string[], count: number): void {
    const drops: Drops = { left: count };
    for (const name of names) this.#drops.set(name, drops);
  }

  /** Whether this fire is one to drop; it is counted, but for one of the same due time as the last. */
  takesDrop(name: string, scheduledTime: EpochMs): boolean {
    const drops = this.#drops.get(name);
    if (drops === undefined) return false;
    if (drops.latest === scheduledTime) return true;
    if (drops.left === 0) return false;
    drops.left -= 1;
    drops.latest = scheduledTime;
    return true;
  }

  /** How often this fire is delivered. */
  copies(): 1 | 2 {
    this.#fires += 1;
    if ('chance' in this.#duplicates) return this.#random() < this.#duplicates.chance ? 2 : 1;
    return this.#fires % this.#duplicates.every === 0 ? 2 : 1;
  }
}
