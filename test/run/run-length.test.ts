import { describe, expect, test } from 'vitest';
import { EMPTY_RECORD, type RunRecord } from '../../lib/run/record.ts';
import { lengthOf, runLengthOf } from '../../lib/run/run-length.ts';
import { milliseconds, plus } from '../../lib/units.ts';
import { DUE, minutes, secondsOf } from '../support/requests.ts';

const TIMEOUT = minutes(10);

describe('how long the runs of a job last', () => {
  test('is the length that 95 of 100 do not exceed', () => {
    const lengths = Array.from({ length: 100 }, (_, index) => milliseconds(100 - index));

    expect(runLengthOf(lengths, TIMEOUT)).toEqual({ length: 95, basis: 'p95', completedRuns: 100 });
  });

  test('is the longest of a few, and the timeout of fewer than five', () => {
    const five = [3, 1, 5, 2, 4].map(milliseconds);

    expect(runLengthOf(five, TIMEOUT)).toEqual({ length: 5, basis: 'p95', completedRuns: 5 });
    expect(runLengthOf(five.slice(1), TIMEOUT)).toEqual({ length: TIMEOUT, basis: 'timeout', completedRuns: 4 });
    expect(runLengthOf([], TIMEOUT)).toEqual({ length: TIMEOUT, basis: 'timeout', completedRuns: 0 });
  });
});

describe('how long a run took', () => {
  const record: RunRecord = {
    ...EMPTY_RECORD,
    id: 'report/2027-03-02T02:00Z/nightly',
    job: 'report',
    schedule: 'nightly',
    scheduledTime: DUE,
    trigger: 'schedule',
    status: 'completed',
    createdAt: DUE,
    startedAt: plus(DUE, secondsOf(1)),
    finishedAt: plus(DUE, secondsOf(8)),
  };

  test('is counted from its first start to its end', () => {
    expect(lengthOf(record)).toBe(7000);
  });

  test('is not known of one that failed', () => {
    expect(lengthOf({ ...record, status: 'failed' })).toBeUndefined();
  });
});
