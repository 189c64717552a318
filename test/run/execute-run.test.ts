import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { NonRetryableError, RetryAfterError } from '../../lib/job/errors.ts';
import { plus } from '../../lib/units.ts';
import { DUE, minutes, scheduledRequest, secondsOf } from '../support/requests.ts';
import { createRunHarness, fails } from '../support/run-harness.ts';

describe('a run that succeeds', () => {
  test('is recorded with its result, and its message acknowledged', async () => {
    const harness = createRunHarness(() => ({ rows: 3 }));

    const disposition = await harness.deliver(harness.request());

    expect(disposition).toEqual({ kind: 'acknowledge', mustExit: false });
    expect(await harness.record()).toMatchObject({
      status: 'completed',
      result: { rows: 3 },
      attempts: [{ n: 1, outcome: 'completed' }],
    });
    expect(harness.eventNames()).toEqual(['attempt-started', 'run-completed']);
  });

  test('costs four writes under a lock, and no read', async () => {
    const harness = createRunHarness(() => {});

    await harness.deliver(harness.request());

    expect(harness.runs.calls).toEqual(['claim', 'settle']);
    expect(harness.locks.calls).toEqual(['take', 'release']);
  });

  test('costs two writes where overlap is allowed', async () => {
    const harness = createRunHarness(() => {}, { overlap: 'allow' });

    await harness.deliver(harness.request());

    expect([...harness.runs.calls, ...harness.locks.calls]).toEqual(['claim', 'settle']);
  });

  test('gives the job its identity, its attempt and a fencing token that rises', async () => {
    const seen: unknown[] = [];
    const harness = createRunHarness((_input, { run }) => void seen.push(run));

    await harness.deliver(harness.request());
    await harness.deliver(scheduledRequest({ job: 'report', run: 'report/2027-03-03T02:00Z/nightly' }));

    expect(seen).toMatchObject([
      {
        id: 'report/2027-03-02T02:00Z/nightly',
        job: 'report',
        schedule: 'nightly',
        scheduledTime: new Date(DUE),
        trigger: 'schedule',
        attempt: 1,
        lastAttempt: 3,
        fencingToken: 1,
      },
      { fencingToken: 2 },
    ]);
  });

  test.each([
    { result: undefined, kept: undefined },
    { result: new Date(0), kept: '1970-01-01T00:00:00.000Z' },
    { result: { a: undefined, b: 1 }, kept: { b: 1 } },
    { result: 10n, kept: { belfry: 'result not kept: Do not know how to serialize a BigInt' } },
    { result: () => 1, kept: { belfry: 'result not kept: function has no JSON' } },
    { result: 'x'.repeat(20_000), kept: { belfry: 'result not kept: 20002 characters of JSON; kept are up to 16384' } },
  ])('completes whatever it returns: $kept', async ({ result, kept }) => {
    const harness = createRunHarness(() => result);

    await harness.deliver(harness.request());

    const record = await harness.record();
    expect(record?.status).toBe('completed');
    expect(record?.result).toEqual(kept);
  });
});

