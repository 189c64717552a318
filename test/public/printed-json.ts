import { lookAhead } from '../../lib/forecast/look-ahead.ts';
import { nextJson } from '../../lib/forecast/next-json.ts';
import { simulate } from '../../lib/forecast/simulate.ts';
import { summarize } from '../../lib/local/summary.ts';
import type { RunRecord } from '../../lib/run/record.ts';
import { DAY, epochMs, milliseconds } from '../../lib/units.ts';
import { manifestOf } from '../forecast/manifest.ts';
import { DUE } from '../support/requests.ts';
import { BRIEF_ERROR, FULL_ERROR } from './full-error.ts';
import { shapeOf } from './shape.ts';

/** A record with every field: what `run --json` and `show --json` print. The compiler asks for each new one. */
const RECORD: Required<RunRecord> = {
  id: 'report/2027-03-02T02:00Z/nightly',
  job: 'report',
  schedule: 'nightly',
  scheduledTime: DUE,
  trigger: 'schedule',
  status: 'failed',
  reason: 'overlap',
  blockedBy: 'another',
  calendar: 'holidays',
  owner: 'owner',
  claim: 1,
  leaseUntil: DUE,
  attempt: 1,
  round: 1,
  lastAttempt: 3,
  attempts: [
    {
      n: 1,
      cause: 'first',
      startedAt: DUE,
      limit: DUE,
      endedAt: DUE,
      outcome: 'failed',
      error: BRIEF_ERROR,
      logStream: 'stream',
      requestId: 'request',
    },
  ],
  nextAttemptAt: DUE,
  createdAt: DUE,
  startedAt: DUE,
  finishedAt: DUE,
  missedAt: DUE,
  result: { rows: 12 },
  error: FULL_ERROR,
  deadLetterSentAt: DUE,
  requestedBy: 'somebody',
  input: { region: 'eu' },
};

/** Two overlapping schedules of one job, through the change to summer time. */
const MANIFEST = manifestOf({
  jobs: { report: ['skip', 14] },
  schedules: {
    nightly: {
      job: 'report',
      cron: '30 2 * * *',
      timezone: 'Europe/Berlin',
      policy: { dst: 'runAfterGap', except: [{ name: 'christmas', days: ['2027-03-27'] }] },
    },
    often: { job: 'report', cron: '*/10 * * * *' },
  },
});

/** What the commands print with `--json`, by their shapes. */
export async function printedJson(): Promise<object> {
  const from = epochMs(Date.parse('2027-03-26T00:00:00Z'));
  const period = { from, to: epochMs(from + 4 * DAY) };
  const [nightly] = MANIFEST.schedules;
  if (nightly === undefined) throw new Error('the manifest has no schedule');
  const next = nextJson(nightly, lookAhead(nightly, from, 5), { version: '2025c', warning: 'too old' });
  const runLengths = new Map([['report', { length: milliseconds(900_000), basis: 'p95', completedRuns: 7 } as const]]);
  const simulation = simulate({
    manifest: MANIFEST,
    period,
    timezone: 'UTC',
    includesDisabled: false,
    runLengths,
  });
  const summary = await summarize({
    startedAt: DUE,
    endedAt: DUE,
    jobs: ['report'],
    runs: (async function* () {})(),
    alarms: [{ name: 'shop-dev-report-slow', job: 'report', state: 'OK', since: 'an instant' }],
    errors: [{ run: RECORD.id, error: 'Error: no connection' }],
  });
  return {
    'run, show': shapeOf(RECORD),
    next: shapeOf({ ...next, dueTimes: [{ ...next.dueTimes[0], calendar: 'holidays' }] }),
    simulate: shapeOf(simulation),
    start: shapeOf(summary),
  };
}
