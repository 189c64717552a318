import { type AttemptCause, isBelated } from '../job/trigger.ts';
import type { Claimed, ClaimRequest, ClaimResult, Settlement } from '../run/ports.ts';
import { ATTEMPTS_KEPT, type Attempt, ENDED, type RunRecord, type RunStatus } from '../run/record.ts';
import { EARLY_START } from '../run/timeouts.ts';
import { plus } from '../units.ts';

/** The statuses of ended runs that this message may start again. */
export function claimableStatuses({ request: { trigger }, isRedrive }: ClaimRequest): readonly RunStatus[] {
  return [
    ...(isRedrive || trigger === 'schedule' || isBelated(trigger) ? ['missed' as const] : []),
    ...(isRedrive ? ['failed' as const] : []),
    ...(isBelated(trigger) ? ['skipped' as const] : []),
  ];
}

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
    Pick<
      RunRecord,
      | 'reason'
      | 'blockedBy'
      | 'calendar'
      | 'lastAttempt'
      | 'nextAttemptAt'
      | 'finishedAt'
      | 'result'
      | 'error'
      | 'letterFor'
    >
  >;
}

/** The record that a settlement makes of a claimed one. */
export function settledFields({ record }: Claimed, settlement: Settlement): SettledFields {
  const { attempt } = record;
  const { status, at } = settlement;
  switch (status) {
    case 'completed': {
      const { result } = settlement;
      const attempts = closeAttempt(record, { endedAt: at, outcome: 'completed' });
      return { status, attempt, attempts, changes: { finishedAt: at, ...(result === undefined ? {} : { result }) } };
    }
    case 'retrying':
    case 'failed': {
      const { outcome, error } = settlement;
      const attempts = closeAttempt(record, { endedAt: at, outcome, error });
      const next =
        status === 'failed'
          ? { letterFor: settlement.letterFor, lastAttempt: settlement.lastAttempt, finishedAt: at }
          : { nextAttemptAt: settlement.nextAttemptAt };
      return { status, attempt, attempts, changes: { error, ...next } };
    }
    default: {
      const uncounted = { attempt: attempt - 1, attempts: record.attempts.slice(0, -1) };
      if (status === 'given-back') {
        return { status: 'retrying', ...uncounted, changes: { nextAttemptAt: settlement.nextAttemptAt } };
      }
      const { status: _s, at: finishedAt, ...skip } = settlement;
      return { status, ...uncounted, changes: { finishedAt, ...skip } };
    }
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
