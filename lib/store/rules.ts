import type { Claimed, ClaimRequest, ClaimResult, Settlement } from '../run/ports.ts';
import { ATTEMPTS_KEPT, type Attempt, ENDED, type RunRecord, type RunStatus } from '../run/record.ts';
import { EARLY_START } from '../run/timeouts.ts';
import type { AttemptCause, Trigger } from '../run/trigger.ts';
import { plus } from '../units.ts';

/** Triggers whose message claims a due time that was recorded as missed. */
export const CLAIMS_MISSED: ReadonlySet<Trigger> = new Set(['schedule', 'catch-up', 'backfill']);

/** Triggers whose message claims a due time that was skipped. */
export const CLAIMS_SKIPPED: ReadonlySet<Trigger> = new Set(['backfill']);

/**
 * Reads what a refused claim means from the record that stood in its way. Shared by the adapters: the
 * condition of the write is theirs, its meaning is not.
 */
export function readRefusal(record: RunRecord, request: ClaimRequest): ClaimResult {
  // Our own write, whose answer was lost: the claim is ours and has been counted once.
  if (record.status === 'running' && record.owner === request.owner) return toClaimed(record, request.owner);
  if (ENDED.has(record.status)) return { kind: 'ended', record };
  if (record.status !== 'running')
    return { kind: 'held', until: record.nextAttemptAt ?? plus(request.now, EARLY_START) };

  const leaseUntil = record.leaseUntil ?? request.now;
  const isLapsed = leaseUntil <= request.now;
  if (isLapsed && record.attempt >= record.lastAttempt) return { kind: 'exhausted', record };
  // Lapsed with attempts left, and yet refused: it changed between the write and the read.
  return { kind: 'held', until: isLapsed ? plus(request.now, EARLY_START) : leaseUntil };
}

export function toClaimed(record: RunRecord, owner: string): Claimed {
  return { kind: 'claimed', owner, claim: record.claim, record };
}

/** Why the attempt that starts now is made, from the status the run was claimed in. */
export function causeOf(attempt: number, claimedFrom: RunStatus | 'absent'): AttemptCause {
  if (claimedFrom === 'failed') return 'redrive';
  if (claimedFrom === 'running') return 'crash';
  return attempt === 1 ? 'first' : 'retry';
}

/** What a settlement changes in a record, but for the fields that a store keeps for itself. */
export interface SettledFields {
  readonly status: RunStatus;
  readonly attempt: number;
  readonly attempts: readonly Attempt[];
  readonly changes: Partial<
    Pick<RunRecord, 'reason' | 'blockedBy' | 'nextAttemptAt' | 'finishedAt' | 'result' | 'error' | 'letterFor'>
  >;
}

/** The record that a settlement makes of a claimed one. */
export function settledFields({ record }: Claimed, settlement: Settlement): SettledFields {
  const { attempt } = record;
  switch (settlement.status) {
    case 'completed': {
      const attempts = closeAttempt(record, { endedAt: settlement.at, outcome: 'completed' });
      const result = settlement.result === undefined ? {} : { result: settlement.result };
      return { status: 'completed', attempt, attempts, changes: { finishedAt: settlement.at, ...result } };
    }
    case 'retrying': {
      const { at, outcome, error, nextAttemptAt } = settlement;
      const attempts = closeAttempt(record, { endedAt: at, outcome, error });
      return { status: 'retrying', attempt, attempts, changes: { error, nextAttemptAt } };
    }
    case 'failed': {
      const { at, outcome, error, letterFor } = settlement;
      const attempts = closeAttempt(record, { endedAt: at, outcome, error });
      return { status: 'failed', attempt, attempts, changes: { error, letterFor, finishedAt: at } };
    }
    case 'skipped': {
      const { at, reason, blockedBy } = settlement;
      const changes = { reason, finishedAt: at, ...(blockedBy === undefined ? {} : { blockedBy }) };
      return { status: 'skipped', attempt: attempt - 1, attempts: record.attempts.slice(0, -1), changes };
    }
    case 'given-back':
      return {
        status: 'retrying',
        attempt: attempt - 1,
        attempts: record.attempts.slice(0, -1),
        changes: { nextAttemptAt: settlement.nextAttemptAt },
      };
  }
}

/** The attempts with the running one ended. Stacks are kept once, with the record's own error. */
export function closeAttempt(
  { attempts }: RunRecord,
  end: Pick<Attempt, 'endedAt' | 'outcome' | 'error'>,
): readonly Attempt[] {
  const last = attempts.at(-1);
  if (last === undefined) return attempts;
  const { error } = end;
  const brief = error === undefined ? {} : { error: { name: error.name, message: error.message } };
  return [...attempts.slice(0, -1), { ...last, ...end, ...brief }].slice(-ATTEMPTS_KEPT);
}
