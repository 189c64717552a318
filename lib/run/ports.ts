import type { AlertMessage } from '../job/context.ts';
import type { EpochMs } from '../units.ts';
import type { RunMessage } from './message.ts';
import type { AttemptOutcome, RunError, RunRecord, Skip } from './record.ts';

/** The run a message is for, with its identity settled. */
export interface RunRequest extends RunMessage {
  readonly run: string;
}

/** What one delivery of a run's message brings to the claim. */
export interface ClaimRequest {
  readonly request: RunRequest;
  /** A fresh id per delivery. */
  readonly owner: string;
  readonly now: EpochMs;
  readonly leaseUntil: EpochMs;
  readonly maxAttempts: number;
  /** Whether a run whose attempt was lost may be taken over for another one. */
  readonly retriesLost: boolean;
  /**
   * Of a dead letter that was moved back: how many attempts its run had made when it failed. It opens a round of a run that
   * failed with exactly that count, so one dead letter opens one round, and an older one none.
   */
  readonly deadLetterAttempts?: number | undefined;
  /**
   * Whether this run should be found by the watchdog's rescue even if every message of it is lost. It may wait, too, and be sent
   * again by whoever frees its job's lock: its record then has its input.
   */
  readonly isTracked: boolean;
  readonly logStream: string;
  readonly requestId: string;
}

/** A claim that was won: every later write proves with `owner` and `claim` that it is still ours. */
export interface Claimed {
  readonly kind: 'claimed';
  readonly owner: string;
  readonly claim: number;
  /** The record as the claim left it: running, this attempt counted. */
  readonly record: RunRecord;
  /** What the message carries. */
  readonly input: unknown;
}

/** Why a claim was not won. */
export type Refusal =
  /** Somebody has it, or it is not due yet: look again then. */
  | { readonly kind: 'held'; readonly until: EpochMs }
  /** There is nothing left to do for this message. */
  | { readonly kind: 'ended'; readonly record: RunRecord }
  /** Its last allowed attempt was lost: it has to be closed as failed. */
  | { readonly kind: 'exhausted'; readonly record: RunRecord };

export type ClaimResult = Claimed | Refusal;

/** What a delivery writes when it has done its part. */
export type Settlement =
  | { readonly status: 'completed'; readonly at: EpochMs; readonly result: unknown }
  | {
      readonly status: 'retrying';
      readonly at: EpochMs;
      readonly outcome: AttemptOutcome;
      readonly error: RunError;
      readonly nextAttemptAt: EpochMs;
    }
  | {
      readonly status: 'failed';
      readonly at: EpochMs;
      readonly outcome: AttemptOutcome;
      readonly error: RunError;
      /** The number of the last attempt of the next round, should the dead letter be moved back. */
      readonly lastAttempt: number;
    }
  | (Skip & { readonly status: 'skipped'; readonly at: EpochMs })
  /** The attempt never reached the job: it does not count. */
  | { readonly status: 'given-back'; readonly at: EpochMs; readonly nextAttemptAt: EpochMs }
  /** The same, and the run waits to be sent by another; from `checkAt` on the watchdog looks after it. */
  | {
      readonly status: 'waiting';
      readonly at: EpochMs;
      readonly checkAt: EpochMs;
      readonly blockedBy?: string | undefined;
    };

/** What is written when a run whose last attempt was lost is closed: by whom, and how long that one has for the dead letter. */
export interface ExhaustedClosing
  extends Pick<Extract<Settlement, { status: 'failed' }>, 'at' | 'error' | 'lastAttempt'> {
  readonly owner: string;
  readonly leaseUntil: EpochMs;
}

/** Who sends the dead letter of a failed run, and until when nobody else does. */
export interface DeadLetterDuty {
  readonly owner: string;
  readonly now: EpochMs;
  readonly leaseUntil: EpochMs;
}

/** The records of runs. Every write is conditional; none is repeated by the store itself. */
export interface RunStore {
  /**
   * Claims the right to execute a run, or says why not. One conditional write, so of any number of
   * simultaneous callers exactly one gets `claimed`.
   *
   * @throws the adapter's error, unchanged, when the table cannot be reached
   */
  claim(request: ClaimRequest): Promise<ClaimResult>;

  /**
   * Writes what became of a claimed attempt. Repeating it after a lost answer is harmless. A run that is left unfinished keeps
   * its input: whoever sends it again may know nothing but its record.
   *
   * @throws LeaseLostError when another delivery has claimed the run since
   */
  settle(claimed: Claimed, settlement: Settlement): Promise<void>;

  /**
   * Closes an exhausted run as failed, unless it has changed since it was looked at.
   *
   * @returns whether it is this call's write that stands
   */
  closeExhausted(record: RunRecord, closing: ExhaustedClosing): Promise<boolean>;

