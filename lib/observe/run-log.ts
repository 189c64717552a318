import type { Log } from '../job/context.ts';
import { isDue } from '../job/trigger.ts';
import type { RunEvent, RunObserver } from '../run/events.ts';
import type { RunRecord } from '../run/record.ts';
import { epochMs, toIso } from '../units.ts';
import { briefError, type EventRow, FUNCTION_EVENTS, type LoggedError, type LoggedFields, logEvent } from './events.ts';
import { formatMetricLine, type MetricValue, RUN_COUNTS } from './metrics.ts';

export interface RunLogOptions {
  readonly log: Log;
  /** Takes one line in CloudWatch's embedded metric format. */
  readonly writeMetrics: (line: string) => void;
  /** `<app>-<stage>`, a dimension of every metric. */
  readonly deployment: string;
  /** How a line has an error. @default without messages and causes */
  readonly logError?: (error: LoggedError) => LoggedError;
  /** Metrics beside the counts. @default none */
  readonly measure?: Measure | undefined;
}

/** The metrics that follow from the fields of an event's line. */
export type Measure = (event: RunEvent['event'], fields: LoggedDurations) => readonly MetricValue[];

export type LoggedDurations = Partial<Pick<LoggedFields, 'durationMs' | 'startDelayMs'>>;

/**
 * Turns what happens to runs into one structured log line each, and into metrics where there are any.
 * Lines carry ids, times and what an error is called, never an input or a result.
 */
export function createRunLog({
  log,
  writeMetrics,
  deployment,
  logError = briefError,
  measure,
}: RunLogOptions): RunObserver {
  return (event) => {
    const { level, fields, metric }: Row = FUNCTION_EVENTS[event.event];
    const picked = pick(fields, event);
    picked.error &&= logError(picked.error);
    logEvent(log, event.event, level, picked);
    const counted: readonly MetricValue[] = metric ? [[RUN_COUNTS[metric], 1]] : [];
    const values = [...counted, ...(measure?.(event.event, picked) ?? [])];
    if ('run' in event && values.length > 0)
      writeMetrics(formatMetricLine(event.at, { Deployment: deployment, Job: event.run.job }, values));
  };
}

type PropertyOf<Event> = Event extends unknown ? keyof Event : never;
type ValueOf<Event, Name> = Event extends unknown ? (Name extends keyof Event ? Event[Name] : never) : never;

/** The properties of all events as those of one. */
type AnyEvent = { readonly [Name in PropertyOf<RunEvent>]?: ValueOf<RunEvent, Name> };

/** A field that the row of an event of a run names. */
type Field = (typeof FUNCTION_EVENTS)[RunEvent['event']]['fields'][number];

interface Row extends EventRow {
  readonly fields: readonly Field[];
  readonly metric?: keyof typeof RUN_COUNTS;
}

type Fields = { -readonly [Name in Field]?: LoggedFields[Name] };

/** What an event's row names, where the event has it: a value at a time, since this is done for every line. */
function pick(fields: readonly Field[], event: RunEvent): Fields {
  const picked: Fields = {};
  const take = <Name extends Field>(name: Name): void => {
    const value = VALUES[name](event, name);
    if (value !== undefined) picked[name] = value;
  };
  for (const name of fields) take(name);
  return picked;
}

const ofEvent = <Name extends keyof AnyEvent>(event: AnyEvent, name: Name): AnyEvent[Name] => event[name];
const ofRun = <Name extends keyof RunRecord>({ run }: AnyEvent, name: Name): RunRecord[Name] | undefined => run?.[name];

const instantOf = (event: AnyEvent, name: 'nextAttemptAt' | 'until'): string | undefined => {
  const instant = event[name];
  return instant && toIso(instant);
};

const VALUES: { readonly [Name in Field]: (event: AnyEvent, name: Name) => LoggedFields[Name] | undefined } = {
  runId({ run, runId }) {
    return run?.id ?? runId;
  },
  job: ofRun,
  schedule: ofRun,
  scheduledTime({ run }) {
    return run && toIso(run.scheduledTime);
  },
  trigger: ofRun,
  attempt: ofRun,
  cause({ run }) {
    return run?.status === 'running' ? run.attempts.at(-1)?.cause : undefined;
  },
  durationMs({ duration }) {
    return duration;
  },
  startDelayMs({ run, at = epochMs(0) }) {
    const isFirst = run?.attempt === 1 && isDue(run.trigger);
    return isFirst ? Math.max(0, at - run.scheduledTime) : undefined;
  },
  outcome({ event, outcome }) {
    return outcome ?? (event && OUTCOMES[event]);
  },
  reason: ofEvent,
  blockedBy: ofEvent,
  calendar: ofEvent,
  nextAttemptAt: instantOf,
  until: instantOf,
  step: ofEvent,
  error: ofEvent,
  /** Of a message, whose events have a writer of their own. */
  messageId() {
    return undefined;
  },
};

/** Of the events that are an outcome themselves. */
const OUTCOMES: Partial<Record<RunEvent['event'], LoggedFields['outcome']>> = {
  'run-completed': 'completed',
  'run-skipped': 'skipped',
};
