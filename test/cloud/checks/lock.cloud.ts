import { expect } from 'vitest';
import { check, cloud } from '../support/check.ts';

check('a run that is asked for while another of its job runs waits for it, and runs after it', async () => {
  const first = await cloud.request('probe-lock');
  await cloud.reaches(first, 'running');

  const second = await cloud.request('probe-lock');

  await cloud.eventually('its place in line', async () => {
    const state = await cloud.item('JOB#probe-lock', 'STATE');
    return state?.['asked'];
  });
  expect((await cloud.record(first))?.status).toBe('running');
  const { finishedAt = 0 } = await cloud.reaches(first, 'completed');
  const { startedAt, attempts } = await cloud.reaches(second, 'completed');
  expect(startedAt).toBeLessThan(finishedAt);
  expect(attempts[0]?.startedAt).toBeGreaterThanOrEqual(finishedAt);
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
