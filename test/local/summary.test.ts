import { expect, test } from 'vitest';
import { errorOf, summarize } from '../../lib/local/summary.ts';
import type { RunRecord, RunStatus } from '../../lib/run/record.ts';
import { plus } from '../../lib/units.ts';
import { DUE, minutes } from '../support/requests.ts';

const started = DUE;
const earlier = plus(DUE, minutes(-60));
const later = plus(DUE, minutes(1));

function record(job: string, status: RunStatus, fields: Partial<RunRecord> = {}): RunRecord {
  const id = `${job}/2027-03-02T02:00Z/nightly`;
  return {
    id,
    job,
    schedule: 'nightly',
    scheduledTime: DUE,
    trigger: 'schedule',
    status,
    claim: 1,
    attempt: 1,
    lastAttempt: 3,
    attempts: [],
    createdAt: earlier,
    ...fields,
  };
}

async function* all(records: readonly RunRecord[]) {
  yield* records;
}

test('counts what ended since the start and what is still open, job by job', async () => {
  const summary = await summarize({
    startedAt: started,
    endedAt: plus(DUE, minutes(2)),
    jobs: ['report', 'quiet'],
    runs: all([
      record('report', 'completed', { finishedAt: later }),
      record('report', 'completed', { finishedAt: earlier }),
      record('report', 'failed', { finishedAt: later }),
      record('report', 'skipped', { finishedAt: later }),
      record('report', 'retrying', { startedAt: earlier }),
      record('report', 'pending'),
      record('report', 'missed', { missedAt: later }),
      record('report', 'missed', { missedAt: earlier }),
      record('watchdog', 'completed', { finishedAt: later }),
      record('gone', 'completed', { finishedAt: later }),
    ]),
    alarms: [{ name: 'app-dev-runs-failed', job: 'report', state: 'ALARM', since: '2027-03-02T02:01:00.000Z' }],
    errors: [{ run: 'x', error: 'Error: no' }],
  });

  const none = { completed: 0, failed: 0, retrying: 0, skipped: 0, missed: 0, running: 0, pending: 0 };
  expect(summary).toEqual({
    v: 1,
    startedAt: '2027-03-02T02:00:00.000Z',
    endedAt: '2027-03-02T02:02:00.000Z',
    jobs: { report: { ...none, completed: 1, failed: 1, skipped: 1, missed: 1, retrying: 1, pending: 1 }, quiet: none },
    alarms: [{ name: 'app-dev-runs-failed', job: 'report', state: 'ALARM', since: '2027-03-02T02:01:00.000Z' }],
    errors: [{ run: 'x', error: 'Error: no' }],
  });
});

test('an event without an error makes none', () => {
  const event = { kind: 'run', event: 'run-completed', job: 'report', runId: 'x' } as const;

  expect(errorOf(event)).toBeUndefined();
  expect(errorOf({ ...event, error: { name: 'Error', message: 'no' } })).toEqual({ run: 'x', error: 'Error: no' });
});
