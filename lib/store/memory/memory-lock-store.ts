import { isTakeable, isWaiting } from '../../run/overlap/place.ts';
import type {
  LockChange,
  LockHold,
  LockHolder,
  LockRequest,
  LockStore,
  LockView,
  TakeResult,
  WaitingSet,
} from '../../run/ports.ts';
import type { EpochMs } from '../../units.ts';

interface LockState extends LockView {
  readonly token: number;
}

const FREE: LockState = { token: 0, again: [], waiting: [], asked: [] };

/** Locks in memory, beside `MemoryRunStore`. */
export class MemoryLockStore implements LockStore {
  readonly #locks = new Map<string, LockState>();

  async take(request: LockRequest): Promise<TakeResult> {
    return this.#grant(request, this.peek(request.job));
  }

  async takeOver(request: LockRequest, from: LockHold): Promise<TakeResult> {
    const { holder, ...free } = this.#state(request.job);
    const isFrom = holder?.run === from.run && holder.token === from.token;
    const isLapsed = isFrom || holder === undefined;
    return this.#grant(request, isLapsed ? free : { ...free, holder: { ...holder, until: NEVER } });
  }

  async join(request: LockRequest, set: WaitingSet, room = Number.POSITIVE_INFINITY): Promise<LockChange> {
    const { job, entry } = request;
    const state = this.#state(job);
    const hasRoom = isWaiting(state, entry) || state[set].length < room;
    if (isTakeable(state, request) || !hasRoom) return { applied: false, view: this.peek(job) };
    this.#locks.set(job, { ...state, [set]: [...new Set([...state[set], entry])] });
    return { applied: true, view: this.peek(job) };
  }

  async leave(job: string, entry: string): Promise<LockView> {
    this.#locks.set(job, without(this.#state(job), entry));
    return this.peek(job);
  }

  async extend(hold: LockHold, until: EpochMs): Promise<boolean> {
    const { holder, ...state } = this.#state(hold.job);
    if (holder === undefined || !this.#isHeldBy(hold)) return false;
    this.#locks.set(hold.job, { ...state, holder: { ...holder, until } });
    return true;
  }

  async release(hold: LockHold): Promise<LockChange> {
    return this.#free(hold.job, this.#isHeldBy(hold));
  }

  async free({ job, run, claim }: Pick<LockHolder, 'job' | 'run' | 'claim'>): Promise<LockChange> {
    const { holder } = this.#state(job);
    return this.#free(job, holder?.run === run && holder.claim <= claim);
  }

  async read(job: string): Promise<LockView> {
    return this.peek(job);
  }

  /** What `read` gives, at once. */
  peek(job: string): LockView {
    const { token: _, ...view } = this.#state(job);
    return view;
  }

  #state(job: string): LockState {
    return this.#locks.get(job) ?? FREE;
  }

  #isHeldBy({ job, run, token }: LockHold): boolean {
    const { holder } = this.#state(job);
    return holder?.run === run && holder.token === token;
  }

  #grant(request: LockRequest, seen: LockView): TakeResult {
    const { job, run, claim, until, entry } = request;
    if (!isTakeable(seen, request)) return { kind: 'busy', view: this.peek(job) };
    const state = this.#state(job);
    const token = state.token + 1;
    this.#locks.set(job, { ...without(state, entry), token, holder: { job, run, token, claim, until } });
    return { kind: 'taken', hold: { job, run, token } };
  }

  #free(job: string, applied: boolean): LockChange {
    const { holder, ...state } = this.#state(job);
    if (applied) this.#locks.set(job, state);
    return { applied, view: this.peek(job) };
  }
}

const NEVER = Number.POSITIVE_INFINITY as EpochMs;

function without(state: LockState, entry: string): LockState {
  const others = (entries: readonly string[]) => entries.filter((each) => each !== entry);
  return { ...state, again: others(state.again), waiting: others(state.waiting), asked: others(state.asked) };
}
