import type { EpochMs } from '../../units.ts';
import type { Claimed, LockHold, LockStore, RunStore } from '../ports.ts';
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
   * Says how the attempt has ended. Called once its outcome is recorded, at least once: a delivery may die before.
   *
   * @throws the store's error, unchanged: a lease covers it
   */
  leave(leaving: Leaving): Promise<void>;
}

export interface Entering {
  readonly claimed: Claimed;
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
  /** Not yet: the attempt is given back, uncounted, until then. */
  | { readonly kind: 'later'; readonly until: EpochMs };

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
}
