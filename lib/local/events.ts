import type { LoggedFields, RunLineEvent } from '../observe/events.ts';
import type { RunError } from '../run/record.ts';
import type { EpochMs } from '../units.ts';

/**
 * What happened to a run, as its function logged it. Of a line of the watchdog, `job` is the job of the run that it is
 * about.
 */
export interface RunLine extends Partial<Omit<LoggedFields, 'job' | 'runId' | 'error'>> {
  readonly kind: 'run';
  readonly event: RunLineEvent;
  readonly job: string;
  readonly runId: string;
  readonly error?: RunError;
}

/** Everything that the embedded cloud tells while it runs. The live log, the summary and tests are made of these. */
export type CloudEvent = { readonly at: EpochMs } & (
  | { readonly kind: 'fired'; readonly schedule: string; readonly scheduledTime: EpochMs }
  /** A due time was not delivered, because somebody had asked for that. */
  | { readonly kind: 'dropped'; readonly schedule: string; readonly scheduledTime: EpochMs }
  | { readonly kind: 'undelivered'; readonly schedule: string; readonly reason: string }
  | { readonly kind: 'missed-while-off'; readonly schedule: string; readonly count: number; readonly latest: EpochMs }
  | { readonly kind: 'clock-set-back'; readonly schedule: string; readonly until: EpochMs }
  | RunLine
  /** A line that a job logged itself. */
  | {
      readonly kind: 'job-log';
      readonly job: string;
      readonly level: string;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  /** A line of a function's output that is not JSON. */
  | { readonly kind: 'output'; readonly job: string; readonly line: string }
  /** A job called a service of AWS that the cloud does not have. */
  | { readonly kind: 'not-emulated'; readonly service: string; readonly message: string }
  /** A function's process ended or failed in a way that its code could not report. */
  | {
      readonly kind: 'function-failed';
      readonly job: string;
      readonly error: string;
      /** Where: frames of the stack and what is behind it, a line each; none where the process said nothing. */
      readonly trace: readonly string[];
    }
  | {
      readonly kind: 'alarm';
      readonly alarm: string;
      readonly job: string | null;
      readonly state: string;
      readonly reason: string;
    }
  /** An alarm of the template that is not evaluated here. */
  | { readonly kind: 'alarm-unsupported'; readonly alarm: string; readonly reason: string }
  | { readonly kind: 'alert'; readonly subject: string; readonly message: string }
  /** The app synthesizes, and something in it may surprise. */
  | { readonly kind: 'warning'; readonly text: string }
  /** Something in the app that its user should know and need not mend. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'reloaded'; readonly summary: string }
  | { readonly kind: 'reload-failed'; readonly error: string }
  /** Records on disk that could not be read, and are gone. */
  | { readonly kind: 'records-dropped'; readonly text: string }
  /** A record could not be written, and none is until `store-reopened`. */
  | { readonly kind: 'store-refuses'; readonly reason: string }
  | { readonly kind: 'store-reopened' }
  | { readonly kind: 'resent'; readonly runId: string }
  | { readonly kind: 'not-resent'; readonly runId: string; readonly reason: string }
);

export type CloudObserver = (event: CloudEvent) => void;
