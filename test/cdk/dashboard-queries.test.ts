import { describe, expect, test } from 'vitest';
import {
  durations,
  durationsByJob,
  lastFailures,
  lastMissed,
  overJobs,
  runsByJob,
  runsByOutcome,
  startDelays,
} from '../../lib/cdk/dashboard/queries.ts';
import type { Log } from '../../lib/job/context.ts';
import { type FieldsOf, logEvent, WATCHDOG_EVENTS } from '../../lib/observe/events.ts';
import { createRunLog } from '../../lib/observe/run-log.ts';
import type { RunEvent } from '../../lib/run/events.ts';
import { type EpochMs, milliseconds, plus, toIso } from '../../lib/units.ts';
import { DUE, minutes } from '../support/requests.ts';
import { startedRun } from '../support/started-run.ts';
import { type LogLine, runQuery } from './insights.ts';

/** The lines of a day, as the functions write them: each under its log group. */
function recordLines() {
  const lines: Record<string, LogLine[]> = {};
  const logAt = (group: string, at: EpochMs): Log => {
    const write = (message: string, fields: object = {}) => {
      lines[group] = [...(lines[group] ?? []), { ...flat(fields), message, '@timestamp': at }];
    };
    return { debug: write, info: write, warn: write, error: write };
  };
  return {
    lines,
    /** What a job's own code logs. */
    log: (group: string, message: string, fields: object) => logAt(group, DUE).info(message, { ...fields }),
    run: (event: RunEvent) => {
      const job = 'run' in event ? event.run.job : '';
      const log = logAt(`/${job}`, event.at);
      createRunLog({ log, writeMetrics: () => {}, deployment: 'shop-dev' })(event);
    },
    watchdog: (event: 'run-missed' | 'run-came-too-late', fields: FieldsOf<'run-missed'>) =>
      logEvent(logAt('/watchdog', DUE), event, WATCHDOG_EVENTS[event].level, fields),
  };
}

const flat = (fields: object, prefix = ''): LogLine =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      if (value === undefined || value === null) return [];
      return typeof value === 'object'
        ? Object.entries(flat(value, `${prefix}${name}.`))
        : [[`${prefix}${name}`, value]];
    }),
  );

/** Two hours of two jobs, with a failure, a skip, a missed due time, a retry and the watchdog's own runs. */
function setup() {
  const day = recordLines();
  const ERROR = { name: 'TypeError', message: 'no connection', code: 'ECONNREFUSED', at: 'functions/report.ts:3:9' };
  const of = (job: string, hour: number, attempt = 1) => {
    const scheduledTime = plus(DUE, minutes(60 * hour));
    return startedRun({ id: `${job}/${toIso(scheduledTime)}/nightly`, job, scheduledTime, attempt });
  };
  const start = (job: string, hour: number, delay: number, attempt = 1) => {
    const run = of(job, hour, attempt);
    day.run({ event: 'attempt-started', run, at: plus(run.scheduledTime, milliseconds(delay)) });
    return { run, at: plus(run.scheduledTime, milliseconds(delay + 1000)) };
  };
  for (const [hour, delay, duration] of [
    [0, 1_000, 4_000],
    [0, 3_000, 8_000],
    [1, 2_000, 60_000],
  ] as const) {
    day.run({ event: 'run-completed', ...start('report', hour, delay), duration: milliseconds(duration) });
  }
  const failure = { duration: milliseconds(500), outcome: 'failed', error: ERROR } as const;
  day.run({ event: 'attempt-failed', ...start('invoice', 1, 5_000), ...failure, nextAttemptAt: DUE });
  day.run({ event: 'run-failed', ...start('invoice', 1, 900_000, 2), ...failure });
  day.run({ event: 'run-skipped', ...start('invoice', 0, 1_000), reason: 'overlap', blockedBy: 'another' });
  const missed = { job: 'report', schedule: 'nightly', scheduledTime: toIso(DUE), why: 'its schedule is disabled' };
  day.watchdog('run-missed', { ...missed, runId: 'report/2027-03-02T01:00Z/nightly' });
  day.run({ event: 'run-completed', ...start('watchdog', 0, 100), duration: milliseconds(90) });
  day.log('/report', 'a customer is gone', { event: 'run-failed', job: 'report' });
  const ask = (query: string) => runQuery(overJobs(query, ['/invoice', '/report', '/watchdog'], JOBS), day.lines);
  return { ask };
}

const JOBS = ['invoice', 'report'];
const byTime = (rows: readonly object[]) =>
  [...rows].sort((one, other) => Number(Object.values(one)[0]) - Number(Object.values(other)[0]));

describe('of recorded lines', () => {
  const { ask } = setup();

  test('runs are counted once by what became of them, in the hour in which it is reported', () => {
    expect(byTime(ask(runsByOutcome()))).toEqual([
      { 'bin(1h)': DUE, completed: 2, failed: 0, skipped: 1, missed: 1 },
      { 'bin(1h)': plus(DUE, minutes(60)), completed: 1, failed: 1, skipped: 0, missed: 0 },
    ]);
  });

  test('runs are counted by job, those with most failures first', () => {
    expect(ask(runsByJob())).toEqual([
      { job: 'invoice', completed: 0, failed: 1, skipped: 1, missed: 0 },
      { job: 'report', completed: 3, failed: 0, skipped: 0, missed: 1 },
    ]);
  });

  test('durations are those of completed runs, in seconds', () => {
    expect(byTime(ask(durations()))).toEqual([
      { 'bin(1h)': DUE, median: 4, p95: 8 },
      { 'bin(1h)': plus(DUE, minutes(60)), median: 60, p95: 60 },
    ]);
  });

  test('start delays are those of first attempts, in seconds', () => {
    expect(byTime(ask(startDelays()))).toEqual([
      { 'bin(1h)': DUE, median: 1, p95: 3, longest: 3 },
      // Not of the second attempt, 15 minutes later.
      { 'bin(1h)': plus(DUE, minutes(60)), median: 2, p95: 5, longest: 5 },
    ]);
  });

  test('durations and start delays are listed by job, the slowest first', () => {
    expect(ask(durationsByJob())).toEqual([
      { job: 'report', median: 8, p95: 60, longest: 60, startDelayP95: 3 },
      { job: 'invoice', median: undefined, p95: undefined, longest: undefined, startDelayP95: 5 },
    ]);
  });

  test('the last failures are listed with their errors, and the last missed due times with their reasons', () => {
    expect(ask(lastFailures())).toMatchObject([
      {
        job: 'invoice',
        runId: 'invoice/2027-03-02T03:00:00.000Z/nightly',
        attempt: 2,
        'error.name': 'TypeError',
        'error.code': 'ECONNREFUSED',
        'error.at': 'functions/report.ts:3:9',
      },
    ]);
    expect(ask(lastMissed())).toMatchObject([{ schedule: 'nightly', why: 'its schedule is disabled' }]);
  });
});
