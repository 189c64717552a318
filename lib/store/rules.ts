import { unreachable } from '../errors.ts';
import { type AttemptCause, kindOf, type TriggerKind } from '../job/trigger.ts';
import type { Claimed, ClaimRequest, ClaimResult, Settlement } from '../run/ports.ts';
import {
  ATTEMPTS_KEPT,
  type Attempt,
  owesDeadLetter,
  type RunError,
  type RunRecord,
  type RunStatus,
} from '../run/record.ts';
import { EARLY_START } from '../run/timeouts.ts';
import { type EpochMs, plus } from '../units.ts';

/**
 * The ended runs that a message may start again: by which kinds of trigger, and by a dead letter that was moved back. Failed
 * ones are not among them: for these a round is opened, by a write of its own.
 */
const STARTED_BY: Readonly<Partial<Record<RunStatus, readonly (TriggerKind | 'redrive')[]>>> = {
  missed: ['due', 'late', 'redrive'],
  skipped: ['late'],
};

/** The statuses of ended runs that this message may start again. */
export function claimableStatuses({ request: { trigger }, deadLetterAttempts }: ClaimRequest): readonly RunStatus[] {
  const kinds = [kindOf(trigger), deadLetterAttempts !== undefined && 'redrive'];
  const statuses = Object.keys(STARTED_BY) as RunStatus[];
  return statuses.filter((status) => STARTED_BY[status]?.some((kind) => kinds.includes(kind)));
}

/** Whether this message is the dead letter of the failure that the record has. */
export const opensRound = ({ status, attempt }: RunRecord, { deadLetterAttempts }: ClaimRequest): boolean =>
  status === 'failed' && attempt === deadLetterAttempts;

/**
 * Reads what a refused claim means from the record that stood in its way. Shared by the adapters: the
 * condition of the write is theirs, its meaning is not.
 */
export function readRefusal(record: RunRecord, request: ClaimRequest): ClaimResult {
  const { status } = record;
  switch (status) {
    case 'failed':
      return readFailed(record, request);
    case 'completed':
    case 'cancelled':
    case 'skipped':
    case 'missed':
      return { kind: 'ended', record };
    case 'pending':
    case 'retrying':
      return { kind: 'held', until: record.nextAttemptAt ?? plus(request.now, EARLY_START) };
    case 'running':
      return readRunning(record, request);
    default:
      return unreachable(status);
  }
}

/** While another delivery is sending its dead letter, the run is its. */
function readFailed(record: RunRecord, { now }: ClaimRequest): ClaimResult {
  const { leaseUntil = now } = record;
  const isBeingSent = owesDeadLetter(record) && leaseUntil > now;
  return isBeingSent ? { kind: 'held', until: leaseUntil } : { kind: 'ended', record };
}

function readRunning(record: RunRecord, request: ClaimRequest): ClaimResult {
  const { owner, now, retriesLost } = request;
  // Our own write, whose answer was lost: the claim is ours and has been counted once.
  if (record.owner === owner) return toClaimed(record, request);
  const { leaseUntil = now } = record;
  if (leaseUntil > now) return { kind: 'held', until: leaseUntil };
  if (!retriesLost || record.attempt >= record.lastAttempt) return { kind: 'exhausted', record };
  // Lapsed with attempts left, and yet refused: it changed between the write and the read.
  return { kind: 'held', until: plus(now, EARLY_START) };
}

export function toClaimed(record: RunRecord, { owner, request: { input } }: ClaimRequest): Claimed {
  return { kind: 'claimed', owner, claim: record.claim, record, input };
}

/** Why the attempt that starts now is made, where the status the run was claimed in says so. */
const CAUSES: Readonly<Partial<Record<RunStatus | 'absent', AttemptCause>>> = { running: 'crash', failed: 'redrive' };

/** Why the attempt that starts now is made, from the status the run was claimed in. */
export const causeOf = (attempt: number, claimedFrom: RunStatus | 'absent'): AttemptCause =>
  CAUSES[claimedFrom] ?? (attempt === 1 ? 'first' : 'retry');

/** What a settlement changes in a record, but for the fields that a store keeps for itself. */
export type SettledFields = Pick<RunRecord, 'status' | 'attempt' | 'attempts'> &
  Partial<
    Pick<
      RunRecord,
      'reason' | 'blockedBy' | 'calendar' | 'lastAttempt' | 'nextAttemptAt' | 'finishedAt' | 'result' | 'error'
    >
  >;

/** The record that a settlement makes of a claimed one. */
export function settledFields({ record }: Claimed, settlement: Settlement): SettledFields {
  const { attempt } = record;
  const { status, at } = settlement;
  switch (status) {
    case 'completed': {
      const { result } = settlement;
      const attempts = closeAttempt(record, { endedAt: at, outcome: 'completed' });
      return { status, attempt, attempts, finishedAt: at, ...(result === undefined ? {} : { result }) };
    }
    case 'retrying':
    case 'failed': {
      const { at: endedAt, outcome, ...changes } = settlement;
      const attempts = closeAttempt(record, { endedAt, outcome, error: changes.error });
      return { attempt, attempts, ...changes, ...(status === 'failed' && { finishedAt: at }) };
    }
    case 'given-back':
      return { status: 'retrying', ...uncounted(record), nextAttemptAt: settlement.nextAttemptAt };
    case 'waiting':
      return { status: record.attempt > 1 ? 'retrying' : 'pending', ...uncounted(record) };
    case 'skipped': {
      const { at: finishedAt, ...skip } = settlement;
      return { ...uncounted(record), finishedAt, ...skip };
    }
    default:
      return unreachable(status);
  }
}

/** From when on a settled run may need somebody who sends it again; `undefined` for one that has ended. */
export const checkAtOf = (settlement: Settlement): EpochMs | undefined =>
  settlement.status === 'waiting'
    ? settlement.checkAt
    : 'nextAttemptAt' in settlement
      ? settlement.nextAttemptAt
      : undefined;

/** A record without the attempt that never reached the job. */
const uncounted = ({ attempt, attempts }: RunRecord): Pick<SettledFields, 'attempt' | 'attempts'> => ({
  attempt: attempt - 1,
  attempts: attempts.slice(0, -1),
});

/** The attempts with the running one ended. Stack and causes are kept once, with the record's own error. */
export function closeAttempt(
  { attempts }: RunRecord,
  { error, ...end }: Pick<Attempt, 'endedAt' | 'outcome'> & { readonly error?: RunError },
): readonly Attempt[] {
  const last = attempts.at(-1);
  if (last === undefined) return attempts;
  const { limit, ...begun } = last;
  const kept = end.endedAt === undefined ? last : begun;
  const ended = { ...kept, ...end, ...(error && { error: briefOf(error) }) };
  return [...attempts.slice(0, -1), ended].slice(-ATTEMPTS_KEPT);
}

const briefOf = ({ stack, causes, ...brief }: RunError): NonNullable<Attempt['error']> => brief;
