import { isLate } from '../../job/trigger.ts';
import { type EpochMs, plus } from '../../units.ts';
import type { RunRecord } from '../record.ts';
import { LOCK_MARGIN } from '../timeouts.ts';
import type { Entry, Gate, GatePorts } from './gate.ts';
import { takeLock } from './take-lock.ts';

/**
 * `overlap: 'skip'`: one run at a time. A run holds the job's lock from its first attempt to its last; what is due meanwhile
 * is skipped.
 */
export function createSkipGate(ports: GatePorts): Gate {
  const take = ({ id, job }: RunRecord, claim: number, times: { now: EpochMs; until: EpochMs }) =>
    takeLock({ job, run: id, claim, ...times }, ports);
  return {
    async enter({ claimed: { record, claim }, now, leaseUntil }) {
      const lock = await take(record, claim, { now, until: leaseUntil });
      if (lock.kind === 'busy') return stepAside(record, lock, now);
      return { kind: 'enter', fencingToken: lock.hold.token, hold: lock.hold };
    },
    async leave({ run, hold, nextAttemptAt, now }) {
      if (hold !== undefined && nextAttemptAt !== undefined) {
        await ports.locks.extend(hold, plus(nextAttemptAt, LOCK_MARGIN));
        return;
      }
      if (hold !== undefined) {
        await ports.locks.release(hold);
        return;
      }
      const lock = await take(run, run.claim, { now, until: now });
      if (lock.kind === 'taken') await ports.locks.release(lock.hold);
    },
  };
}

/**
 * The policy is for first attempts of runs that are on time. A later attempt has lost the lock by an accident
 * and waits to get it back; a catch-up or a backfill was asked for, and is sent again.
 */
function stepAside({ attempt, trigger }: RunRecord, busy: { holder: string; until: EpochMs }, now: EpochMs): Entry {
  if (isLate(trigger)) return { kind: 'later', until: now };
  if (attempt > 1) return { kind: 'later', until: busy.until };
  return { kind: 'skip', skip: { reason: 'overlap', blockedBy: busy.holder } };
}
