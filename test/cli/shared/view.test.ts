import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { formatEvent } from '../../../lib/cli/shared/view/live-log.ts';
import { formatRecord } from '../../../lib/cli/shared/view/record-view.ts';
import { formatApp, formatSchedules } from '../../../lib/cli/shared/view/schedule-table.ts';
import { distance, localMinute, shortLength } from '../../../lib/cli/shared/view/times.ts';
import type { CloudEvent } from '../../../lib/local/events.ts';
import { NoPassError } from '../../../lib/run/errors.ts';
import { type Attempt, EMPTY_RECORD, type RunRecord } from '../../../lib/run/record.ts';
import { epochMs, plus } from '../../../lib/units.ts';
import { DUE, minutes, secondsOf } from '../../support/requests.ts';

const plain = pc.createColors(false);
const run = { kind: 'run', at: DUE, job: 'report', runId: 'report/2027-03-02T02:00Z/nightly', attempt: 2 } as const;

/** A line of the live log, without the time of day, which is this machine's. */
const line = (event: CloudEvent): string | undefined => formatEvent(event, plain)?.slice('00:00:00  '.length);

describe('the live log', () => {
  test.each<[CloudEvent, string]>([
    [{ kind: 'fired', at: DUE, schedule: 'nightly', scheduledTime: DUE }, 'fired       nightly'],
    [
      { ...run, event: 'attempt-started' },
      'started     report                 attempt 2  report/2027-03-02T02:00Z/nightly',
    ],
    [{ ...run, event: 'run-completed', durationMs: 1234 }, 'completed   report                 1.2 s'],
    [
      {
        ...run,
        event: 'attempt-failed',
        outcome: 'failed',
        durationMs: 12,
        error: { name: 'Error', message: 'no' },
        nextAttemptAt: '2027-03-02T02:00:30.000Z',
      },
      'failed      report                 attempt 2 after 12 ms: Error: no; next in 30.0 s',
    ],
    [
      { ...run, event: 'run-failed', error: { name: 'Error', message: 'no' } },
      'FAILED      report                 for good, attempt 2: Error: no',
    ],
    [
      { ...run, event: 'run-skipped', reason: 'overlap', blockedBy: 'report/2027-03-02T01:00Z/nightly' },
      'skipped     report                 overlap: blocked by report/2027-03-02T01:00Z/nightly',
    ],
    [{ kind: 'dropped', at: DUE, schedule: 'nightly', scheduledTime: DUE }, 'dropped     nightly                due '],
    [
      { ...run, event: 'run-resent', reason: 'nothing has come of its message' },
      'sent again  report                 report/2027-03-02T02:00Z/nightly: nothing has come of its message',
    ],
    [
      { ...run, event: 'not-sent', reason: 'its job is not in the app any more' },
      'not sent    report                 report/2027-03-02T02:00Z/nightly: its job is not in the app any more',
    ],
    [
      { ...run, event: 'catch-up-sent' },
      'catching up report                 report/2027-03-02T02:00Z/nightly is sent for the due time that was missed',
    ],
    [
      { ...run, event: 'after-gap-sent' },
      'after gap   report                 report/2027-03-02T02:00Z/nightly is sent for the due time that the clocks',
    ],
    [
      { ...run, event: 'schedule-not-deployed', why: 'EventBridge has no schedule nightly' },
      'undeployed  report                 a schedule is not in EventBridge as it should be: EventBridge has no schedule',
    ],
    [
      { ...run, event: 'infrastructure-failed', step: 'ping', error: { name: 'Error', message: 'no' } },
      'trouble     report                 report/2027-03-02T02:00Z/nightly: the watcher was not told: Error: no; the run is completed all the same',
    ],
    [
      { ...run, event: 'infrastructure-failed', step: 'execute', error: { name: 'Error', message: 'no' } },
      'trouble     report                 report/2027-03-02T02:00Z/nightly: execute: Error: no; it is tried again',
    ],
    [
      { kind: 'alarm', at: DUE, alarm: 'app-dev-runs-failed', job: 'report', state: 'ALARM', reason: 'crossed' },
      'ALARM       app-dev-runs-failed    ALARM of report: crossed',
    ],
    [
      { kind: 'alarm', at: DUE, alarm: 'app-dev-undelivered', job: null, state: 'OK', reason: 'not crossed' },
      'alarm       app-dev-undelivered    OK: not crossed',
    ],
    [
      { kind: 'function-failed', at: DUE, job: 'report', error: 'Task timed out after 80.00 seconds', trace: [] },
      'process     report                 Task timed out after 80.00 seconds',
    ],
    [
      { kind: 'not-resent', at: DUE, runId: run.runId, reason: 'queue "report" refuses the message' },
      'not resumed report/2027-03-02T02:00Z/nightly queue "report" refuses the message',
    ],
    [
      { kind: 'records-dropped', at: DUE, text: '16 bytes of 000005.log are damaged' },
      'lost                               16 bytes of 000005.log are damaged',
    ],
    [
      { kind: 'store-refuses', at: DUE, reason: 'the folder cannot be written: no space' },
      'not stored                         the folder cannot be written: no space',
    ],
    [{ kind: 'store-reopened', at: DUE }, 'stored                             records can be written again'],
    [
      { kind: 'clock-set-back', at: DUE, schedule: 'nightly', until: plus(DUE, minutes(600)) },
      'clock       nightly                was ahead, until 2027-03-02T12:00:00.000Z; it is due by the clock of now again',
    ],
    [
      { kind: 'missed-while-off', at: plus(DUE, minutes(9)), schedule: 'nightly', count: 3, latest: DUE },
      'not fired   nightly                3 due while the cloud was off, the last 9 minutes ago',
    ],
    [
      { kind: 'job-log', at: DUE, job: 'report', level: 'INFO', message: 'built', fields: { rows: 3, region: 'eu' } },
      'log         report                 built  rows=3 region=eu',
    ],
  ])('%#', (event, text) => {
    expect(line(event)?.startsWith(text)).toBe(true);
  });

  const due = { scheduledTime: '2027-03-02T02:00:00.000Z' };
  test.each<[string, CloudEvent, RegExp]>([
    [
      'a missed due time',
      { ...run, ...due, event: 'run-missed', why: 'the schedule nightly is disabled in EventBridge' },
      /^missed {6}report {17}due \d\d:\d\d, no run came of it: the schedule nightly is disabled in EventBridge {2}report\/2027/,
    ],
    [
      'one that came too late',
      { ...run, ...due, event: 'run-came-too-late', why: 'its message was taken 12 minutes late' },
      /^too late {4}report {17}due \d\d:\d\d, its message was taken 12 minutes late {2}report\/2027/,
    ],
    [
      'one on another day, by its date',
      { ...run, ...due, at: plus(DUE, minutes(2 * 24 * 60)), event: 'run-missed', why: 'it was' },
      /due 2027-03-0[123] \d\d:\d\d, no run/,
    ],
    [
      'a day that a calendar leaves out',
      { ...run, ...due, event: 'run-skipped', reason: 'calendar', calendar: 'holidays' },
      /^skipped {5}report {17}calendar: due \d\d:\d\d, on a day that holidays leaves out {2}report\/2027/,
    ],
    [
      'a day that was written plainly',
      { ...run, ...due, event: 'run-skipped', reason: 'calendar', calendar: '2027-03-02' },
      /calendar: due \d\d:\d\d, on a day that except or only leaves out \(2027-03-02\) {2}report/,
    ],
    [
      'a run that came too late',
      { ...run, ...due, event: 'run-skipped', reason: 'too-late' },
      /^skipped {5}report {17}too-late: due \d\d:\d\d, later than its schedule allows/,
    ],
  ])('tells of a due time that was not run: %s', (_case, event, text) => {
    expect(line(event)).toMatch(text);
  });

  const ofWatchdog = { ...run, job: 'watchdog', runId: 'watchdog/2027-03-02T02:00Z/watchdog' } as const;
  const failure = { name: 'Error', message: 'no table' };
  test.each<CloudEvent>([
    { kind: 'fired', at: DUE, schedule: 'watchdog', scheduledTime: DUE },
    { kind: 'missed-while-off', at: DUE, schedule: 'watchdog', count: 600, latest: DUE },
    { kind: 'clock-set-back', at: DUE, schedule: 'watchdog', until: plus(DUE, minutes(600)) },
    { ...ofWatchdog, event: 'attempt-started' },
    { ...ofWatchdog, event: 'run-completed', durationMs: 80 },
    { ...ofWatchdog, event: 'run-skipped', reason: 'overlap' },
    { ...ofWatchdog, event: 'duplicate-acknowledged' },
    { ...ofWatchdog, event: 'attempt-given-back', nextAttemptAt: '2027-03-02T02:00:30.000Z' },
    { kind: 'job-log', at: DUE, job: 'watchdog', level: 'INFO', message: 'looked', fields: {} },
    { kind: 'function-failed', at: DUE, job: 'watchdog', error: `${new NoPassError('x').name}: no pass`, trace: [] },
    { ...run, event: 'due-time-not-expected' },
  ])('leaves out the rounds of the watchdog: %#', (event) => {
    expect(line(event)).toBeUndefined();
  });

  test.each<[CloudEvent, string]>([
    [
      { ...ofWatchdog, event: 'attempt-failed', error: failure, nextAttemptAt: '2027-03-02T02:00:30.000Z' },
      'failed      watchdog               attempt 2',
    ],
    [{ ...ofWatchdog, event: 'run-failed', error: failure }, 'FAILED      watchdog'],
    [{ ...ofWatchdog, event: 'infrastructure-failed', step: 'claim', error: failure }, 'trouble     watchdog'],
    [{ ...ofWatchdog, event: 'attempt-given-back', error: failure }, 'given back  watchdog'],
    [{ kind: 'function-failed', at: DUE, job: 'watchdog', error: 'out of memory', trace: [] }, 'process     watchdog'],
    [{ kind: 'undelivered', at: DUE, schedule: 'watchdog', reason: 'no queue' }, 'undelivered watchdog'],
    [{ kind: 'dropped', at: DUE, schedule: 'watchdog', scheduledTime: DUE }, 'dropped     watchdog'],
    [{ kind: 'job-log', at: DUE, job: 'watchdog', level: 'WARN', message: 'slow', fields: {} }, 'log         watchdog'],
  ])('shows what fails of the watchdog: %#', (event, text) => {
    expect(line(event)?.startsWith(text)).toBe(true);
  });

  test('shows an alert whole, but of what CloudWatch publishes only the subject', () => {
    expect(line({ kind: 'alert', at: DUE, subject: 'late', message: 'one\ntwo' })).toContain(
      '\n            one\n            two',
    );
    expect(line({ kind: 'alert', at: DUE, subject: 'ALARM', message: '{"AlarmName":"x"}' })).toBe('alert       ALARM');
  });

  const FAILURE = {
    name: 'TypeError',
    message: 'fetch\nfailed',
    at: 'functions/report.ts:12:9',
    causes: [{ depth: 1, name: 'Error', message: 'connect\n10.0.0.7', code: 'ECONNREFUSED' }],
  };

  test.each<[CloudEvent, string]>([
    [
      {
        ...run,
        event: 'attempt-failed',
        outcome: 'failed',
        durationMs: 12,
        error: FAILURE,
        nextAttemptAt: '2027-03-02T02:00:30.000Z',
      },
      'failed      report                 attempt 2 after 12 ms: TypeError: fetch failed; next in 30.0 s',
    ],
    [
      { ...run, event: 'run-failed', error: FAILURE },
      'FAILED      report                 for good, attempt 2: TypeError: fetch failed',
    ],
    [
      { ...run, event: 'infrastructure-failed', step: 'claim', error: FAILURE },
      'trouble     report                 report/2027-03-02T02:00Z/nightly: claim: TypeError: fetch failed',
    ],
  ])('shows below an error where it was thrown and what is behind it: %#', (event, first) => {
    expect(line(event)?.split('\n')).toEqual([
      first,
      '            at functions/report.ts:12:9',
      '            caused by Error: connect 10.0.0.7 (ECONNREFUSED)',
    ]);
  });

  test('shows the stack of a crash', () => {
    const event = { kind: 'function-failed', at: DUE, job: 'report', error: 'RangeError: x' } as const;

    expect(line({ ...event, trace: ['at run (functions/report.ts:12:9)', 'caused by Error: y'] })).toBe(
      'process     report                 RangeError: x\n            at run (functions/report.ts:12:9)\n            caused by Error: y',
    );
  });

  test.each<CloudEvent>([
    { kind: 'job-log', at: DUE, job: 'report', level: 'INFO', message: 'two\nlines', fields: { query: 'a\nb' } },
    { kind: 'alert', at: DUE, subject: 'two\nlines', message: 'three\nmore\nlines' },
    { kind: 'not-emulated', at: DUE, service: 's3', message: 'two\nlines' },
    { kind: 'alarm', at: DUE, alarm: 'a', job: null, state: 'ALARM', reason: 'two\nlines' },
    { kind: 'warning', at: DUE, text: 'two\nlines' },
    { kind: 'reload-failed', at: DUE, error: 'two\nlines' },
    { kind: 'undelivered', at: DUE, schedule: 'nightly', reason: 'two\r\nlines' },
    { ...run, event: 'run-missed', why: 'two\nlines' },
  ])('keeps the further lines of any text below its own, indented: %#', (event) => {
    const [, ...others] = formatEvent(event, plain)?.split('\n') ?? [];

    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((each) => !each.startsWith(' '.repeat(12)))).toEqual([]);
  });

  test('leaves out that a message is held', () => {
    expect(line({ ...run, event: 'run-held' })).toBeUndefined();
  });

  test('passes no control character of a job on to the terminal', () => {
    const shown = line({
      kind: 'output',
      at: DUE,
      job: 'report',
      line: 'red \u001b[31m bell \u0007 title \u001b]0;x\u0007',
    });

    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('a record', () => {
  test('shows what became of the run and of each attempt', () => {
    const record: RunRecord = {
      id: run.runId,
      job: 'report',
      schedule: 'nightly',
      scheduledTime: DUE,
      trigger: 'schedule',
      status: 'completed',
      claim: 2,
      attempt: 2,
      lastAttempt: 3,
      attempts: [
        {
          n: 1,
          cause: 'first',
          startedAt: DUE,
          endedAt: plus(DUE, secondsOf(1)),
          outcome: 'failed',
          error: { name: 'Error', message: 'no' },
          logStream: 's',
          requestId: 'r',
        },
        {
          n: 2,
          cause: 'retry',
          startedAt: plus(DUE, secondsOf(30)),
          endedAt: plus(DUE, secondsOf(32)),
          outcome: 'completed',
          logStream: 's',
          requestId: 'q',
        },
      ],
      createdAt: DUE,
      startedAt: DUE,
      finishedAt: plus(DUE, secondsOf(32)),
      result: { rows: 3 },
    };

    expect(formatRecord(record, plain).split('\n')).toEqual([
      'run        report/2027-03-02T02:00Z/nightly',
      'status     completed',
      'schedule   nightly',
      'scheduled  2027-03-02T02:00:00.000Z',
      'attempts   2',
      '  1        first, 2027-03-02T02:00:00.000Z, failed after 1.0 s: Error: no (s, request r)',
      '  2        retry, 2027-03-02T02:00:30.000Z, completed after 2.0 s (s, request q)',
      'duration   32.0 s',
      'result     {"rows":3}',
    ]);
  });
});

describe('a run that failed and was begun again', () => {
  test('shows in how many rounds it made its attempts', () => {
    const record = {
      ...EMPTY_RECORD,
      id: run.runId,
      job: 'report',
      schedule: 'nightly',
      scheduledTime: DUE,
      createdAt: DUE,
    };
    const shown = formatRecord({ ...record, status: 'failed', trigger: 'schedule', attempt: 6, round: 1 }, plain);

    expect(shown.split('\n')).toContain('attempts   6, in 2 rounds');
  });
});

describe('an attempt', () => {
  const attempt = {
    n: 1,
    cause: 'first',
    startedAt: DUE,
    limit: plus(DUE, secondsOf(95)),
    logStream: 's',
    requestId: 'r',
  } as const;
  const shown = (ended: Partial<Attempt>): string | undefined => {
    const record = { ...EMPTY_RECORD, id: run.runId, attempts: [{ ...attempt, ...ended }] };
    return formatRecord(
      {
        ...record,
        status: 'running',
        trigger: 'schedule',
        job: 'report',
        schedule: 'nightly',
        scheduledTime: DUE,
        createdAt: DUE,
      },
      plain,
    )
      .split('\n')
      .find((each) => each.startsWith('  1 '));
  };

  test('that was lost shows by when it had ended, and no duration', () => {
    expect(shown({ outcome: 'lost' })).toBe(
      '  1        first, 2027-03-02T02:00:00.000Z, lost by 2027-03-02T02:01:35.000Z (s, request r)',
    );
  });

  test('that runs shows until when it may', () => {
    expect(shown({})).toContain(', running until 2027-03-02T02:01:35.000Z at the latest (');
  });
});

describe('the record of a failed run', () => {
  const error = {
    name: 'PaymentError',
    message: 'card declined\nby the bank \u001b[31m',
    code: 'CARD_DECLINED',
    at: 'functions/charge.ts:12:9',
    stack: 'at charge (functions/charge.ts:12:9)\nat async attempt (node_modules/belfry/lib/run/attempt.ts)',
    causes: [
      { depth: 1, name: 'TypeError', message: 'fetch failed' },
      { depth: 2, name: 'Error', message: 'connect\n10.0.0.7', code: 'ECONNREFUSED' },
    ],
  };
  const { stack, causes, ...brief } = error;
  const record: RunRecord = {
    id: run.runId,
    job: 'report',
    schedule: 'nightly',
    scheduledTime: DUE,
    trigger: 'schedule',
    status: 'failed',
    claim: 1,
    attempt: 1,
    lastAttempt: 1,
    attempts: [
      {
        n: 1,
        cause: 'first',
        startedAt: DUE,
        endedAt: DUE,
        outcome: 'failed',
        error: brief,
        logStream: 's',
        requestId: 'r',
      },
    ],
    createdAt: DUE,
    error,
  };

  test('shows the whole message, the place, the causes and the stack, in its columns', () => {
    const lines = formatRecord(record, plain).split('\n');

    expect(lines.slice(lines.findIndex((each) => each.startsWith('error')))).toEqual([
      'error      PaymentError (CARD_DECLINED): card declined',
      '           by the bank ',
      '  at       functions/charge.ts:12:9',
      '  cause    TypeError: fetch failed',
      '  cause      Error: connect 10.0.0.7 (ECONNREFUSED)',
      'stack      at charge (functions/charge.ts:12:9)',
      '           at async attempt (node_modules/belfry/lib/run/attempt.ts)',
    ]);
  });

  test('shows the error of an attempt in one line, with its place', () => {
    expect(formatRecord(record, plain)).toContain(
      '  1        first, 2027-03-02T02:00:00.000Z, failed after 0 ms: PaymentError: card declined by the bank (CARD_DECLINED) at functions/charge.ts:12:9 (s, request r)\n',
    );
  });
});

test.each<[Partial<RunRecord>, RegExp]>([
  [
    { status: 'skipped', reason: 'calendar', calendar: 'holidays' },
    /^status {5}skipped \(calendar: on a day that holidays leaves out\)$/m,
  ],
  [
    { status: 'skipped', reason: 'calendar', calendar: '2027-03-01/2027-03-05' },
    /^status {5}skipped \(calendar: on a day that except or only leaves out \(2027-03-01\/2027-03-05\)\)$/m,
  ],
  [{ status: 'skipped', reason: 'too-late' }, /^status {5}skipped \(too-late\)$/m],
  [
    { status: 'missed', missedAt: plus(DUE, minutes(10)) },
    /^status {5}missed\n(.*\n){2}missed {5}2027-03-02T02:10:00.000Z, no run had come of it by then$/m,
  ],
])('a record says why a due time was not run: %#', (fields, text) => {
  const record: RunRecord = {
    id: run.runId,
    job: 'report',
    schedule: 'nightly',
    scheduledTime: DUE,
    trigger: 'schedule',
    status: 'missed',
    claim: 0,
    attempt: 0,
    lastAttempt: 0,
    attempts: [],
    createdAt: DUE,
    ...fields,
  };

  expect(formatRecord(record, plain)).toMatch(text);
});

test('the table of schedules shows the soonest first, in its own zone', () => {
  const table = formatSchedules(
    [
      { id: 'off', job: 'report', source: '@daily', timezone: 'UTC', next: undefined },
      {
        id: 'late',
        job: 'report',
        source: '0 9 * * *',
        timezone: 'Europe/Stockholm',
        next: epochMs(Date.parse('2027-03-02T08:00:00Z')),
      },
      { id: 'soon', job: 'heartbeat', source: 'every 5 minutes', timezone: 'UTC', next: plus(DUE, minutes(5)) },
    ],
    DUE,
    plain,
  );

  const rows = table
    .split('\n')
    .filter((row) => row.trim() !== '')
    .map((row) => row.trim().split(/ {2,}/));
  expect(rows).toEqual([
    ['SCHEDULE', 'JOB', 'WHEN', 'NEXT DUE'],
    ['soon', 'heartbeat', 'every 5 minutes', 'Tue 2027-03-02 02:05 UTC', 'in 5 minutes'],
    ['late', 'report', '0 9 * * *', 'Tue 2027-03-02 09:00 Europe/Stockholm', 'in 6 hours'],
    ['off', 'report', '@daily', 'never, it is disabled or over'],
  ]);
});

test('times are told in their largest unit', () => {
  expect([12, 1234, 119_000, 120_000, 7_200_000, 172_800_000].map(shortLength)).toEqual([
    '12 ms',
    '1.2 s',
    '119.0 s',
    '2 minutes',
    '2 hours',
    '2 days',
  ]);
  expect(distance(DUE, plus(DUE, minutes(3)))).toBe('3 minutes ago');
  expect(localMinute(epochMs(Date.parse('2027-03-28T01:00:00Z')), 'Europe/Stockholm')).toBe('Sun 2027-03-28 03:00');
});

test('jobs that no schedule makes due are listed, and an app without schedules has no empty table', () => {
  const often = { id: 'often', job: 'report', source: '@daily', timezone: 'UTC', next: undefined };
  const jobs = ['digest', 'report', 'sweep'];

  expect(formatApp({ jobs, schedules: [often] }, DUE, plain)).toMatch(
    /SCHEDULE[\s\S]*often[\s\S]*\n\n {2}jobs without a schedule: digest, sweep$/,
  );
  expect(formatApp({ jobs, schedules: [] }, DUE, plain)).toBe('  jobs without a schedule: digest, report, sweep');
  expect(formatApp({ jobs: [], schedules: [] }, DUE, plain)).toBe('  no jobs and no schedules');
  expect(formatApp({ jobs: ['report'], schedules: [often] }, DUE, plain)).not.toContain('without');
});
