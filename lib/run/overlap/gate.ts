import type { EpochMs } from '../../units.ts';
import type { Claimed, LockHold, LockStore, RunStore } from '../ports.ts';
import type { RunQueue } from '../queue.ts';
import type { RunRecord, Skip } from '../record.ts';

/**
 * Where the runs of one job meet. Each overlap policy is one gate, in a module of its own: a function carries its policy's
 * gate only. Nothing else in the path of a run knows which policy it is.
 */
export interface Gate {
  /**
   * Asks whether a claimed run may make its attempt.
   *
   * @throws the store's error, unchanged: the attempt is then given back
   */
  enter(entering: Entering): Promise<Entry>;
  /**
   * Says how the attempt has ended. Called once its outcome is recorded, and by every delivery of a run that has ended: the
   * one that ended it may have died before. Wakes the next of the runs that wait.
   *
   * @throws the store's or the queue's error, unchanged: it has to be called again, or a run that waits sleeps on
   */
  leave(leaving: Leaving): Promise<void>;
  /**
   * Gives back what `enter` gave to a delivery that makes no attempt: its time is over, or another one has taken the run. It may
   * have frozen while its message was acknowledged, and taken the run's place in line.
   *
   * @throws the store's or the queue's error, unchanged: the lock lapses, and the watchdog sends the run
   */
  abandon(run: RunRecord, hold: LockHold): Promise<void>;
}

export interface Entering {
  readonly claimed: Claimed;
  /** Whether the attempt is the first of its round: policies are for first attempts. */
  readonly isFirst: boolean;
  readonly now: EpochMs;
  /** Until when the delivery may work. */
  readonly leaseUntil: EpochMs;
}

export type Entry =
  | {
      readonly kind: 'enter';
      /** Rises with each entry of a job (of a run, where overlap is allowed). */
      readonly fencingToken: number;
      /** To be handed to `leave`; absent where there is nothing to hold. */
      readonly hold?: LockHold;
    }
  | { readonly kind: 'skip'; readonly skip: Skip }
  /** The run is in a set of those that wait, and will be sent: it is marked so, uncounted, and then its message acknowledged. */
  | Wait
  /** Not yet: the attempt is given back, uncounted, until then. */
  | { readonly kind: 'later'; readonly until: EpochMs };

export interface Wait {
  readonly kind: 'wait';
  readonly blockedBy: string | undefined;
  /** From when on the watchdog should look after it. */
  readonly checkAt: EpochMs;
  /**
   * Looks at the lock once more, after the run is marked: one that was freed before the mark was woken in vain. `false`: its
   * message has to show again.
   *
   * @throws the store's error, unchanged
   */
  isKept(now: EpochMs): Promise<boolean>;
}

export interface Leaving {
  readonly run: RunRecord;
  /** What `enter` gave. Absent when the delivery that entered has died and another one closes its run. */
  readonly hold?: LockHold | undefined;
  /** When the run's next attempt is due; absent when the run has ended. */
  readonly nextAttemptAt?: EpochMs;
  readonly now: EpochMs;
}

/** What a gate may need of the table. */
export interface GatePorts {
  readonly locks: LockStore;
  readonly runs: Pick<RunStore, 'get'>;
  /** The job's own. */
  readonly queue: RunQueue;
}
