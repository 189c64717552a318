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
  const { request, owner, now, leaseUntil, maxAttempts, messageId, isRedrive, isTracked, logStream, requestId } = claim;
  const { set, values } = identity(claim);
  const statuses = claimableStatuses(claim);
  const fields = {
    owner,
    leaseUntil,
    current: [{ startedAt: now, logStream, requestId }],
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
      ...assign(fields),
    },
    remove: [
      'nextAttemptAt',
      'reason',
      'blockedBy',
      'calendar',
      'finishedAt',
      'deadLetterFor',
      'deadLetterSentAt',
      'expiresAt',
    ],
    condition: claimCondition(statuses),
    values: {
      ...values,
      now,
      absent: 'absent',
      zero: 0,
      one: 1,
      maxAttempts,
      none: [],
      soon: plus(now, EARLY_START),
      ...Object.fromEntries(['pending', 'retrying', 'running', ...statuses].map((status) => [status, status])),
      ...(isRedrive ? { messageId } : {}),
      ...fields,
    },
  };
}

/** It says nothing of the owner: whose the claim was is looked at when it fails. */
const claimCondition = (statuses: readonly RunStatus[]): string =>
  [
    'attribute_not_exists(pk)',
    '(status IN (:pending, :retrying) AND (attribute_not_exists(nextAttemptAt) OR nextAttemptAt <= :soon))',
    '(status = :running AND leaseUntil <= :now AND attempt < lastAttempt)',
    // A failed run is started again by a dead letter moved back, not by the message that failed it.
    ...statuses.map((status) =>
      status === 'failed' ? '(status = :failed AND deadLetterFor <> :messageId)' : `status = :${status}`,
    ),
  ].join(' OR ');

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
