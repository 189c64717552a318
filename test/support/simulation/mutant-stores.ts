import { inOrder } from '../../../lib/run/overlap/place.ts';
import type {
  Claimed,
  ClaimRequest,
  ClaimResult,
  DeadLetterDuty,
  LockChange,
  LockHold,
  LockHolder,
  LockRequest,
  Settlement,
  TakeResult,
} from '../../../lib/run/ports.ts';
import type { RunRecord } from '../../../lib/run/record.ts';
import { MemoryLockStore } from '../../../lib/store/memory/memory-lock-store.ts';
import { MemoryRunStore } from '../../../lib/store/memory/memory-run-store.ts';
import { type EpochMs, epochMs } from '../../../lib/units.ts';

const FUTURE = epochMs(Date.parse('2100-01-01T00:00:00Z'));

/** Settles whatever stands there, whoever owns it. */
export class SettlesForAnybody extends MemoryRunStore {
  override async settle(claimed: Claimed, settlement: Settlement): Promise<void> {
    const { owner = '', claim = 0 } = (await this.get(claimed.record.id)) ?? {};
    await super.settle({ ...claimed, owner, claim }, settlement);
  }
}

/** Takes its own claim, whose answer was lost, for somebody else's. */
export class DisownsItsClaim extends MemoryRunStore {
  override async claim(request: ClaimRequest): Promise<ClaimResult> {
    const before = await this.get(request.request.run);
    const isRepeated = before?.status === 'running' && before.owner === request.owner;
    return isRepeated ? { kind: 'held', until: request.leaseUntil } : super.claim(request);
  }
}

/** Counts the attempt once more when its claim is repeated. */
export class CountsTwice extends MemoryRunStore {
  override async claim(request: ClaimRequest): Promise<ClaimResult> {
    const before = await this.get(request.request.run);
    const isRepeated = before?.status === 'running' && before.owner === request.owner;
    return super.claim(isRepeated ? { ...request, owner: `${request.owner}+`, now: FUTURE } : request);
  }
}

/** Claims a running run without waiting for its lease. */
export class IgnoresTheLease extends MemoryRunStore {
  override async claim(request: ClaimRequest): Promise<ClaimResult> {
    return super.claim({ ...request, now: FUTURE });
  }
}

/** A lease that ends before the run does. */
export class ShortLease extends MemoryRunStore {
  override async claim(request: ClaimRequest): Promise<ClaimResult> {
    return super.claim({ ...request, leaseUntil: epochMs(request.now + 1_000) });
  }
}

/** Closes as failed whoever has the run now, not only the one that was looked at. */
export class ClosesAnybody extends MemoryRunStore {
  override async closeExhausted(
    seen: RunRecord,
    closing: Parameters<MemoryRunStore['closeExhausted']>[1],
  ): Promise<boolean> {
    return super.closeExhausted((await this.get(seen.id)) ?? seen, closing);
  }
}

/** Opens a round for any dead letter of a failed run, those of earlier failures and of rounds that are over included. */
export class OpensARoundForAnyLetter extends MemoryRunStore {
  override async claim(request: ClaimRequest): Promise<ClaimResult> {
    if (request.deadLetterAttempts === undefined) return super.claim(request);
    const deadLetterAttempts = (await this.get(request.request.run))?.attempt;
    return super.claim({ ...request, deadLetterAttempts });
  }
}

/** Opens a round for any message of a failed run. */
export class OpensARoundForAnyMessage extends MemoryRunStore {
  override async claim(request: ClaimRequest): Promise<ClaimResult> {
    const deadLetterAttempts = (await this.get(request.request.run))?.attempt;
    return super.claim({ ...request, deadLetterAttempts });
  }
}

/** Lets every delivery of a failed run send its dead letter, until one has noted that it has. */
export class SharesTheDeadLetter extends MemoryRunStore {
  override async claim(request: ClaimRequest): Promise<ClaimResult> {
    const claim = await super.claim(request);
    const record = await this.get(request.request.run);
    return record?.status === 'failed' ? { kind: 'ended', record } : claim;
  }

  override async takeDeadLetter(): Promise<boolean> {
    return true;
  }
}

/** Takes a dead letter over from whoever has it by now. */
export class TakesAnybodysDeadLetter extends MemoryRunStore {
  override async takeDeadLetter(run: RunRecord, duty: DeadLetterDuty): Promise<boolean> {
    return super.takeDeadLetter(run, { ...duty, now: FUTURE });
  }
}

/** Keeps a dead letter for a delivery that has died. */
export class NeverTakesADeadLetter extends MemoryRunStore {
  override async takeDeadLetter(): Promise<boolean> {
    return false;
  }
}

/** Takes over a run whose attempt was lost, whatever its job says. */
export class RetriesWhatWasLost extends MemoryRunStore {
  override async claim(request: ClaimRequest): Promise<ClaimResult> {
    return super.claim({ ...request, retriesLost: true });
  }
}

/** Opens rounds without counting them. */
export class ForgetsTheRound extends MemoryRunStore {
  override async claim(request: ClaimRequest): Promise<ClaimResult> {
    const claim = await super.claim(request);
    if (claim.kind !== 'claimed') return claim;
    const { round: _, ...record } = claim.record;
    this.records.set(record.id, record);
    return { ...claim, record };
  }
}

