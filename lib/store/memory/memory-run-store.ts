import { unreachable } from '../../errors.ts';
import { isLate } from '../../job/trigger.ts';
import { LeaseLostError } from '../../run/errors.ts';
import type {
  Claimed,
  ClaimRequest,
  ClaimResult,
  DeadLetterDuty,
  ExhaustedClosing,
  RunRequest,
  RunRequests,
  RunStore,
  Settlement,
} from '../../run/ports.ts';
import { ATTEMPTS_KEPT, type Attempt, EMPTY_RECORD, hasEnded, type RunRecord } from '../../run/record.ts';
import { EARLY_START } from '../../run/timeouts.ts';
import { type EpochMs, plus } from '../../units.ts';
import {
  causeOf,
  checkAtOf,
  claimableStatuses,
  closeAttempt,
  opensRound,
  readRefusal,
  settledFields,
  toClaimed,
} from '../rules.ts';

/** Records in memory: for tests, simulations and `runJob`. Behaves as the table does, without its failures. */
export class MemoryRunStore implements RunStore, RunRequests {
  protected readonly records = new Map<string, RunRecord>();
  /** Runs that something other than a message must remember, and from when on. */
  protected readonly open = new Map<string, EpochMs>();

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    const { run } = request.request;
    const before = this.records.get(run);
    if (before !== undefined && !isClaimable(before, request) && !opensRound(before, request))
      return readRefusal(before, request);
    const record = claimedRecord(before, request);
    this.#set(record);
    if (request.isTracked) this.open.set(run, request.leaseUntil);
    return toClaimed(record, request);
  }

  async settle(claimed: Claimed, settlement: Settlement): Promise<void> {
    const record = this.records.get(claimed.record.id);
    const fields = settledFields(claimed, settlement);
    if (record === undefined || record.owner !== claimed.owner || record.claim !== claimed.claim) {
      throw new LeaseLostError(claimed.record.id);
    }
    if (record.status === fields.status) return;
    if (record.status !== 'running') throw new LeaseLostError(record.id);
    const { leaseUntil, ...rest } = record;
    const lease = fields.status === 'failed' && leaseUntil !== undefined ? { leaseUntil } : {};
    const checkAt = checkAtOf(settlement);
    const input = checkAt === undefined ? undefined : (record.input ?? claimed.input);
    this.#set({ ...rest, ...lease, ...fields, ...(input === undefined ? {} : { input }) });
    if (checkAt !== undefined) this.open.set(record.id, checkAt);
  }

  async closeExhausted(seen: RunRecord, closing: ExhaustedClosing): Promise<boolean> {
    const record = this.records.get(seen.id);
    const { at, ...failure } = closing;
    if (record?.status !== 'running' || record.claim !== seen.claim) {
      return record?.status === 'failed' && record.owner === closing.owner;
    }
    const attempts = closeAttempt(record, { outcome: 'lost' });
    this.#set({ ...record, status: 'failed', attempts, ...failure, finishedAt: at });
    return true;
  }

  async takeDeadLetter(run: RunRecord, { owner, now, leaseUntil }: DeadLetterDuty): Promise<boolean> {
    const record = this.#sameFailure(run);
    if (record === undefined || record.deadLetterSentAt !== undefined) return false;
    if ((record.leaseUntil ?? now) > now && record.owner !== owner) return false;
    this.records.set(record.id, { ...record, owner, leaseUntil });
    return true;
  }

  async noteDeadLetter(run: RunRecord, at: EpochMs): Promise<void> {
    const record = this.#sameFailure(run);
    if (record === undefined) return;
    const { leaseUntil: _, ...rest } = record;
    this.records.set(record.id, { ...rest, deadLetterSentAt: at });
  }

  /** A failed run, unless it has gone on since. */
  #sameFailure({ id, attempt }: RunRecord): RunRecord | undefined {
    const record = this.records.get(id);
    return record?.status === 'failed' && record.attempt === attempt ? record : undefined;
  }

  async createPending(request: RunRequest, { now, requestedBy }: { now: EpochMs; requestedBy: string }): Promise<void> {
    if (this.records.has(request.run)) return;
    const input = request.input === undefined ? {} : { input: request.input };
    this.#set({ ...newRecord(request, now), status: 'pending', requestedBy, ...input });
    this.open.set(request.run, now);
  }

  async get(runId: string): Promise<RunRecord | undefined> {
    return this.records.get(runId);
  }

  /** Every record, in the order of their creation. */
  all(): readonly RunRecord[] {
    return [...this.records.values()];
  }

  #set(record: RunRecord): void {
    this.records.set(record.id, record);
    if (hasEnded(record.status)) this.open.delete(record.id);
  }
}

function isClaimable(record: RunRecord, claim: ClaimRequest): boolean {
  const { status, nextAttemptAt = claim.now, leaseUntil = claim.now } = record;
  switch (status) {
    case 'pending':
    case 'retrying':
      return nextAttemptAt <= plus(claim.now, EARLY_START);
    case 'running':
      return claim.retriesLost && leaseUntil <= claim.now && record.attempt < record.lastAttempt;
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'skipped':
    case 'missed':
      return claimableStatuses(claim).includes(status);
    default:
      return unreachable(status);
  }
}

function claimedRecord(before: RunRecord | undefined, claim: ClaimRequest): RunRecord {
  const { request, owner, now, leaseUntil, maxAttempts, isTracked, logStream, requestId } = claim;
  const {
    nextAttemptAt: _n,
    reason: _r,
    blockedBy: _b,
    calendar: _c,
    finishedAt: _f,
    deadLetterSentAt: _s,
    ...kept
  } = before ?? newRecord(request, now);
  const attempt = kept.attempt + 1;
  const cause = causeOf(attempt, before?.status ?? 'absent');
  const started: Attempt = { n: attempt, cause, startedAt: now, limit: leaseUntil, logStream, requestId };
  return {
    ...kept,
    ...(isLate(request.trigger) ? { trigger: request.trigger } : {}),
    status: 'running',
    owner,
    claim: kept.claim + 1,
    ...(before?.status === 'failed' && { round: (before.round ?? 0) + 1 }),
    leaseUntil,
    attempt,
    lastAttempt: kept.lastAttempt || maxAttempts,
    attempts: [...withoutOpenEnd(kept), started].slice(-ATTEMPTS_KEPT),
    startedAt: kept.startedAt ?? now,
    ...(isTracked && kept.input === undefined && request.input !== undefined ? { input: request.input } : {}),
  };
}

/** An attempt that never said how it ended was lost: somebody else is making the next one. */
function withoutOpenEnd(record: RunRecord): readonly Attempt[] {
  return record.attempts.at(-1)?.outcome === undefined ? closeAttempt(record, { outcome: 'lost' }) : record.attempts;
}

function newRecord({ run, job, schedule, scheduledTime, trigger }: RunRequest, now: EpochMs): RunRecord {
  return { id: run, job, schedule, scheduledTime, trigger, status: 'pending', createdAt: now, ...EMPTY_RECORD };
}
