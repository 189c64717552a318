import { type EpochMs, epochMs, MINUTE } from '../units.ts';

/** How many runs each minute of a period has: four bytes a minute, however many runs. */
export class BusyMinutes {
  readonly #first: number;
  readonly #counts: Uint32Array;

  constructor(from: EpochMs, to: EpochMs) {
    this.#first = Math.floor(from / MINUTE);
    this.#counts = new Uint32Array(Math.ceil(to / MINUTE) - this.#first);
  }

  add(time: EpochMs): void {
    const index = Math.floor(time / MINUTE) - this.#first;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  /** The minutes with the most runs, at least one: most first, then the earliest. */
  busiest(count: number): readonly { readonly at: EpochMs; readonly runs: number }[] {
    const found: { index: number; runs: number }[] = [];
    for (const [index, runs] of this.#counts.entries()) {
      if (runs === 0 || (found.length === count && runs <= (found.at(-1)?.runs ?? 0))) continue;
      const place = found.findIndex((each) => each.runs < runs);
      found.splice(place === -1 ? found.length : place, 0, { index, runs });
      found.length = Math.min(found.length, count);
    }
    return found.map(({ index, runs }) => ({ at: epochMs((this.#first + index) * MINUTE), runs }));
  }
}
