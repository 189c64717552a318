import { describe, expect, test } from 'vitest';
import { NonRetryableError } from '../../lib/job/errors.ts';
import { plus } from '../../lib/units.ts';
import { secondsOf } from '../support/requests.ts';
import { createRunHarness, deferred, fails } from '../support/run-harness.ts';

describe('a run that outlives its timeout', () => {
  test('sees its signal abort at the timeout, and is retried as timed out', async () => {
    const harness = createRunHarness(
      (_input, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const start = harness.clock.now();

    const delivered = harness.deliver(harness.request());
    await harness.clock.advanceTo(plus(start, secondsOf(59)));
    expect((await harness.record())?.status).toBe('running');
    await harness.clock.advanceTo(plus(start, secondsOf(60)));

    expect(await delivered).toMatchObject({ kind: 'postpone', mustExit: false });
    expect(await harness.record()).toMatchObject({
      status: 'retrying',
      attempts: [
        {
          outcome: 'timed-out',
          error: { name: 'TimeoutError', message: 'the attempt took longer than its timeout of 60 s' },
        },
      ],
    });
    expect(harness.clock.timers).toBe(0);
  });

  test('has its process ended when it ignores the signal for ten seconds', async () => {
    const harness = createRunHarness(() => new Promise(() => {}));
    const start = harness.clock.now();

    const delivered = harness.deliver(harness.request());
    await harness.clock.advanceTo(plus(start, secondsOf(70)));

    expect(await delivered).toMatchObject({ kind: 'postpone', mustExit: true });
    expect(await harness.record()).toMatchObject({ status: 'retrying', attempts: [{ outcome: 'timed-out' }] });
  });

  test.each([
    { what: 'its outcome cannot be written', break: 'settle' as const },
    { what: 'its dead letter cannot be sent', break: 'sendDeadLetter' as const },
  ])('has its process ended also when $what', async (broken) => {
    const harness = createRunHarness(() => new Promise(() => {}), { retry: { maxAttempts: 1 } });
    const fault = { when: 'before', error: new Error('down') } as const;
    if (broken.break === 'settle') harness.runs.failNext('settle', fault);
    else harness.reporter.failNext('sendDeadLetter', fault);

    const delivered = harness.deliver(harness.request());
    await harness.clock.advanceTo(plus(harness.clock.now(), secondsOf(70)));

    expect(await delivered).toMatchObject({ kind: 'postpone', mustExit: true });
  });

  test('fails at once when it answers the signal with a NonRetryableError', async () => {
    const harness = createRunHarness(
      (_input, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new NonRetryableError('half done'))),
        ),
    );

    const delivered = harness.deliver(harness.request());
    await harness.clock.advanceTo(plus(harness.clock.now(), secondsOf(60)));

    expect((await delivered).kind).toBe('acknowledge');
    expect(await harness.record()).toMatchObject({ status: 'failed', error: { name: 'NonRetryableError' } });
  });

  test.each([
    { what: 'heeds the signal', heeds: true, after: 60 },
    { what: 'ignores it', heeds: false, after: 70 },
  ])("has failed for good where onTimeout is 'fail', with attempts left: one that $what", async ({ heeds, after }) => {
    const harness = createRunHarness(
      (_input, { signal }) =>
        new Promise((_resolve, reject) => heeds && signal.addEventListener('abort', () => reject(signal.reason))),
      { onTimeout: 'fail', retry: { maxAttempts: 3, isRetryable: () => true } },
    );

    const delivered = harness.deliver(harness.request());
    await harness.clock.advanceTo(plus(harness.clock.now(), secondsOf(after)));

    expect(await delivered).toMatchObject({ kind: 'acknowledge', mustExit: !heeds });
    expect(await harness.record()).toMatchObject({ status: 'failed', attempts: [{ n: 1, outcome: 'timed-out' }] });
    expect(harness.deadLetters).toHaveLength(1);
  });

  test("is retried after other failures where onTimeout is 'fail'", async () => {
    const harness = createRunHarness(fails, { onTimeout: 'fail' });

    expect((await harness.deliver(harness.request())).kind).toBe('postpone');
    expect((await harness.record())?.status).toBe('retrying');
  });

  test('has completed when it returns in spite of the signal', async () => {
    const done = deferred<string>();
    const harness = createRunHarness(() => done.promise);
    const start = harness.clock.now();

    const delivered = harness.deliver(harness.request());
    await harness.clock.advanceTo(plus(start, secondsOf(65)));
    done.resolve('late, but done');

    expect((await delivered).kind).toBe('acknowledge');
    expect(await harness.record()).toMatchObject({ status: 'completed', result: 'late, but done' });
  });
});
