interface Entry {
  readonly at: number;
  readonly serial: number;
  readonly action: () => void;
}

/** How many steps a simulation may take: beyond it something goes round in circles. */
const MOST_STEPS = 30_000;

/** Virtual time: what is due happens in order, one thing at a time, everything that awaits it included. */
export class Timeline {
  now: number;
  #entries: Entry[] = [];
  #serial = 0;
  #held = 0;

  constructor(start: number) {
    this.now = start;
  }

  at(instant: number, action: () => void): void {
    const entry = { at: Math.max(instant, this.now), serial: ++this.#serial, action };
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.at ?? 0) > entry.at) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
  }

  after(delay: number, action: () => void): void {
    this.at(this.now + delay, action);
  }

  /** Time stands still until this has settled: a store may be another process, which takes real time. */
  async holdFor<Value>(work: Promise<Value>): Promise<Value> {
    this.#held++;
    try {
      return await work;
    } finally {
      this.#held--;
    }
  }

  /** Runs until nothing is due any more. @returns false when it does not come to rest */
  async run(): Promise<boolean> {
    for (let step = 0; step < MOST_STEPS; step++) {
      if (!(await this.#step())) return true;
    }
    return false;
  }

  /** Runs what is due up to an instant, and stops there. */
  async runUntil(instant: number): Promise<void> {
    while ((this.#entries.at(-1)?.at ?? Number.POSITIVE_INFINITY) <= instant) await this.#step();
    this.now = instant;
  }

  /** @returns false when nothing is due */
  async #step(): Promise<boolean> {
    const entry = this.#entries.pop();
    if (entry === undefined) return false;
    this.now = entry.at;
    entry.action();
    // One turn of the event loop: every promise that can settle without time passing has settled.
    do await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#held > 0);
    return true;
  }
}
