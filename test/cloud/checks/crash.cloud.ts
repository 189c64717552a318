import { expect } from 'vitest';
import { check, cloud } from '../support/check.ts';

// A job timeout of one second makes a function timeout of 21 s. The message shows again 20 s after that.
const TAKEN_OVER_WITHIN_S = 90;

check('a run whose process is killed is taken over, as the same run', async () => {
  const run = await cloud.request('probe-kill');

  const { attempts } = await cloud.reaches(run, 'completed', TAKEN_OVER_WITHIN_S);

  expectTakenOver(attempts);
  // The lease is 15 s longer than the function can live: nobody may take over before.
  expect(attempts[1].startedAt - attempts[0].startedAt).toBeGreaterThanOrEqual(30_000);
});

check('a loop that never yields is ended with its function, and its run taken over', async () => {
  const run = await cloud.request('probe-block');

  const { attempts } = await cloud.reaches(run, 'completed', TAKEN_OVER_WITHIN_S);

  expectTakenOver(attempts);
});

function expectTakenOver(attempts: unknown): void {
  expect(attempts).toMatchObject([
    { n: 1, cause: 'first', outcome: 'lost' },
    { n: 2, cause: 'crash', outcome: 'completed' },
  ]);
}