  /**
   * Takes over to send the dead letter of a failed run, whose last owner has died or could not; or moves the end of one's own
   * lease, to let others have it.
   *
   * @returns whether it is this owner's: not while another has it, once it was sent, or when the run has gone on since
   */
  takeDeadLetter(run: RunRecord, duty: DeadLetterDuty): Promise<boolean>;

  /** Notes that the dead letter of a failed run has been sent; nothing when the run has gone on since. */
  noteDeadLetter(run: RunRecord, at: EpochMs): Promise<void>;

  /** One record, read consistently. */
  get(runId: string): Promise<RunRecord | undefined>;
}

/** What those who ask for runs do with their records. */
export interface RunRequests {
  /** Records a run that was asked for, before its message is sent. An existing record is left as it is. */
  createPending(request: RunRequest, details: { now: EpochMs; requestedBy: string }): Promise<void>;
  /** One record, read consistently. */
  get(runId: string): Promise<RunRecord | undefined>;
}

/** What became of a delivery that won its claim and settled it. `Work` carries the settlement and whatever else the work left. */
export interface Settled<Work> {
  readonly kind: 'settled';
  readonly claimed: Claimed;
  readonly work: Work;
}

/**
 * Executes work under a claim: claims, calls `work` if the claim was won, and settles what it returns.
 *
 * `work` must not throw. Errors of the store reach the caller unchanged.
 */
export type Once = <Work extends { readonly settlement: Settlement }>(
  request: ClaimRequest,
  work: (claimed: Claimed) => Promise<Work>,
) => Promise<Settled<Work> | Refusal>;

/** Proof of holding a job's lock. */
export interface LockHold {
  readonly job: string;
  readonly run: string;
  readonly token: number;
}

export interface LockRequest {
  readonly job: string;
  readonly run: string;
  /** The number of the claim under which the run asks. */
  readonly claim: number;
  readonly now: EpochMs;
  readonly until: EpochMs;
  /** How the run stands in a waiting set. */
  readonly entry: string;
  /** A free lock is this run's only if these sets are empty or it is in any set itself. */
  readonly respects: readonly WaitingSet[];
}

/**
 * Where runs wait for their job's lock. `again`: attempts of runs that have begun and lost it. `waiting`: due runs. `asked`:
 * requested runs.
 */
export type WaitingSet = 'again' | 'waiting' | 'asked';

export interface LockHolder extends LockHold {
  readonly claim: number;
  readonly until: EpochMs;
}

/** A lock as it was found, with the entries of those that wait for it, in no order. */
export interface LockView extends Readonly<Record<WaitingSet, readonly string[]>> {
  /** Absent when it is free. Its lease may have lapsed. */
  readonly holder?: LockHolder;
}

export type TakeResult =
  | { readonly kind: 'taken'; readonly hold: LockHold }
  /** It is held, or left to those that wait. */
  | { readonly kind: 'busy'; readonly view: LockView };

/** What became of a conditional write, and the lock as it is after it or as it was refused. */
export interface LockChange {
  readonly applied: boolean;
  readonly view: LockView;
}

/** The locks that keep two runs of one job apart, each with the runs that wait for it. */
export interface LockStore {
  /**
   * Takes the lock if it is takeable: free or lapsed and not left to another that waits, or this run's own already, unless a
   * later claim of the run has taken it: a delivery that froze must not take it from its successor. The token rises every
   * time, and the run leaves all sets.
   */
  take(request: LockRequest): Promise<TakeResult>;
  /** Takes the lock as if it were free from a holder whose run is known to have ended, unless it has changed hands since. */
  takeOver(request: LockRequest, from: LockHold): Promise<TakeResult>;
  /** Joins a set if the lock is not takeable, and there is room or the run is in a set already. @param room default: no bound */
  join(request: LockRequest, set: WaitingSet, room?: number): Promise<LockChange>;
  /** Takes an entry out of every set. */
  leave(job: string, entry: string): Promise<LockView>;
  /** Moves the end of the lease. @returns false when the lock is no longer this hold's */
  extend(hold: LockHold, until: EpochMs): Promise<boolean>;
  /** Frees the lock, if it is still this hold's. */
  release(hold: LockHold): Promise<LockChange>;
  /** Frees the lock of a run that has ended, unless a later claim of the run has taken it. */
  free(holder: Pick<LockHolder, 'job' | 'run' | 'claim'>): Promise<LockChange>;
  /** The lock, read consistently. */
  read(job: string): Promise<LockView>;
}

/** A message for the dead-letter queue, and why it is there. */
export interface DeadLetter {
  /** The message's own body: moved back to the job's queue, it asks for the run again. */
  readonly body: string;
  /** Absent when the message could not be read. */
  readonly run?: string;
  readonly attempts: number;
  readonly error: RunError;
}

/** Reports failures: dead letters and alerts. */
export interface Reporter {
  sendDeadLetter(deadLetter: DeadLetter): Promise<void>;
  alert(message: AlertMessage): Promise<void>;
}
