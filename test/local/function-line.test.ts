import { describe, expect, test } from 'vitest';
import { readFunctionLine } from '../../lib/local/function-line.ts';
import { DUE } from '../support/requests.ts';

const timestamp = '2027-03-02T02:00:01.000Z';
const at = Date.parse(timestamp);

describe('a line of a function’s output', () => {
  test('of Belfry’s own log is an event of a run', () => {
    const fields = { runId: 'report/2027-03-02T02:00Z/nightly', attempt: 2, durationMs: 12 };
    const line = JSON.stringify({
      level: 'INFO',
      message: 'run-completed',
      event: 'run-completed',
      timestamp,
      job: 'report',
      ...fields,
    });

    expect(readFunctionLine('report', line, DUE)).toEqual({
      kind: 'run',
      at,
      event: 'run-completed',
      job: 'report',
      ...fields,
    });
  });

  test.each([
    [
      'run-missed',
      { schedule: 'nightly', scheduledTime: '2027-03-02T02:00:00.000Z', why: 'EventBridge has no schedule nightly' },
      { schedule: 'nightly', scheduledTime: '2027-03-02T02:00:00.000Z', why: 'EventBridge has no schedule nightly' },
    ],
    ['run-skipped', { reason: 'calendar', calendar: 'holidays' }, { reason: 'calendar', calendar: 'holidays' }],
    ['run-resent', { reason: 'nothing has come of its message' }, { reason: 'nothing has come of its message' }],
    ['catch-up-sent', {}, {}],
  ])('of the watchdog is about the job that it names: %s', (event, fields, told) => {
    const about = { event, job: 'report', runId: 'report/2027-03-02T02:00Z/nightly' };
    const line = JSON.stringify({ level: 'INFO', message: event, timestamp, service: 'watchdog', ...about, ...fields });

    expect(readFunctionLine('watchdog', line, DUE)).toEqual({ kind: 'run', at, ...about, ...told });
  });

  test('of a job that speaks of another is about itself', () => {
    const line = JSON.stringify({ message: 'run-missed', event: 'run-missed', job: 'other', runId: 'x' });

    expect(readFunctionLine('report', line, DUE)).toMatchObject({ kind: 'run', job: 'report' });
  });

  test('of a job’s log keeps the job’s own fields, and none that the logger adds', () => {
    const line = JSON.stringify({
      level: 'WARN',
      message: 'slow',
      timestamp,
      service: 'report',
      runId: 'x',
      attempt: 1,
      rows: 3,
    });

    expect(readFunctionLine('report', line, DUE)).toEqual({
      kind: 'job-log',
      at,
      job: 'report',
      level: 'WARN',
      message: 'slow',
      fields: { rows: 3 },
    });
  });

  test('of a job that pretends to be Belfry is the job’s own', () => {
    const line = JSON.stringify({ message: 'anything', event: 'run-completed', runId: 'x' });

    expect(readFunctionLine('report', line, DUE)).toMatchObject({ kind: 'job-log', message: 'anything' });
  });

  test.each(['plain text', '{ broken', '', '[1]', 'null'])('that is no object is output: %j', (line) => {
    expect(readFunctionLine('report', line, DUE)).toEqual({ kind: 'output', at: DUE, job: 'report', line });
  });
});
