import { unreachable } from '../errors.ts';
import { isLate } from '../job/trigger.ts';
import type { RunRecord } from '../run/record.ts';
import { type EpochMs, epochMs } from '../units.ts';
import type { WatchedJob } from './plan.ts';

/** Since when an open run waits for something else than its own job; `undefined` for one that does not wait. */
export function waitingSince(run: RunRecord, job: Pick<WatchedJob, 'maxAttempts'>, now: EpochMs): EpochMs | undefined {
  const { status, leaseUntil = now } = run;
  switch (status) {
    case 'pending':
      return timeOf(run);
    case 'running':
      return leaseUntil > now ? undefined : leaseUntil;
    case 'retrying':
      return retryingSince(run, job, now);
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'skipped':
    case 'missed':
      return undefined;
    default:
      return unreachable(status);
  }
}

/**
 * Since its next attempt was due; but where that was moved since, because attempts were given back before they began, since
 * the last one ended or, where it was lost, could go on, or since it was first taken. That is not known in a round that a dead letter has begun, of a due time
 * that was skipped before, and after a job that wished to wait for a time of its own.
 */
function retryingSince(run: RunRecord, { maxAttempts }: Pick<WatchedJob, 'maxAttempts'>, now: EpochMs): EpochMs {
  const { claim, attempt, lastAttempt, attempts, trigger, missedAt, startedAt, createdAt, nextAttemptAt = now } = run;
  const last = attempts.at(-1);
  const isGivenBack = claim > attempt;
  const isFirst = attempt === 0 && (!isLate(trigger) || missedAt !== undefined);
  const isSameRound = attempt > lastAttempt - maxAttempts && last?.error?.name !== 'RetryAfterError';
  if (!isGivenBack) return nextAttemptAt;
  if (isFirst) return startedAt ?? createdAt;
  return epochMs((isSameRound ? (last?.endedAt ?? last?.limit) : undefined) ?? nextAttemptAt);
}

/** From when on a pending run is to be sent: when it was asked for, or later where that was asked for. */
export const timeOf = ({ nextAttemptAt, createdAt }: RunRecord): EpochMs => nextAttemptAt ?? createdAt;
