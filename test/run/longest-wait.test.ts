import { expect, test } from 'vitest';
import { defineJob } from '../../lib/job/job.ts';
import { policyOf } from '../../lib/job/policy.ts';
import { longestWait } from '../../lib/run/longest-wait.ts';

type Retry = NonNullable<Parameters<typeof defineJob>[1]['retry']>;

test.each<{ retry: Retry; minutes: number }>([
  { retry: { maxAttempts: 1 }, minutes: 1 + 30 },
  { retry: { maxAttempts: 3, backoff: '10 minutes' }, minutes: 1 + 20 + 30 },
  { retry: { maxAttempts: 5, backoff: { initial: '5 minutes', factor: 2, max: '15 minutes' } }, minutes: 1 + 45 + 30 },
])('a run with $retry may explain $minutes minutes of waiting', ({ retry, minutes }) => {
  expect(longestWait(policyOf(defineJob('report', { retry, run() {} })))).toBe(minutes * 60_000);
});
