import type { Log } from '../job/context.ts';
import type { RunEvent, RunObserver } from '../run/events.ts';
import type { RunRecord } from '../run/record.ts';
import { type EpochMs, toIso } from '../units.ts';
import { formatMetrics, type MetricValues } from './metrics.ts';

export interface RunLogOptions {
  readonly log: Log;
  /** Takes one line in CloudWatch's embedded metric format. */
  readonly writeMetrics: (line: string) => void;
  /** `<app>-<stage>`, a dimension of every metric. */
  readonly deployment: string;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** How loud an event is, where it is more or less than information. A skip is none: the policy asked for it. */
const LEVELS: Partial<Record<RunEvent['event'], Level>> = {
  'attempt-failed': 'warn',
  'run-failed': 'error',
  'attempt-given-back': 'warn',
  'run-held': 'debug',
  'lease-lost': 'warn',
  'infrastructure-failed': 'error',
};

/**
 * Turns what happens to runs into one structured log line each, and into metrics where there are any.
 * Lines carry ids, times and errors, never an input or a result.
 */
export function createRunLog({ log, writeMetrics, deployment }: RunLogOptions): RunObserver {
  return (event) => {
    log[LEVELS[event.event] ?? 'info'](event.event, eventFields(event));
    const values = metricValues(event);
    if ('run' in event && values !== undefined)
      writeMetrics(formatMetrics(deployment, event.run.job, event.at, values));
  };
}

/** Fields are picked by name, one by one: what nobody thought of does not reach a log. */
const TOLD = ['outcome', 'reason', 'blockedBy', 'calendar', 'step', 'error'] as const;
const INSTANTS = ['until', 'nextAttemptAt'] as const;

function eventFields(event: RunEvent): Record<string, unknown> {
  const given: Partial<Record<string, unknown>> = { ...event };
  const instants = INSTANTS.filter((name) => given[name] !== undefined);
  return {
    event: event.event,
    ...('run' in event ? runFields(event.run) : { runId: event.runId }),
    durationMs: given['duration'],
    ...OUTCOMES[event.event],
    ...Object.fromEntries(TOLD.filter((name) => name in given).map((name) => [name, given[name]])),
    ...Object.fromEntries(instants.map((name) => [name, toIso(given[name] as EpochMs)])),
  };
}

const OUTCOMES: Partial<Record<RunEvent['event'], { readonly outcome: string }>> = {
  'run-completed': { outcome: 'completed' },
  'run-skipped': { outcome: 'skipped' },
};

function runFields(run: RunRecord): Record<string, unknown> {
  const { id: runId, job, schedule, scheduledTime, trigger, attempt, status } = run;
  return {
    job,
    schedule,
    runId,
    scheduledTime: toIso(scheduledTime),
    trigger,
    attempt,
    ...(status === 'running' ? { cause: run.attempts.at(-1)?.cause } : {}),
  };
}

/** `RunDuration` is of the attempt that completed; `StartDelay` of the first attempt of a scheduled run. */
function metricValues(event: RunEvent): MetricValues | undefined {
  switch (event.event) {
    case 'attempt-started': {
      const isFirst = event.run.attempt === 1 && event.run.trigger === 'schedule';
      return isFirst ? { startDelay: Math.max(0, event.at - event.run.scheduledTime) } : undefined;
    }
    case 'run-completed':
      return { runDuration: event.duration };
    case 'run-failed':
      return { runsFailed: 1 };
    case 'run-skipped':
      return { runsSkipped: 1 };
    default:
      return undefined;
  }
}
