import type { AttemptCause, Trigger } from '../job/trigger.ts';
import type { EpochMs } from '../units.ts';

/**
 * What became of a run so far.
 *
 * `pending → running → completed | failed | cancelled`, with `retrying` between attempts; `skipped`
 * and `missed` are for due times that did not run.
 */
export type RunStatus =
  | 'pending'
  | 'running'
  | 'retrying'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'skipped'
  | 'missed';

const HAS_ENDED: Readonly<Record<RunStatus, boolean>> = {
  pending: false,
  running: false,
  retrying: false,
  completed: true,
  failed: true,
  cancelled: true,
  skipped: true,
  missed: true,
};

export const RUN_STATUSES = /* @__PURE__ */ Object.keys(HAS_ENDED) as readonly RunStatus[];

/** Whether a run in this status does not go on by itself. */
export const hasEnded = (status: RunStatus): boolean => HAS_ENDED[status];

/** Why a due time did not run. The list is closed: alarms, history and docs know every one. */
export type SkipReason = 'overlap' | 'buffer-full' | 'replaced' | 'too-late' | 'paused' | 'calendar' | 'skip-next';

/** That a due time is not run, and why. */
export interface Skip extends Pick<RunRecord, 'blockedBy' | 'calendar'> {
  readonly reason: SkipReason;
}

/**
 * How an attempt ended. `timed-out`: it outlived the job's timeout and said so. `lost`: its process
 * ended without a word (killed, out of memory, its event loop blocked until Lambda gave up).
 */
export type AttemptOutcome = 'completed' | 'failed' | 'timed-out' | 'lost';

/** What an error says of itself: texts, capped. */
export interface ErrorFacts {
  readonly name: string;
  /** May have several lines, and may be empty. */
  readonly message: string;
  /** Its `code`, such as `ECONNREFUSED`. */
  readonly code?: string;
}

/** One of the errors behind an error: a `cause`, or one of an `AggregateError`'s `errors`. */
export interface ErrorCause extends ErrorFacts {
  /** 1: behind the error itself; 2: behind the nearest cause before it in the list that has depth 1; and so on. */
  readonly depth: number;
}

/** An error as it is kept and shown. Texts only, all of them capped: {@link toRunError}. */
export interface RunError extends ErrorFacts {
  /**
   * The first place of the user's code in the stack, else in those of the causes: `functions/report.ts:12:9`. Its path is
   * from the project. Absent where no stack has any.
   */
  readonly at?: string;
  /** The frames of the stack, innermost first, a line each, without the message. */
  readonly stack?: string;
  /** What is behind it, outermost first. */
  readonly causes?: readonly ErrorCause[];
}

export interface Attempt {
  /** From 1. */
  readonly n: number;
  readonly cause: AttemptCause;
  readonly startedAt: EpochMs;
  /** Absent while it runs and when it was lost: nobody knows when its process ended. */
  readonly endedAt?: EpochMs;
  /** Until when it may go on: by then its process has ended. Only while it runs and when it was lost. */
  readonly limit?: EpochMs;
  /** Absent while it runs. */
  readonly outcome?: AttemptOutcome;
  /** Without stack and causes, which the record has of the last one. */
  readonly error?: Omit<RunError, 'stack' | 'causes'>;
  readonly logStream: string;
  readonly requestId: string;
}

/** One run, as the table has it. */
export interface RunRecord {
  readonly id: string;
  readonly job: string;
  /** `null` for a manual or enqueued run. */
  readonly schedule: string | null;
  readonly scheduledTime: EpochMs;
  readonly trigger: Trigger;
  readonly status: RunStatus;
  readonly reason?: SkipReason;
  /** The run that held the lock when this one was skipped. */
  readonly blockedBy?: string;
  /** The calendar for which this one was skipped. */
  readonly calendar?: string;
  /** The delivery that made the last claim; of a failed run, the one that sends its dead letter. */
  readonly owner?: string;
  /** How many claims there have been: the fencing token of jobs that allow overlap. */
  readonly claim: number;
  /** Until when the owner has the run; of a failed run, until when sending the dead letter is its affair alone. */
  readonly leaseUntil?: EpochMs;
  /** How many attempts have been started. */
  readonly attempt: number;
  /** How many rounds of attempts have followed the first: a dead letter that is moved back opens one. @default 0 */
  readonly round?: number;
  /** The number of the last attempt that this round allows; of a failed run, that the next round would. */
  readonly lastAttempt: number;
  /** Oldest first, the last 20, the running one included. */
  readonly attempts: readonly Attempt[];
  /** Not before this instant may the next attempt start. */
  readonly nextAttemptAt?: EpochMs;
  readonly createdAt: EpochMs;
  readonly startedAt?: EpochMs;
  readonly finishedAt?: EpochMs;
  /** When the watchdog found the due time without a record; stays when a run comes of it after all. */
  readonly missedAt?: EpochMs;
  /** What `run` returned, as JSON, capped. */
  readonly result?: unknown;
  /** The error of the last failed attempt. */
  readonly error?: RunError;
  /** When the dead letter of the failed run was sent. Absent: it is still owed. */
  readonly deadLetterSentAt?: EpochMs;
  readonly requestedBy?: string;
  /** Kept for manual and enqueued runs from the start, for scheduled ones once an attempt has left them unfinished. */
  readonly input?: unknown;
}

/** A failed run whose dead letter is not known to be sent. */
export type OwingRun = RunRecord & Required<Pick<RunRecord, 'error'>>;

export const owesDeadLetter = (run: RunRecord): run is OwingRun =>
  run.status === 'failed' && run.error !== undefined && run.deadLetterSentAt === undefined;

/** What a record has that nothing has claimed yet. */
export const EMPTY_RECORD = {
  claim: 0,
  attempt: 0,
  lastAttempt: 0,
  attempts: [],
} as const satisfies Partial<RunRecord>;

/** How many attempts a record keeps. */
export const ATTEMPTS_KEPT = 20;
