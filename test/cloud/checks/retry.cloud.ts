import { expect } from 'vitest';
import { check, cloud } from '../support/check.ts';

check('a failed attempt is made again after its backoff, as the same run', async () => {
  const run = await cloud.request('probe-retry');

  const { attempts, attempt } = await cloud.reaches(run, 'completed', 60);

  expect(attempt).toBe(3);
  expect(attempts).toMatchObject([
    { n: 1, cause: 'first', outcome: 'failed', error: { message: 'attempt 1 fails' } },
    { n: 2, cause: 'retry', outcome: 'failed', error: { message: 'attempt 2 fails' } },
    { n: 3, cause: 'retry', outcome: 'completed' },
  ]);
  // A fixed backoff of two seconds; SQS counts whole ones.
  expect(attempts[1].startedAt - attempts[0].endedAt).toBeGreaterThanOrEqual(1000);
  expect(attempts[2].startedAt - attempts[1].endedAt).toBeGreaterThanOrEqual(1000);
});

check('a job that outlives its timeout hears its signal, is recorded as timed out, and runs again', async () => {
  const run = await cloud.request('probe-slow');

  const { attempts } = await cloud.reaches(run, 'completed', 60);

  expect(attempts).toMatchObject([
    { n: 1, outcome: 'timed-out' },
    { n: 2, cause: 'retry', outcome: 'completed' },
  ]);
  const lasted = attempts[0].endedAt - attempts[0].startedAt;
  // Timers and clocks differ by some milliseconds; ten seconds later the process would have been ended.
  expect(lasted).toBeGreaterThan(1900);
  expect(lasted).toBeLessThan(12_000);
});
