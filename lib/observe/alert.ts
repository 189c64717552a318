import type { AlertMessage } from '../job/context.ts';
import type { EpochMs } from '../units.ts';

/** What an alert is about. */
export type AlertKind =
  /** A run has failed for good. */
  | 'run-failed'
  /** Due times passed without a run. */
  | 'runs-missed'
  /** EventBridge does not have a schedule as the app declares it. */
  | 'schedule-not-deployed'
  /** A schedule was disabled by hand in EventBridge. */
  | 'schedule-disabled'
  /** Runs wait longer than their retries explain. */
  | 'runs-waiting'
  /** A dead-letter queue is not empty. */
  | 'dead-letters'
  /** A run takes far longer than its job's own history. */
  | 'run-slow'
  /** No confirmed subscription receives the alerts. */
  | 'no-subscriber'
  /** A CloudWatch alarm has changed its state. */
  | 'alarm'
  /** A job has called `context.alert`. */
  | 'job-alert';

/**
 * What programs need of an alert, beside its text. It travels with the SNS message as the attribute `belfry-alert`, in JSON: its
 * field names are public names.
 */
export interface AlertFacts {
  readonly kind: AlertKind;
  /**
   * One cause: all alerts about it have this key in common, from the one that begins it to the one that says it is over, such as
   * `failed:report`.
   */
  readonly story: string;
  /** Whether this alert says that it is over. @default false */
  readonly isOver?: boolean;
  readonly since: EpochMs;
  readonly job?: string;
  readonly run?: string;
  readonly attempts?: number;
  /** The error in one line, with the first frame of the user's code. */
  readonly error?: string;
  /** Console pages, such as the run's log lines. */
  readonly links?: readonly AlertLink[];
  /** The command that shows it. */
  readonly command?: string;
  /**
   * Of a message about several stories: the facts of each, with errors cut. Its own then have the kind, the story and the time of
   * the first, which a webhook is not sent, and nothing of one alone.
   */
  readonly each?: readonly ListedFacts[];
}

/** One of several stories that a message is about. */
export interface ListedFacts extends Omit<AlertFacts, 'each'> {
  /** The subject of its own alert. Absent where the message is one alert. */
  readonly subject?: string;
}

export interface AlertLink {
  readonly label: string;
  readonly url: string;
}

/** An alert: its text for e-mail, and its facts for the channels that lay it out themselves. */
export interface Alert extends AlertMessage {
  readonly facts: AlertFacts;
}
