/**
 * Fires delivered twice, as EventBridge's at-least-once allows: with a chance from 0 to 1 each, or every nth.
 */
export type Duplicates = { readonly chance: number } | { readonly every: number };

/** What goes wrong on request: duplicate and dropped fires, to see what the rest makes of it. */
export class Disturbance {
  readonly #duplicates: Duplicates;
  readonly #random: () => number;
  readonly #drops = new Map<string, number>();
  #fires = 0;

  constructor(duplicates: Duplicates, random: () => number) {
    this.#duplicates = duplicates;
    this.#random = random;
  }

  /** The next `count` fires of the schedules of this name, in whatever group, are to be dropped. */
  dropNext(name: string, count: number): void {
    this.#drops.set(name, count);
  }

  /** Whether this fire is one to drop; it is counted. */
  takesDrop(name: string): boolean {
    const left = this.#drops.get(name) ?? 0;
    if (left > 0) this.#drops.set(name, left - 1);
    return left > 0;
  }

  /** How often this fire is delivered. */
  copies(): 1 | 2 {
    this.#fires += 1;
    if ('chance' in this.#duplicates) return this.#random() < this.#duplicates.chance ? 2 : 1;
    return this.#fires % this.#duplicates.every === 0 ? 2 : 1;
  }
}