/** Gives an attempt back by counting it. */
export class KeepsWhatIsGivenBack extends MemoryRunStore {
  override async settle(claimed: Claimed, settlement: Settlement): Promise<void> {
    if (settlement.status !== 'given-back') return super.settle(claimed, settlement);
    const error = { name: 'Error', message: 'given back' };
    return super.settle(claimed, { ...settlement, status: 'retrying', outcome: 'failed', error });
  }
}

/** Releases whatever hold there is on the lock: the token is not asked for. */
export class ReleasesWithoutToken extends MemoryLockStore {
  override async release(hold: LockHold): Promise<LockChange> {
    const { holder } = this.peek(hold.job);
    return super.release(holder?.run === hold.run ? holder : hold);
  }
}

/** Releases the lock of whoever has it. */
export class ReleasesAnybody extends MemoryLockStore {
  override async release(hold: LockHold): Promise<LockChange> {
    return super.release(this.peek(hold.job).holder ?? hold);
  }
}

/** Gives the lock to whoever asks. */
export class LocksNothing extends MemoryLockStore {
  override async take(request: LockRequest): Promise<TakeResult> {
    return super.take({ ...request, now: FUTURE });
  }
}

/** A delivery that froze takes the lock from its run's next claim. */
export class ForgetsTheClaim extends MemoryLockStore {
  override async take(request: LockRequest): Promise<TakeResult> {
    return super.take({ ...request, claim: Number.MAX_SAFE_INTEGER });
  }
}

/** Takes the lock over from whoever has it by now. */
export class TakesOverFromAnybody extends MemoryLockStore {
  override async takeOver(request: LockRequest): Promise<TakeResult> {
    return super.take({ ...request, now: FUTURE });
  }
}

/** Takes its own takeover, whose answer was lost, for another holder. */
export class DisownsItsTakeover extends MemoryLockStore {
  readonly #takenOver = new Set<string>();

  override async take(request: LockRequest): Promise<TakeResult> {
    return this.#disown(request) ?? super.take(request);
  }

  override async takeOver(request: LockRequest, from: LockHold): Promise<TakeResult> {
    const disowned = this.#disown(request);
    this.#takenOver.add(request.run);
    return disowned ?? super.takeOver(request, from);
  }

  #disown({ job, run }: LockRequest): TakeResult | undefined {
    const view = this.peek(job);
    return view.holder?.run === run && this.#takenOver.has(run) ? { kind: 'busy', view } : undefined;
  }
}

/** Takes the run that is next out of the line before its message is sent. */
export class PopsBeforeSending extends MemoryLockStore {
  override async release(hold: LockHold): Promise<LockChange> {
    return this.#popped(hold.job, await super.release(hold));
  }

  override async free(holder: LockHolder): Promise<LockChange> {
    return this.#popped(holder.job, await super.free(holder));
  }

  async #popped(job: string, change: LockChange): Promise<LockChange> {
    const [next] = inOrder(change.view);
    if (change.applied && next !== undefined) await this.leave(job, next);
    return change;
  }
}

/** Frees the lock and does not see who waits. */
export class WakesNobody extends MemoryLockStore {
  override async release(hold: LockHold): Promise<LockChange> {
    const change = await super.release(hold);
    return { ...change, view: { ...change.view, again: [], asked: [] } };
  }
}

/** A due run leaves a free lock to requested runs that wait. */
export class WaitsForAsked extends MemoryLockStore {
  override async take(request: LockRequest): Promise<TakeResult> {
    const { respects } = request;
    return super.take({ ...request, respects: respects.length === 0 ? ['asked'] : respects });
  }
}

/** Says that a run is in line, and has forgotten it. */
export class ForgetsToJoin extends MemoryLockStore {
  override async join({ job }: LockRequest): Promise<LockChange> {
    return { applied: true, view: this.peek(job) };
  }
}

/** Never frees the lock, and never lets it lapse. */
export class NeverLetsGo extends MemoryLockStore {
  override async take(request: LockRequest): Promise<TakeResult> {
    return super.take({ ...request, until: FUTURE });
  }

  override async release({ job }: LockHold): Promise<LockChange> {
    return { applied: true, view: this.peek(job) };
  }

  override async free({ job }: Pick<LockHold, 'job'>): Promise<LockChange> {
    return { applied: true, view: this.peek(job) };
  }
}

/** Begins its tokens anew after each release. */
export class ForgetsItsTokens extends MemoryLockStore {
  #released = 0;

  override async take(request: LockRequest): Promise<TakeResult> {
    return this.#renumber(await super.take(request));
  }

  override async takeOver(request: LockRequest, from: LockHold): Promise<TakeResult> {
    return this.#renumber(await super.takeOver(request, from));
  }

  override async release(hold: LockHold): Promise<LockChange> {
    const token = hold.token + this.#released;
    const change = await super.release({ ...hold, token });
    if (change.applied) this.#released = token;
    return change;
  }

  override async extend(hold: LockHold, until: EpochMs): Promise<boolean> {
    return super.extend({ ...hold, token: hold.token + this.#released }, until);
  }

  #renumber(result: TakeResult): TakeResult {
    if (result.kind === 'busy') return result;
    return { ...result, hold: { ...result.hold, token: result.hold.token - this.#released } };
  }
}