describe('a run that fails', () => {
  test('is retried after a wait within bounds that double, up to the last attempt', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 4 } });
    const waits: number[] = [];

    for (let attempt = 1; attempt <= 3; attempt++) {
      const disposition = await harness.deliver(harness.request(), { receiveCount: attempt });
      if (disposition.kind !== 'postpone') throw new Error(disposition.kind);
      waits.push(disposition.until - harness.clock.now());
      harness.clock.jumpTo(disposition.until);
    }
    const last = await harness.deliver(harness.request(), { receiveCount: 4 });

    // Half of 30 s, 60 s and 120 s: the harness's jitter draws the middle.
    expect(waits).toEqual([15_000, 30_000, 60_000]);
    expect(last.kind).toBe('acknowledge');
    expect((await harness.record())?.attempts.map(({ cause, outcome }) => [cause, outcome])).toEqual([
      ['first', 'failed'],
      ['retry', 'failed'],
      ['retry', 'failed'],
      ['retry', 'failed'],
    ]);
  });

  test('leaves its dead letter, an alert and a freed lock when it has failed for good', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });

    await harness.deliver(harness.request());

    expect(await harness.record()).toMatchObject({
      status: 'failed',
      deadLetterSentAt: harness.clock.now(),
      error: { name: 'Error', message: 'no connection' },
    });
    expect(harness.deadLetters).toMatchObject([
      { run: 'report/2027-03-02T02:00Z/nightly', attempts: 1, error: { message: 'no connection' } },
    ]);
    expect(JSON.parse(harness.deadLetters[0]?.body ?? '')).toMatchObject({
      v: 1,
      run: 'report/2027-03-02T02:00Z/nightly',
      trigger: 'schedule',
    });
    expect(harness.alerts).toEqual([
      { subject: 'report failed: no connection', body: 'report/2027-03-02T02:00Z/nightly' },
    ]);
    expect(harness.locks.calls).toEqual(['take', 'release']);
  });

  test('fails at once for a NonRetryableError', async () => {
    const harness = createRunHarness(() => {
      throw new NonRetryableError('no such customer');
    });

    await harness.deliver(harness.request());

    expect(await harness.record()).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { name: 'NonRetryableError' },
    });
  });

  test('fails at once for an input that does not fit, naming the path and not the value', async () => {
    const harness = createRunHarness(() => {}, { input: z.object({ region: z.enum(['eu', 'us']) }) });

    await harness.deliver(harness.request({ input: { region: 'secret-value' } }));

    const record = await harness.record();
    expect(record).toMatchObject({ status: 'failed', error: { name: 'InvalidInputError' } });
    expect(record?.error?.message).toContain('input.region');
    expect(JSON.stringify(record)).not.toContain('secret-value');
  });

  test('waits as long as a RetryAfterError says, at most 11 hours and a half', async () => {
    const harness = createRunHarness(() => {
      throw new RetryAfterError('2 days');
    });

    await harness.deliver(harness.request());

    expect((await harness.record())?.nextAttemptAt).toBe(plus(harness.clock.now(), minutes(11 * 60 + 30)));
  });

  test.each([
    { isRetryable: () => false, status: 'failed' },
    { isRetryable: () => true, status: 'retrying' },
    {
      isRetryable: () => {
        throw new Error('even this');
      },
      status: 'retrying',
    },
  ])('asks isRetryable, and takes its failure for a yes: $status', async ({ isRetryable, status }) => {
    const harness = createRunHarness(fails, { retry: { isRetryable } });

    await harness.deliver(harness.request());

    expect((await harness.record())?.status).toBe(status);
  });

  test.each([
    undefined,
    null,
    'text',
    7,
    { password: 'hunter2' },
    Object.create(null),
    new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new Error('trap');
        },
      },
    ),
  ])('is a failed attempt whatever it throws (%#)', async (thrown) => {
    const harness = createRunHarness(() => {
      throw thrown;
    });

    await harness.deliver(harness.request());

    expect(await harness.record()).toMatchObject({ status: 'retrying', attempts: [{ outcome: 'failed' }] });
    expect(JSON.stringify(await harness.record())).not.toContain('hunter2');
  });

  test('keeps its lock from its first attempt to its last', async () => {
    const harness = createRunHarness(fails);
    const first = await harness.deliver(harness.request());
    if (first.kind !== 'postpone') throw new Error(first.kind);
    harness.clock.jumpTo(plus(first.until, secondsOf(59)));

    await harness.deliver(scheduledRequest({ job: 'report', run: 'report/2027-03-02T02:01Z/nightly' }));

    expect(await harness.record('report/2027-03-02T02:01Z/nightly')).toMatchObject({
      status: 'skipped',
      blockedBy: 'report/2027-03-02T02:00Z/nightly',
    });
  });
});
