import type { Log } from '../job/context.ts';
import type { AttemptCause, Trigger } from '../job/trigger.ts';
import type { RunEvent } from '../run/events.ts';
import type { AttemptOutcome, RunError, SkipReason } from '../run/record.ts';
import { isWord } from '../run/run-error.ts';
import type { CountMetric } from './metrics.ts';

/** What the watchdog finds out about due times and open runs. */
export type WatchdogEvent =
  | 'run-missed'
  | 'run-came-too-late'
  | 'run-skipped'
  | 'run-resent'
  | 'due-run-sent'
  | 'catch-up-sent'
  | 'after-gap-sent'
  | 'not-sent'
  | 'not-read'
  | 'due-time-not-expected'
  | 'schedule-not-deployed'
  | 'schedule-disabled'
  | 'no-subscriber';

/** What a function reports of a message before there is a run. */
export type MessageEvent = 'message-refused' | 'scheduled-time-guessed';

type EventName = RunEvent['event'] | WatchdogEvent | MessageEvent;

/** Every field of a line that Belfry logs, by its name. Instants are ISO 8601, lengths milliseconds. */
export interface LoggedFields {
  readonly runId: string;
  readonly job: string;
  readonly schedule: string | null;
  readonly scheduledTime: string;
  readonly trigger: Trigger;
  readonly attempt: number;
  readonly cause: AttemptCause;
  readonly durationMs: number;
  /** From the scheduled time to the start of the first attempt; only of runs that a schedule made due. */
  readonly startDelayMs: number;
  /** How the attempt ended; of a due time that was not run, `skipped`. */
  readonly outcome: AttemptOutcome | 'skipped';
  /** Of a skip a `SkipReason`, else a sentence. */
  readonly reason: SkipReason | string;
  readonly blockedBy: string;
  readonly calendar: string;
  readonly nextAttemptAt: string;
  readonly until: string;
  readonly step: string;
  readonly error: LoggedError;
  /** Why a due time was missed or a schedule is not deployed. */
  readonly why: string;
  readonly messageId: string;
}

/**
 * An error in a log line. On AWS, where lines reach places that are not protected as data is, without messages and
 * causes: the record, the dead letter and the alert have them.
 */
export type LoggedError = Pick<RunError, 'name'> & { readonly [Field in keyof RunError]?: RunError[Field] | undefined };

/** The part of an error that any log line may have. A name that is not one word becomes `Error`. */
export const briefError = ({ name, code, at }: LoggedError): LoggedError => ({
  name: isWord(name) ? name : 'Error',
  code,
  at,
});

export type FieldName = keyof LoggedFields;

export interface EventRow {
  /** A skip is no warning: the policy asked for it. */
  readonly level: keyof Log;
  /** Fields are picked by name: what is not listed does not reach a log. */
  readonly fields: readonly FieldName[];
  /** The metric that it is counted in. */
  readonly metric?: CountMetric;
  /** Whether people are sent an alert about it. */
  readonly isAlerted?: true;
}

const RUN = ['runId', 'job', 'schedule', 'scheduledTime', 'trigger', 'attempt', 'cause'] as const;

const SKIPPED = {
  level: 'info',
  fields: [...RUN, 'outcome', 'reason', 'blockedBy', 'calendar'],
  metric: 'runsSkipped',
} as const;

/**
 * What functions log: level, fields and metric of each event. The writer, the reader of log lines, the live log and the
 * texts of alerts take their types from the rows: an event that is added to its union asks for its row, and a row for its
 * text.
 */
