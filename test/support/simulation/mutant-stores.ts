import type {
  Claimed,
  ClaimRequest,
  ClaimResult,
  DeadLetterDuty,
  LockHold,
  LockRequest,
  Settlement,
  TakeResult,
} from '../../../lib/run/ports.ts';
import type { RunRecord } from '../../../lib/run/record.ts';
import { MemoryLockStore } from '../../../lib/store/memory/memory-lock-store.ts';
import { MemoryRunStore } from '../../../lib/store/memory/memory-run-store.ts';
import { epochMs } from '../../../lib/units.ts';

const PAST = epochMs(0);
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
  override async release(hold: LockHold): Promise<boolean> {
    const holder = await this.#holder(hold.job);
    return super.release(holder.run === hold.run ? holder : hold);
  }

  async #holder(job: string): Promise<LockHold> {
    const looked = await this.take({ job, run: 'looking', claim: 0, now: PAST, until: PAST });
    if (looked.kind === 'busy') return looked.holder;
    await super.release(looked.hold);
    return looked.hold;
  }
}

/** Releases the lock of whoever has it. */
export class ReleasesAnybody extends MemoryLockStore {
  override async release(hold: LockHold): Promise<boolean> {
    const looked = await this.take({ ...hold, run: 'looking', claim: 0, now: PAST, until: PAST });
    return super.release(looked.kind === 'busy' ? looked.holder : looked.hold);
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
  override async takeOver(request: LockRequest, from: LockHold): Promise<TakeResult> {
    const looked = await this.take({ ...request, run: 'looking', claim: 0, now: PAST, until: PAST });
    if (looked.kind === 'taken') await this.release(looked.hold);
    const isMine = looked.kind === 'busy' && looked.holder.run === request.run;
    return isMine ? looked : super.takeOver(request, from);
  }
}

/** Never frees the lock, and never lets it lapse. */
export class NeverLetsGo extends MemoryLockStore {
  override async take(request: LockRequest): Promise<TakeResult> {
    return super.take({ ...request, until: FUTURE });
  }

  override async release(): Promise<boolean> {
    return true;
  }
}

/** Begins its tokens anew after each release. */
export class ForgetsItsTokens extends MemoryLockStore {
  #locks = new MemoryLockStore();

  override take(request: LockRequest): Promise<TakeResult> {
    return this.#locks.take(request);
  }

  override takeOver(request: LockRequest, from: LockHold): Promise<TakeResult> {
    return this.#locks.takeOver(request, from);
  }

  override async release(hold: LockHold): Promise<boolean> {
    const isReleased = await this.#locks.release(hold);
    if (isReleased) this.#locks = new MemoryLockStore();
    return isReleased;
  }
}
