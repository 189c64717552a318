import type { Log } from '../../lib/job/context.ts';
import { WATCHDOG_EVENTS } from '../../lib/observe/events.ts';
import { createRunLog } from '../../lib/observe/run-log.ts';
import type { RunEvent } from '../../lib/run/events.ts';
import { milliseconds } from '../../lib/units.ts';
import { DUE } from '../support/requests.ts';
import { startedRun } from '../support/started-run.ts';
import { FULL_ERROR } from './full-error.ts';
import { shapeOf } from './shape.ts';

const RUN = startedRun();
const OF_RUN = { run: RUN, at: DUE };
const FAILURE = { duration: milliseconds(58), outcome: 'failed', error: FULL_ERROR } as const;

/** One of each, with everything that it may carry. */
const RUN_EVENTS: { readonly [Name in RunEvent['event']]: Extract<RunEvent, { event: Name }> } = {
  'attempt-started': { event: 'attempt-started', ...OF_RUN },
  'run-completed': { event: 'run-completed', ...OF_RUN, duration: milliseconds(58) },
  'attempt-failed': { event: 'attempt-failed', ...OF_RUN, ...FAILURE, nextAttemptAt: DUE },
  'run-failed': { event: 'run-failed', ...OF_RUN, ...FAILURE },
  'run-skipped': { event: 'run-skipped', ...OF_RUN, reason: 'overlap', blockedBy: 'another', calendar: 'holidays' },
  'attempt-given-back': { event: 'attempt-given-back', ...OF_RUN, nextAttemptAt: DUE, error: FULL_ERROR },
  'run-waiting': { event: 'run-waiting', ...OF_RUN, blockedBy: 'another' },
  'duplicate-acknowledged': { event: 'duplicate-acknowledged', ...OF_RUN },
  'run-held': { event: 'run-held', runId: RUN.id, at: DUE, until: DUE },
  'lease-lost': { event: 'lease-lost', runId: RUN.id, at: DUE },
  'infrastructure-failed': {
    event: 'infrastructure-failed',
    runId: RUN.id,
    at: DUE,
    step: 'execute',
    error: FULL_ERROR,
  },
};

/** Every event of a run as it is logged: its level, its fields and its metrics. */
export function loggedEvents(): object {
  return {
    runs: Object.fromEntries(Object.entries(RUN_EVENTS).map(([name, event]) => [name, logged(event)])),
    watchdog: WATCHDOG_EVENTS,
  };
}

function logged(event: RunEvent): object {
  let line: object = {};
  let metrics: object = {};
  const at = (level: string) => (message: string, fields?: object) => {
    line = { level, message, fields: shapeOf(fields) };
  };
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  createRunLog({ log, deployment: 'shop-dev', writeMetrics: (text) => (metrics = shapeOf(JSON.parse(text))) })(event);
  return { ...line, metrics };
}
