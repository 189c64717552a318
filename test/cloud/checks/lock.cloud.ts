import { expect } from 'vitest';
import { check, cloud } from '../support/check.ts';

check('a run that is due while another of its job runs is skipped, and names it', async () => {
  const first = await cloud.request('probe-lock');
  await cloud.reaches(first, 'running');

  const second = await cloud.request('probe-lock');

  expect(await cloud.reaches(second, 'skipped')).toMatchObject({ reason: 'overlap', blockedBy: first });
  expect((await cloud.record(first))?.status).toBe('running');
  await cloud.reaches(first, 'completed');
});

check('a lock is free after its run, and its token rises with each taking', async () => {
  const before = await tokenAfterRun();

  expect(await tokenAfterRun()).toBe(before + 1);
});

/** Runs the job once. @returns the token that its lock has left behind */
async function tokenAfterRun(): Promise<number> {
  await cloud.reaches(await cloud.request('probe-token'), 'completed');
  const state = await cloud.eventually('a free lock', async () => {
    const item = await cloud.item('JOB#probe-token', 'STATE');
    return item?.['lockRun'] === undefined ? item : undefined;
  });
  return state['token'];
}
