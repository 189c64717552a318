import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineJob } from '../../lib/job/job.ts';
import { policyOf } from '../../lib/job/policy.ts';
import { backoffBound, retryDelay } from '../../lib/run/backoff.ts';
import { CLOCK_SKEW, deliveryTimeouts, deployedTimeouts, GRACE } from '../../lib/run/timeouts.ts';
import { epochMs, MINUTE, milliseconds, plus, toMilliseconds } from '../../lib/units.ts';
import { DUE } from '../support/requests.ts';

/** Every timeout that a job may have, to the millisecond. */
const timeouts = fc.integer({ min: 1000, max: 14 * MINUTE }).map(milliseconds);
const attempts = fc.integer({ min: 1, max: 10 });
/** How much of its function's time an invocation has used before the handler looks at the clock. */
const startups = fc.integer({ min: 0, max: 5000 });

describe('the times that follow from a job', () => {
  test('leave Lambda room for the grace and for recording the outcome, within 15 minutes', () => {
    fc.assert(
      fc.property(timeouts, attempts, (timeout, maxAttempts) => {
        const { functionTimeout, queueVisibility, maxReceiveCount } = deployedTimeouts({ timeout, maxAttempts });

        expect(toMilliseconds(functionTimeout)).toBeGreaterThanOrEqual(timeout + GRACE + 10_000);
        expect(functionTimeout).toBeLessThanOrEqual(900);
        expect(queueVisibility).toBe(6 * functionTimeout);
        expect(queueVisibility).toBeLessThanOrEqual(12 * 3600);
        expect(maxReceiveCount).toBeGreaterThanOrEqual(3 * maxAttempts);
      }),
    );
  });

  test('give a delivery its whole timeout, and a lease that outlasts its process by the skew of two clocks', () => {
    fc.assert(
      fc.property(timeouts, startups, (timeout, startup) => {
        fc.pre(startup <= timeout);
        const { functionTimeout } = deployedTimeouts({ timeout, maxAttempts: 3 });
        const deadline = plus(DUE, milliseconds(toMilliseconds(functionTimeout) - startup));
        const times = deliveryTimeouts({ timeout }, DUE, deadline);

        expect(times.abortAt - DUE).toBeLessThanOrEqual(timeout);
        expect(times.abortAt - DUE).toBeGreaterThanOrEqual(timeout - startup);
        expect(times.giveUpAt).toBeLessThanOrEqual(deadline - 10_000);
        expect(times.leaseUntil).toBe(deadline + CLOCK_SKEW);
        expect(times.redeliverAt).toBeGreaterThan(times.leaseUntil);
      }),
    );
  });

  test('go by the deadline that Lambda gives, also where it is shorter than the job’s timeout', () => {
    const times = deliveryTimeouts({ timeout: milliseconds(600_000) }, DUE, plus(DUE, milliseconds(30_000)));

    expect(times.abortAt).toBe(plus(DUE, milliseconds(10_000)));
    expect(deliveryTimeouts({ timeout: milliseconds(1000) }, DUE, epochMs(DUE + 500)).abortAt).toBe(DUE);
  });
});

describe('the wait after a failed attempt', () => {
  const backoffs = fc.record({
    initial: fc.integer({ min: 0, max: 21_600_000 }).map(milliseconds),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    max: fc.integer({ min: 0, max: 21_600_000 }).map(milliseconds),
  });

  test('is within a bound that never falls and never passes the limit', () => {
    fc.assert(
      fc.property(
        backoffs,
        attempts,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (backoff, failures, random) => {
          const policy = { ...backoff, jitter: 'full' as const };
          const bound = backoffBound(policy, failures);

          expect(retryDelay(policy, failures, random)).toBeLessThanOrEqual(bound);
          expect(retryDelay(policy, failures, random)).toBeGreaterThanOrEqual(0);
          expect(bound).toBeLessThanOrEqual(backoff.max);
          expect(backoffBound(policy, failures + 1)).toBeGreaterThanOrEqual(bound);
        },
      ),
    );
  });

  test('doubles by default from half a minute to a quarter of an hour', () => {
    const { backoff } = policyOf(defineJob('report', { run: () => {} }));
    const bounds = [1, 2, 3, 4, 5, 6, 7].map((failures) => backoffBound(backoff, failures) / 1000);

    expect(bounds).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  test('is fixed, without jitter, for a plain duration', () => {
    const { backoff } = policyOf(defineJob('report', { retry: { backoff: '10 seconds' }, run: () => {} }));

    expect([1, 5].map((failures) => retryDelay(backoff, failures, 0.1))).toEqual([10_000, 10_000]);
  });
});
