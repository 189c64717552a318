import { expect, test } from 'vitest';
import { z } from 'zod/mini';
import { defineJob, type Schedule, schedule } from '../../lib/entry/belfry.ts';

// `tsc` is the judge here: where a line marked so compiles, the types have become too loose, and `npm test` fails.

const nightly = defineJob('nightly', { run() {} });
const report = defineJob('report', {
  input: z.object({ region: z.enum(['eu', 'us']), limit: z.optional(z.number()) }),
  run: ({ region, limit }) => `${region} ${limit?.toFixed()}`,
});

const wrong: readonly (() => unknown)[] = [
  // @ts-expect-error the input is missing
  () => schedule(report, { every: '1 day' }),
  // @ts-expect-error the input is of another type
  () => schedule(report, { every: '1 day', input: { region: 'mars' } }),
  // @ts-expect-error the input has a field of another type
  () => schedule(report, { every: '1 day', input: { region: 'eu', limit: '10' } }),
  // @ts-expect-error the job takes no input
  () => schedule(nightly, { every: '1 day', input: { region: 'eu' } }),
  // @ts-expect-error 7 minutes divide no hour
  () => schedule(nightly, { every: '7 minutes' }),
  // @ts-expect-error an interval counts from midnight UTC
  () => schedule(nightly, { every: '1 day', timezone: 'Europe/Stockholm' }),
  // @ts-expect-error nothing says when
  () => schedule(nightly, {}),
  // @ts-expect-error two ways to say when
  () => schedule(nightly, { cron: '0 2 * * *', every: '1 day' }),
  // @ts-expect-error a stage alone is not a list of stages
  () => schedule(nightly, { every: '1 day', enabled: 'prod' }),
  // @ts-expect-error no job
  () => schedule('nightly', { every: '1 day' }),
  // @ts-expect-error a bare number does not say its unit
  () => defineJob('nightly', { timeout: 30, run() {} }),
  // @ts-expect-error no such unit
  () => defineJob('nightly', { timeout: '30 parsecs', run() {} }),
  // @ts-expect-error a bare number does not say its unit
  () => defineJob('nightly', { retry: { backoff: 30 }, run() {} }),
  // @ts-expect-error no such policy
  () => defineJob('nightly', { overlap: 'queue', run() {} }),
  // @ts-expect-error memory is text with a unit
  () => defineJob('nightly', { memory: 512, run() {} }),
  // @ts-expect-error nothing to run
  () => defineJob('nightly', { timeout: '1 minute' }),
];

const right: readonly (() => Schedule)[] = [
  () => schedule(report, { every: '1 day', input: { region: 'eu' } }),
  () => schedule(nightly, { cron: '0 2 * * *', timezone: 'Europe/Stockholm', enabled: ['prod'] }),
  () => schedule(nightly, { at: '2027-01-01T02:00' }),
];

test('what tsc refuses is a list that tsc has read', () => {
  expect(wrong).not.toEqual([]);
});

test('what compiles makes an entry', () => {
  expect(right.map((make) => make().job.name)).toEqual(['report', 'nightly', 'nightly']);
});
