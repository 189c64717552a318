import type { LockHold, LockRequest, LockStore, TakeResult } from '../../run/ports.ts';
import type { EpochMs } from '../../units.ts';

interface LockState {
  readonly token: number;
  readonly held?: { readonly run: string; readonly claim: number; readonly until: EpochMs };
}

/** Locks in memory, beside `MemoryRunStore`. */
export class MemoryLockStore implements LockStore {
  readonly #locks = new Map<string, LockState>();

  async take(request: LockRequest): Promise<TakeResult> {
    const { held } = this.#state(request.job);
    const isOpen = this.#isOpen(request) || (held !== undefined && held.until <= request.now);
    return isOpen ? this.#give(request) : this.#busy(request.job);
  }

  async takeOver(request: LockRequest, from: LockHold): Promise<TakeResult> {
    const { held, token } = this.#state(request.job);
    const isOpen = this.#isOpen(request) || (held?.run === from.run && token === from.token);
    return isOpen ? this.#give(request) : this.#busy(request.job);
  }

  async extend(hold: LockHold, until: EpochMs): Promise<boolean> {
    const { held } = this.#state(hold.job);
    if (held === undefined || !this.#isHeldBy(hold)) return false;
    this.#locks.set(hold.job, { token: hold.token, held: { ...held, until } });
    return true;
  }

  async release(hold: LockHold): Promise<boolean> {
    if (!this.#isHeldBy(hold)) return false;
    this.#locks.set(hold.job, { token: hold.token });
    return true;
  }

  #state(job: string): LockState {
    return this.#locks.get(job) ?? { token: 0 };
  }

  /** Free, or this run's own and not a later claim's. */
  #isOpen({ job, run, claim }: LockRequest): boolean {
    const { held } = this.#state(job);
    return held === undefined || (held.run === run && held.claim <= claim);
  }

  #isHeldBy({ job, run, token }: LockHold): boolean {
    const state = this.#state(job);
    return state.held?.run === run && state.token === token;
  }

  #give({ job, run, claim, until }: LockRequest): TakeResult {
    const token = this.#state(job).token + 1;
    this.#locks.set(job, { token, held: { run, claim, until } });
    return { kind: 'taken', hold: { job, run, token } };
  }

  #busy(job: string): TakeResult {
    const { held, token } = this.#state(job);
    if (held === undefined) throw new Error(`lock of ${job} is not held`);
    return { kind: 'busy', holder: { job, run: held.run, token }, until: held.until };
  }
}
