import { describe, expect, test } from 'vitest';
import { checkJobs } from '../../lib/app/check-jobs.ts';
import { defineJob } from '../../lib/entry/belfry.ts';
import type { SlowReports } from '../../lib/job/job.ts';

function problemsOf(slow: unknown): readonly string[] {
  const exported = defineJob('mail', { slow: slow as SlowReports, run() {} });
  const file = { file: 'functions/mail.ts', path: '/project/functions/mail.ts', group: '', exported };
  return checkJobs([file], { app: 'shop', stage: 'dev' }).problems;
}

test('a job may silence reports about slow runs, with a reason', () => {
  expect(problemsOf({ silenced: 'the last of a month takes hours' })).toEqual([]);
});

describe('is refused', () => {
  test.each<[string, unknown, string]>([
    [
      'a silence without a reason',
      {},
      'slow.silenced gives no reason; write one, for the next reader of the job, or leave slow out',
    ],
    [
      'an empty reason',
      { silenced: ' ' },
      'slow.silenced gives no reason; write one, for the next reader of the job, or leave slow out',
    ],
    [
      'a switch',
      { silenced: true },
      'slow.silenced gives no reason; write one, for the next reader of the job, or leave slow out',
    ],
    ['a text', 'silenced', `slow "silenced" is not an object; write slow: { silenced: '<reason>' }`],
    ['nothing', null, `slow null is not an object; write slow: { silenced: '<reason>' }`],
    ['another field', { silenced: 'a reason', factor: 3 }, 'slow.factor is not a field; allowed are silenced'],
  ])('%s', (_, slow, problem) => {
    expect(problemsOf(slow)).toEqual([`functions/mail.ts: job "mail": ${problem}`]);
  });
});
