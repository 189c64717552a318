import { isLate } from '../../job/trigger.ts';
import type { ClaimRequest } from '../../run/ports.ts';
import type { RunStatus } from '../../run/record.ts';
import { EARLY_START } from '../../run/timeouts.ts';
import { plus } from '../../units.ts';
import { claimableStatuses } from '../rules.ts';
import { openEntry, runKey } from './keys.ts';
import { assign, type Update } from './update.ts';

/**
 * The claim: one conditional update, whatever state the run is in, that counts the attempt, makes this
 * delivery the owner, and keeps an attempt that never said how it ended.
 *
 * An update and never a put, which would wipe a pending record's input.
 */
export function claimUpdate(claim: ClaimRequest): Update {
  const { values, ...taking } = take(claim);
  const statuses = claimableStatuses(claim);
  return {
    ...taking,
    condition: claimCondition(claim, statuses),
    values: {
      ...values,
      soon: plus(claim.now, EARLY_START),
      ...Object.fromEntries(['pending', 'retrying', ...statuses].map((status) => [status, status])),
    },
  };
}

/** It says nothing of the owner: whose the claim was is looked at when it fails. */
const claimCondition = ({ retriesLost }: ClaimRequest, statuses: readonly RunStatus[]): string =>
  [
    'attribute_not_exists(pk)',
    '(status IN (:pending, :retrying) AND (attribute_not_exists(nextAttemptAt) OR nextAttemptAt <= :soon))',
    ...(retriesLost ? ['(status = :running AND leaseUntil <= :now AND attempt < lastAttempt)'] : []),
    ...statuses.map((status) => `status = :${status}`),
  ].join(' OR ');

/**
 * The claim of a dead letter that was moved back: it opens a round of the run that failed with its count. Apart from the
 * other claims, since one update cannot count rounds and leave them alone.
 */
export function roundUpdate(claim: ClaimRequest): Update {
  const { set, values, ...taking } = take(claim);
  return {
    ...taking,
    set: { ...set, round: `${orElse('round', 'zero')} + :one` },
    condition: 'status = :failed AND attempt = :letterAttempts',
    values: { ...values, failed: 'failed', letterAttempts: claim.deadLetterAttempts },
  };
}

/** What every claim changes. */
function take(claim: ClaimRequest): Omit<Update, 'condition'> {
  const { request, owner, now, leaseUntil, maxAttempts, isTracked, logStream, requestId } = claim;
  const { set, values } = identity(claim);
  // What may have to wait is sent again from its record, also by a run that ends before this one has said that it waits.
  const keepsInput = isTracked && request.input !== undefined;
  const fields = {
    owner,
    leaseUntil,
    current: [{ startedAt: now, limit: leaseUntil, logStream, requestId }],
    ...(isTracked ? openEntry(request.run, leaseUntil) : {}),
  };
  return {
    key: runKey(request.run),
    set: {
      ...set,
      // It is the reason why a run came of a due time that had none.
      ...(isLate(request.trigger) ? { trigger: ':trigger' } : {}),
      status: ':running',
      claimedFrom: orElse('status', 'absent'),
      claim: `${orElse('claim', 'zero')} + :one`,
      attempt: `${orElse('attempt', 'zero')} + :one`,
      lastAttempt: orElse('lastAttempt', 'maxAttempts'),
      attempts: `list_append(${orElse('attempts', 'none')}, ${orElse('current', 'none')})`,
      startedAt: orElse('startedAt', 'now'),
      ...(keepsInput ? { input: orElse('input', 'input') } : {}),
      ...assign(fields),
    },
    remove: ['nextAttemptAt', 'reason', 'blockedBy', 'calendar', 'finishedAt', 'deadLetterSentAt', 'expiresAt'],
    values: {
      ...values,
      now,
      absent: 'absent',
      running: 'running',
      zero: 0,
      one: 1,
      maxAttempts,
      none: [],
      ...(keepsInput ? { input: JSON.stringify(request.input) } : {}),
      ...fields,
    },
  };
}

const orElse = (attribute: string, value: string): string => `if_not_exists(${attribute}, :${value})`;

/** What a run is, written by whoever meets it first and never again. */
export function identity({ request, now }: Pick<ClaimRequest, 'request' | 'now'>): Pick<Update, 'set' | 'values'> {
  const { run: runId, job, schedule, scheduledTime, trigger } = request;
  const values = { runId, job, schedule, scheduledTime, trigger, createdAt: now };
  return {
    values,
    set: Object.fromEntries(Object.keys(values).map((name) => [name, orElse(name, name)])),
  };
}
