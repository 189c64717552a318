import type { Trigger } from './trigger.ts';

/** Writes structured log lines that carry the run's id, job and attempt. Never put secrets or personal data in. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** What a job may know of the run it is part of. */
export interface RunInfo {
  /** The same in every attempt, redrive and catch-up of this run: the key for effects that must happen once. */
  readonly id: string;
  readonly job: string;
  /** The schedule's id; `null` for a manual or enqueued run. */
  readonly schedule: string | null;
  /** When the run was due, a whole minute; for a manual or enqueued run, when it was asked for. Not the time anything started. */
  readonly scheduledTime: Date;
  readonly trigger: Trigger;
  /** From 1. Counted over all rounds: a redriven run goes on counting. */
  readonly attempt: number;
  /** The number of the last attempt that this round allows. */
  readonly lastAttempt: number;
  /**
   * Rises with each taking of the job's lock (with each claim, for jobs that allow overlap). Hand it to
   * whatever the job writes to, and let that refuse a smaller token than it has seen.
   */
  readonly fencingToken: number;
}

/** A text for people, sent to the deployment's alert topic. */
export interface AlertMessage {
  /** One line, cut to the 99 characters that SNS takes. */
  readonly subject: string;
  readonly body: string;
}

/** The second argument of a job's `run`. */
export interface JobContext {
  readonly run: RunInfo;
  readonly log: Log;
  /** Aborts at the job's timeout. Pass it to `fetch` and the like: 10 seconds later the process is ended. */
  readonly signal: AbortSignal;
  /**
   * The value of a secret that `infra/access.ts` granted under this name, fetched once a process and kept.
   *
   * @throws SecretNotGrantedError when access.ts grants no secret of that name
   */
  secret(name: string): Promise<string>;
  /**
   * The absolute path of a file or folder that the job's `assets` name, or that is in one of these folders.
   *
   * @throws Error for any other, on AWS as in `runJob`
   */
  asset(path: string): string;
  /** Sends a message to the deployment's alert topic. */
  alert(message: AlertMessage): Promise<void>;
}
