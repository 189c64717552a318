import type { ClaimRequest } from '../../run/ports.ts';
import { EARLY_START } from '../../run/timeouts.ts';
import { plus } from '../../units.ts';
import { CLAIMS_MISSED, CLAIMS_SKIPPED } from '../rules.ts';
import { openEntry, runKey } from './keys.ts';
import type { Update } from './update.ts';

/**
 * The claim: one conditional update, whatever state the run is in, that counts the attempt, makes this
 * delivery the owner, and keeps an attempt that never said how it ended.
 *
 * An update and never a put, which would wipe a pending record's input.
 */
export function claimUpdate(claim: ClaimRequest): Update {
  const { request, owner, now, leaseUntil, maxAttempts, isRedrive, isTracked, logStream, requestId } = claim;
  const open = isTracked ? openEntry(request.run, leaseUntil) : undefined;
  return {
    key: runKey(request.run),
    set: {
      ...identity,
      status: ':running',
      claimedFrom: 'if_not_exists(status, :absent)',
      owner: ':owner',
      claim: 'if_not_exists(claim, :zero) + :one',
      leaseUntil: ':leaseUntil',
      attempt: 'if_not_exists(attempt, :zero) + :one',
      lastAttempt: isRedrive
        ? 'if_not_exists(attempt, :zero) + :maxAttempts'
        : 'if_not_exists(lastAttempt, :maxAttempts)',
      attempts: 'list_append(if_not_exists(attempts, :none), if_not_exists(current, :none))',
      current: ':current',
      startedAt: 'if_not_exists(startedAt, :now)',
      ...(open === undefined ? {} : { openShard: ':openShard', openAt: ':openAt' }),
    },
    remove: ['nextAttemptAt', 'reason', 'blockedBy', 'finishedAt', 'letterFor', 'expiresAt'],
    condition: claimCondition(claim),
    values: {
      ...identityValues(claim),
      running: 'running',
      absent: 'absent',
      owner,
      zero: 0,
      one: 1,
      leaseUntil,
      maxAttempts,
      none: [],
      current: [{ startedAt: now, logStream, requestId }],
      soon: plus(now, EARLY_START),
      pending: 'pending',
      retrying: 'retrying',
      ...(isRedrive ? { failed: 'failed' } : {}),
      ...(claimsMissed(claim) ? { missed: 'missed' } : {}),
      ...(claimsSkipped(claim) ? { skipped: 'skipped' } : {}),
      ...open,
    },
  };
}

/** The states a run can be claimed in. It says nothing of the owner: whose the claim was is looked at when it fails. */
function claimCondition(claim: ClaimRequest): string {
  return [
    'attribute_not_exists(pk)',
    '(status IN (:pending, :retrying) AND (attribute_not_exists(nextAttemptAt) OR nextAttemptAt <= :soon))',
    '(status = :running AND leaseUntil <= :now AND attempt < lastAttempt)',
    ...(claimsMissed(claim) ? ['status = :missed'] : []),
    ...(claim.isRedrive ? ['status = :failed'] : []),
    ...(claimsSkipped(claim) ? ['status = :skipped'] : []),
  ].join(' OR ');
}

const claimsMissed = ({ request, isRedrive }: ClaimRequest): boolean => isRedrive || CLAIMS_MISSED.has(request.trigger);
const claimsSkipped = ({ request }: ClaimRequest): boolean => CLAIMS_SKIPPED.has(request.trigger);

/** What a run is, written by whoever meets it first and never again. */
export const identity = {
  runId: 'if_not_exists(runId, :runId)',
  job: 'if_not_exists(job, :job)',
  schedule: 'if_not_exists(schedule, :schedule)',
  scheduledTime: 'if_not_exists(scheduledTime, :scheduledTime)',
  trigger: 'if_not_exists(trigger, :trigger)',
  createdAt: 'if_not_exists(createdAt, :now)',
} as const;

export function identityValues({ request, now }: Pick<ClaimRequest, 'request' | 'now'>): Update['values'] {
  const { run: runId, job, schedule, scheduledTime, trigger } = request;
  return { runId, job, schedule, scheduledTime, trigger, now };
}
