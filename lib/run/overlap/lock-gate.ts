import { isDue, isLate } from '../../job/trigger.ts';
import { type EpochMs, epochMs, milliseconds, plus } from '../../units.ts';
import type { LockHolder, LockRequest, LockView, WaitingSet } from '../ports.ts';
import { hasEnded, type RunRecord } from '../record.ts';
import { messageOf } from '../request.ts';
import { roundOf } from '../round.ts';
import { LOCK_MARGIN } from '../timeouts.ts';
import type { Entry, Gate, GatePorts } from './gate.ts';
import { entryOf, isTakeable, isWaiting } from './place.ts';
import { isHeld, takeLock } from './take-lock.ts';
import { wakeNext } from './wake.ts';

/** How often a lock is asked for that is refused and, when it is looked at, free. */
const MAX_TRIES = 3;
const TRY_AGAIN = milliseconds(5_000);

/** Where a run waits that cannot have the lock. */
export interface Place {
  /** A free lock is left to those in these sets. */
  readonly respects: readonly WaitingSet[];
  /** Says what becomes of a run that was refused the lock; `undefined` where it should be asked for once more. */
  stepAside(request: LockRequest, holder: LockHolder | undefined): Promise<Entry | undefined>;
}

/**
 * One run of a job at a time. A run holds the job's lock from its first attempt to its last.
 *
 * @param firstPlace of a due run's first attempt: what differs from policy to policy
 */
export function createLockGate(ports: GatePorts, firstPlace: Place): Gate {
  const { locks } = ports;
  return {
    async enter({ claimed: { record, claim }, isFirst, now, leaseUntil }) {
      const { id: run, job } = record;
      const place = placeOf(record, isFirst);
      const request = { job, run, claim, now, until: leaseUntil, entry: entryOf(record), respects: place.respects };
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const lock = await takeLock(request, ports);
        if (lock.kind === 'taken') return { kind: 'enter', fencingToken: lock.hold.token, hold: lock.hold };
        const aside = await place.stepAside(request, lock.holder);
        if (aside !== undefined) return aside;
      }
      return { kind: 'later', until: plus(now, TRY_AGAIN) };
    },
    async leave({ run, hold, nextAttemptAt, now }) {
      if (hold !== undefined && nextAttemptAt !== undefined) {
        await locks.extend(hold, plus(nextAttemptAt, LOCK_MARGIN));
        return;
      }
      const view = hold === undefined ? await freeAndLeave(run) : (await locks.release(hold)).view;
      if (!isHeld(view, now)) await wakeNext(run.job, view, ports);
    },
    async abandon({ id, job }, hold) {
      const { applied, view } = await locks.release(hold);
      const run = await ports.runs.get(id);
      // One at work looks after itself: it finds its place gone when it looks at the lock.
      const isAsleep = run !== undefined && run.status !== 'running' && !hasEnded(run.status);
      if (isAsleep) await ports.queue.send(messageOf(run));
      if (applied) await wakeNext(job, view, ports);
    },
  };

  function placeOf(record: RunRecord, isFirst: boolean): Place {
    if (!isFirst) return waitIn({ set: 'again', respects: ['again'] }, ports);
    // In a later round it was asked for, whatever made it first.
    const isLaterRound = roundOf(record) > 0;
    if (isLate(record.trigger) && !isLaterRound) return GIVEN_BACK;
    return isDue(record.trigger) && !isLaterRound ? firstPlace : waitIn(ASKED, ports);
  }

  /** Of a run that has ended, by whoever meets it: its lock may have been left by a process that died. */
  async function freeAndLeave(run: RunRecord): Promise<LockView> {
    const { id, job, claim } = run;
    const seen = await locks.read(job);
    const { holder } = seen;
    const isMine = holder?.run === id && holder.claim <= claim;
    const left = isWaiting(seen, entryOf(run)) ? await locks.leave(job, entryOf(run)) : seen;
    return isMine ? (await locks.free({ job, run: id, claim })).view : left;
  }
}

const EVERY_SET: readonly WaitingSet[] = ['again', 'waiting', 'asked'];

/** A catch-up or a backfill is sent again. */
const GIVEN_BACK: Place = {
  respects: EVERY_SET,
  stepAside: async ({ now }) => ({ kind: 'later', until: now }),
};

interface Line extends Pick<Place, 'respects'> {
  readonly set: WaitingSet;
  /** How many wait. @default no bound: an attempt of a run that has begun is never given up */
  readonly room?: number;
}

/** Requested runs. One more stays pending outside, and the watchdog sends it again. */
const ASKED: Line = { set: 'asked', respects: EVERY_SET, room: 100 };

const waitIn = ({ set, respects, room }: Line, { locks }: GatePorts): Place => ({
  respects,
  async stepAside(request, holder) {
    const joined = await locks.join(request, set, room);
    const isFull = !joined.applied && !isTakeable(joined.view, request);
    if (!joined.applied && !isFull) return undefined;
    return {
      kind: 'wait',
      blockedBy: joined.view.holder?.run,
      checkAt: epochMs(Math.max(request.now, holder?.until ?? 0)),
      isKept: async (now: EpochMs) => isKept(await locks.read(request.job), { ...request, now }, isFull),
    };
  },
});

/** Held by another run, and this one is in its set: whoever frees the lock will see it. Its own later claim sees to itself. */
const isKept = (view: LockView, request: LockRequest, isFull: boolean): boolean =>
  view.holder?.run !== request.run && !isTakeable(view, request) && (isFull || isWaiting(view, request.entry));