export const FUNCTION_EVENTS = {
  'attempt-started': { level: 'info', fields: [...RUN, 'startDelayMs'] },
  'run-completed': { level: 'info', fields: [...RUN, 'durationMs', 'outcome'] },
  'attempt-failed': { level: 'warn', fields: [...RUN, 'durationMs', 'outcome', 'error', 'nextAttemptAt'] },
  'run-failed': {
    level: 'error',
    fields: [...RUN, 'durationMs', 'outcome', 'error'],
    metric: 'runsFailed',
    isAlerted: true,
  },
  'run-skipped': SKIPPED,
  'attempt-given-back': { level: 'warn', fields: [...RUN, 'error', 'nextAttemptAt'] },
  'run-waiting': { level: 'info', fields: [...RUN, 'blockedBy'] },
  'duplicate-acknowledged': { level: 'info', fields: RUN },
  'run-held': { level: 'debug', fields: ['runId', 'until'] },
  'lease-lost': { level: 'warn', fields: ['runId'] },
  'infrastructure-failed': { level: 'error', fields: ['runId', 'messageId', 'step', 'error'] },
} as const satisfies Readonly<Record<RunEvent['event'], EventRow>>;

/** What functions log of a message before there is a run. Their lines are written without the rows, which no bundle has. */
export const MESSAGE_EVENTS = {
  'message-refused': { level: 'error', fields: ['messageId', 'error'] },
  'scheduled-time-guessed': { level: 'warn', fields: ['reason'] },
} as const satisfies Readonly<Record<MessageEvent, EventRow>>;

// Without a spread or an access, which a bundler takes for effects: only the watchdog's function has these rows.
const MISSED = ['runId', 'job', 'schedule', 'scheduledTime', 'why'] as const;
const RESENT = ['runId', 'job', 'reason'] as const;
const SENT = ['runId', 'job'] as const;

/** What the watchdog logs beside that. The run id is of the run that it is about, or else of its own. */
export const WATCHDOG_EVENTS = {
  'run-missed': { level: 'error', fields: MISSED, metric: 'runsMissed', isAlerted: true },
  'run-came-too-late': { level: 'error', fields: MISSED, metric: 'runsMissed', isAlerted: true },
  'run-skipped': SKIPPED,
  'due-time-not-expected': { level: 'info', fields: ['runId', 'job', 'schedule', 'scheduledTime'] },
  'run-resent': { level: 'info', fields: RESENT },
  'not-sent': { level: 'info', fields: RESENT },
  'not-read': { level: 'warn', fields: ['runId', 'reason'] },
  'due-run-sent': { level: 'info', fields: SENT },
  'catch-up-sent': { level: 'info', fields: SENT },
  'after-gap-sent': { level: 'info', fields: SENT },
  'schedule-not-deployed': { level: 'info', fields: ['runId', 'job', 'schedule', 'why'], isAlerted: true },
  'schedule-disabled': { level: 'warn', fields: ['runId', 'job', 'schedule', 'why'], isAlerted: true },
  // No alert: it would reach no one.
  'no-subscriber': { level: 'warn', fields: ['runId', 'reason'] },
} as const satisfies Readonly<Record<WatchdogEvent, EventRow>>;

/** The one table of all that Belfry logs. */
export const EVENTS: Rows = /* @__PURE__ */ Object.assign({}, FUNCTION_EVENTS, MESSAGE_EVENTS, WATCHDOG_EVENTS);

type Rows = typeof FUNCTION_EVENTS & typeof MESSAGE_EVENTS & typeof WATCHDOG_EVENTS;
type FieldOf<Event extends EventName> = Rows[Event]['fields'][number];

/** What a line of this event carries. */
export type FieldsOf<Event extends EventName> = Partial<Pick<LoggedFields, FieldOf<Event>>>;

type EventWhere<Condition> = {
  [Event in EventName]: Rows[Event] extends Condition ? Event : never;
}[EventName];

/** Events of which people are sent an alert. */
export type AlertedEvent = EventWhere<{ readonly isAlerted: true }>;

/** Events about one run: those that carry its id. */
export type RunLineEvent = {
  [Event in EventName]: 'runId' extends FieldOf<Event> ? Event : never;
}[EventName];

/** Writes one line. @param level usually that of the event's row */
export function logEvent<Event extends EventName>(
  log: Log,
  event: Event,
  level: keyof Log,
  fields: FieldsOf<Event>,
): void {
  log[level](event, { event, ...fields });
}
