import type { Log } from '../job/context.ts';
import { isDue } from '../job/trigger.ts';
import type { RunEvent, RunObserver } from '../run/events.ts';
import type { RunRecord } from '../run/record.ts';
import { epochMs, toIso } from '../units.ts';
import { type EventRow, type FieldName, FUNCTION_EVENTS, type LoggedFields, logEvent } from './events.ts';
import { formatMetrics, type Metric } from './metrics.ts';

export interface RunLogOptions {
  readonly log: Log;
  /** Takes one line in CloudWatch's embedded metric format. */
  readonly writeMetrics: (line: string) => void;
  /** `<app>-<stage>`, a dimension of every metric. */
  readonly deployment: string;
}

/**
 * Turns what happens to runs into one structured log line each, and into metrics where there are any.
 * Lines carry ids, times and errors, never an input or a result.
 */
export function createRunLog({ log, writeMetrics, deployment }: RunLogOptions): RunObserver {
  return (event) => {
    const { level, fields, metric }: EventRow = FUNCTION_EVENTS[event.event];
    const values = valuesOf(event);
    logEvent(log, event.event, level, Object.fromEntries(fields.map((name) => [name, values[name]])));
    const value = metric === undefined ? undefined : MEASURES[metric](event);
    if ('run' in event && metric !== undefined && value !== undefined)
      writeMetrics(formatMetrics(deployment, event.run.job, event.at, { [metric]: value }));
  };
}

type PropertyOf<Event> = Event extends unknown ? keyof Event : never;
type ValueOf<Event, Name> = Event extends unknown ? (Name extends keyof Event ? Event[Name] : never) : never;

/** The properties of all events as those of one. */
type AnyEvent = { readonly [Name in PropertyOf<RunEvent>]?: ValueOf<RunEvent, Name> };

/** What may be logged of an event; its row picks from it. */
function valuesOf(event: RunEvent): Partial<Record<FieldName, unknown>> {
  const { run, runId, duration, outcome, until, nextAttemptAt, ...named }: AnyEvent = event;
  return {
    ...(run === undefined ? { runId } : runFields(run)),
    ...named,
    durationMs: duration,
    outcome: outcome ?? OUTCOMES[event.event],
    until: until && toIso(until),
    nextAttemptAt: nextAttemptAt && toIso(nextAttemptAt),
  };
}

/** Of the events that are an outcome themselves. */
const OUTCOMES: Partial<Record<RunEvent['event'], LoggedFields['outcome']>> = {
  'run-completed': 'completed',
  'run-skipped': 'skipped',
};

function runFields({ id: runId, job, schedule, scheduledTime, trigger, attempt, attempts, status }: RunRecord) {
  const cause = status === 'running' ? attempts.at(-1)?.cause : undefined;
  return { runId, job, schedule, scheduledTime: toIso(scheduledTime), trigger, attempt, cause };
}

const once = (): number => 1;

/** What is written of an event to the metric of its row. */
const MEASURES: Readonly<Record<Metric, (event: AnyEvent) => number | undefined>> = {
  /** Of the attempt that completed. */
  runDuration: ({ duration }) => duration,
  /** Of the first attempt of a scheduled run. */
  startDelay({ run, at = epochMs(0) }) {
    const isFirst = run?.attempt === 1 && isDue(run.trigger);
    return isFirst ? Math.max(0, at - run.scheduledTime) : undefined;
  },
  runsFailed: once,
  runsSkipped: once,
  runsMissed: once,
};
