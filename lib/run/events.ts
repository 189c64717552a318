import type { EpochMs, Milliseconds } from '../units.ts';
import type { AttemptOutcome, RunError, RunRecord, Skip } from './record.ts';

interface OfRun {
  readonly run: RunRecord;
  readonly at: EpochMs;
}

/** Everything that can be said about a run while it is executed: what logs and metrics are made of. */
export type RunEvent =
  | (OfRun & { readonly event: 'attempt-started' })
  | (OfRun & { readonly event: 'run-completed'; readonly duration: Milliseconds })
  | (OfRun & {
      readonly event: 'attempt-failed';
      readonly duration: Milliseconds;
      readonly outcome: AttemptOutcome;
      readonly error: RunError;
      readonly nextAttemptAt: EpochMs;
    })
  | (OfRun & {
      readonly event: 'run-failed';
      /** Absent when its last attempt was lost: nobody knows when that ended. */
      readonly duration?: Milliseconds | undefined;
      readonly outcome: AttemptOutcome;
      readonly error: RunError;
    })
  | (OfRun & Skip & { readonly event: 'run-skipped' })
  /** The attempt never reached the job and does not count. */
  | (OfRun & {
      readonly event: 'attempt-given-back';
      readonly nextAttemptAt: EpochMs;
      readonly error?: RunError | undefined;
    })
  /** It is in line for the job's lock: the run that frees the lock sends it. */
  | (OfRun & { readonly event: 'run-waiting'; readonly blockedBy?: string | undefined })
  /** The message had nothing left to do: a duplicate, or a late copy. */
  | (OfRun & { readonly event: 'duplicate-acknowledged' })
  | { readonly event: 'run-held'; readonly runId: string; readonly at: EpochMs; readonly until: EpochMs }
  | { readonly event: 'lease-lost'; readonly runId: string; readonly at: EpochMs }
  /** Something Belfry depends on failed. `step` says what it was doing. */
  | {
      readonly event: 'infrastructure-failed';
      readonly runId: string;
      readonly at: EpochMs;
      readonly step: string;
      readonly error: RunError;
    };

/** Told of everything that happens to a run. Must not throw. */
export type RunObserver = (event: RunEvent) => void;
