import { describe, expect, test } from 'vitest';
import { RetryAfterError } from '../../lib/job/errors.ts';
import { hostileValues } from '../support/hostile-values.ts';
import { createRunHarness } from '../support/run-harness.ts';

const NAMES = Object.keys(hostileValues());

describe('a job that has done its work', () => {
  test.each(NAMES)('has completed, though its result holds %s', async (what) => {
    const harness = createRunHarness(() => ({ value: hostileValues()[what] }));

    await harness.deliver(harness.request());

    expect((await harness.record())?.status).toBe('completed');
  });
});

describe('a job that fails', () => {
  test.each(NAMES)('by throwing %s has made an attempt that counts', async (what) => {
    const harness = createRunHarness(() => {
      throw hostileValues()[what];
    });

    await harness.deliver(harness.request());

    expect(await harness.record()).toMatchObject({ status: 'retrying', attempt: 1, attempts: [{ outcome: 'failed' }] });
  });

  test('with a time to wait that cannot be read is tried again by its backoff', async () => {
    const harness = createRunHarness(() => {
      throw new Proxy(new RetryAfterError('1 hour'), {
        get() {
          throw new Error('not to be read');
        },
      });
    });

    await harness.deliver(harness.request());

    expect(await harness.record()).toMatchObject({ status: 'retrying', attempt: 1 });
  });
});
