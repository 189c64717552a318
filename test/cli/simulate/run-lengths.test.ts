import { describe, expect, test } from 'vitest';
import { MAX_RECORDS, readRunLengths } from '../../../lib/cli/simulate/run-lengths.ts';
import type { RunPeriod } from '../../../lib/client/run-history.ts';
import type { RunRecord } from '../../../lib/run/record.ts';
import { epochMs, plus } from '../../../lib/units.ts';
import { manifestOf } from '../../forecast/manifest.ts';
import { DUE, secondsOf } from '../../support/requests.ts';

const { jobs } = manifestOf({ jobs: { report: ['skip', 10] }, schedules: {} });

function record(seconds: number, status: RunRecord['status'] = 'completed'): RunRecord {
  return {
    id: 'report/2027-03-02T02:00Z/nightly',
    job: 'report',
    schedule: 'nightly',
    scheduledTime: DUE,
    trigger: 'schedule',
    status,
    claim: 1,
    attempt: 1,
    lastAttempt: 3,
    attempts: [],
    createdAt: DUE,
    startedAt: DUE,
    finishedAt: plus(DUE, secondsOf(seconds)),
  };
}

function historyOf(records: readonly RunRecord[]) {
  const asked: RunPeriod[] = [];
  let given = 0;
  return {
    asked,
    given: () => given,
    async *runsOf(_job: string, period: RunPeriod) {
      asked.push(period);
      for (const each of records) {
        given++;
        yield each;
      }
    },
  };
}

describe('how long runs last', () => {
  test('is read from the completed runs of the last thirty days', async () => {
    const history = historyOf([...[1, 2, 3, 4, 5].map((seconds) => record(seconds)), record(500, 'failed')]);

    const lengths = await readRunLengths(history, jobs, DUE);

    expect(lengths.get('report')).toEqual({ length: 5000, basis: 'p95', completedRuns: 5 });
    expect(history.asked).toEqual([{ from: new Date('2027-01-31T02:00:00Z'), to: new Date('2027-03-02T02:00:00Z') }]);
  });

  test('is read from no more than the newest thousand records', async () => {
    const history = historyOf(Array.from({ length: 3 * MAX_RECORDS }, () => record(1)));

    await readRunLengths(history, jobs, epochMs(DUE));

    expect(history.given()).toBe(MAX_RECORDS);
  });
});
