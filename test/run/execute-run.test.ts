import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { NonRetryableError, RetryAfterError } from '../../lib/run/errors.ts';
import { executeRun } from '../../lib/run/execute-run.ts';
import type { LockRequest, LockStore } from '../../lib/run/ports.ts';
import { plus } from '../../lib/units.ts';
import { DUE, minutes, scheduledRequest, secondsOf } from '../support/requests.ts';
import { createRunHarness, deferred, type RunFunction } from '../support/run-harness.ts';
import { settle } from '../support/virtual-clock.ts';

const fails: RunFunction = () => {
  throw new Error('no connection');
};

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

  test('leaves its letter, an alert and a freed lock when it has failed for good', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });

    await harness.deliver(harness.request());

    expect(await harness.record()).toMatchObject({
      status: 'failed',
      letterFor: 'message-1',
      error: { name: 'Error', message: 'no connection' },
    });
    expect(harness.letters).toMatchObject([
      { run: 'report/2027-03-02T02:00Z/nightly', attempts: 1, error: { message: 'no connection' } },
    ]);
    expect(JSON.parse(harness.letters[0]?.body ?? '')).toMatchObject({
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
          error: { name: 'TimeoutError', message: 'the attempt took longer than its timeout of 1 minute' },
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
    { what: 'its letter cannot be sent', break: 'sendLetter' as const },
  ])('has its process ended also when $what', async (broken) => {
    const harness = createRunHarness(() => new Promise(() => {}), { retry: { maxAttempts: 1 } });
    const fault = { when: 'before', error: new Error('down') } as const;
    if (broken.break === 'settle') harness.runs.failNext('settle', fault);
    else harness.outbox.failNext('sendLetter', fault);

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

describe('two runs of a job', () => {
  const second = () => scheduledRequest({ job: 'report', run: 'report/2027-03-02T02:01Z/nightly' });

  test('never overlap by default: the second is skipped and names the first', async () => {
    const done = deferred();
    const harness = createRunHarness(() => done.promise);
    const first = harness.deliver(harness.request());
    await settle();

    const disposition = await harness.deliver(second());

    expect(disposition.kind).toBe('acknowledge');
    expect(await harness.record('report/2027-03-02T02:01Z/nightly')).toMatchObject({
      status: 'skipped',
      reason: 'overlap',
      blockedBy: 'report/2027-03-02T02:00Z/nightly',
      attempts: [],
    });
    done.resolve();
    await first;
    expect((await harness.record())?.status).toBe('completed');
  });

  test('overlap where the job allows it', async () => {
    const done = deferred();
    let running = 0;
    const harness = createRunHarness(
      () => {
        running++;
        return done.promise;
      },
      { overlap: 'allow' },
    );

    const both = [harness.deliver(harness.request()), harness.deliver(second())];
    await settle();

    expect(running).toBe(2);
    done.resolve();
    await Promise.all(both);
  });

  test('follow each other at once when the first died between completing and releasing', async () => {
    const harness = createRunHarness(() => {});
    harness.locks.failNext('release', { when: 'before', error: new Error('killed') });
    await harness.deliver(harness.request());

    await harness.deliver(second());

    expect((await harness.record('report/2027-03-02T02:01Z/nightly'))?.status).toBe('completed');
  });

  test('keep a later attempt waiting, uncounted, while another run has the lock', async () => {
    const done = deferred();
    let calls = 0;
    const harness = createRunHarness(() => {
      if (++calls === 1) throw new Error('first attempt');
      return done.promise;
    });
    const retry = await harness.deliver(harness.request());
    if (retry.kind !== 'postpone') throw new Error(retry.kind);
    harness.clock.jumpTo(plus(retry.until, minutes(2))); // the lock, kept a minute beyond the backoff, has lapsed
    const other = harness.deliver(second());
    await settle();

    const held = await harness.deliver(harness.request(), { receiveCount: 2 });

    expect(held.kind).toBe('postpone');
    expect(await harness.record()).toMatchObject({ status: 'retrying', attempt: 1 });
    done.resolve();
    await other;
  });
});

describe('a message delivered twice', () => {
  test('runs the job once, and the second delivery is held until the lease ends', async () => {
    const done = deferred();
    let calls = 0;
    const harness = createRunHarness(() => {
      calls++;
      return done.promise;
    });
    const first = harness.deliver(harness.request());
    await settle();

    const second = await harness.deliver(harness.request());

    // 60 s of timeout, 20 s of margin, 15 s of skew, and up to 5 s of jitter, of which the harness draws half.
    expect(second).toEqual({ kind: 'postpone', until: plus(harness.clock.now(), secondsOf(97.5)), mustExit: false });
    done.resolve();
    await first;
    expect(calls).toBe(1);
  });

  test('after completion is acknowledged, and runs nothing', async () => {
    let calls = 0;
    const harness = createRunHarness(() => void calls++);
    await harness.deliver(harness.request());

    const again = await harness.deliver(harness.request(), { messageId: 'copy' });

    expect(again.kind).toBe('acknowledge');
    expect(calls).toBe(1);
    expect(harness.eventNames()).toEqual(['attempt-started', 'run-completed', 'duplicate-acknowledged']);
  });

  test('after a failure is acknowledged, and its letter not sent twice', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    await harness.deliver(harness.request());

    for (const messageId of ['message-1', 'copy']) await harness.deliver(harness.request(), { messageId });

    expect(harness.letters).toHaveLength(1);
  });

  test.each([
    { what: 'the message that failed the run', messageId: 'message-1' },
    { what: 'a message that SQS had moved itself, without a letter’s attributes', messageId: 'moved-back' },
  ])('after a failure whose letter is still owed sends it: $what', async ({ messageId }) => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    harness.outbox.failNext('sendLetter', { when: 'before', error: new Error('access denied') });
    await harness.deliver(harness.request());
    expect(harness.letters).toEqual([]);

    await harness.deliver(harness.request(), { messageId });

    expect(harness.letters).toHaveLength(1);
    expect(await harness.record()).toMatchObject({ status: 'failed', letterFor: 'message-1' });
    expect((await harness.record())?.letterSentAt).toBe(harness.clock.now());
  });

  test('after a failure whose letter was sent but could not be noted sends it again', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    harness.runs.failNext('noteLetter', { when: 'before', error: new Error('table is down') });
    await harness.deliver(harness.request());

    await harness.deliver(harness.request());

    expect(harness.letters).toHaveLength(2);
  });
});

describe('a letter moved back', () => {
  test('gives exactly one more round, however often its message is delivered', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 2, backoff: '0 seconds' } });
    await harness.deliver(harness.request());
    await harness.deliver(harness.request());
    const redrive = { messageId: 'message-2', isRedrive: true };

    const kinds: string[] = [];
    for (let delivery = 1; delivery <= 5; delivery++) {
      kinds.push((await harness.deliver(harness.request(), { ...redrive, receiveCount: delivery })).kind);
    }

    expect(kinds).toEqual(['postpone', 'acknowledge', 'acknowledge', 'acknowledge', 'acknowledge']);
    expect(await harness.record()).toMatchObject({ status: 'failed', attempt: 4, letterFor: 'message-2' });
  });

  test('sends its letter again, and starts no third round, when the letter of the second could not be sent', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    await harness.deliver(harness.request());
    harness.outbox.failNext('sendLetter', { when: 'before', error: new Error('no queue') });
    const redrive = { messageId: 'message-2', isRedrive: true };

    await harness.deliver(harness.request(), redrive);
    await harness.deliver(harness.request(), { ...redrive, receiveCount: 2 });

    expect(harness.letters.map(({ attempts }) => attempts)).toEqual([1, 2]);
    expect(await harness.record()).toMatchObject({ status: 'failed', attempt: 2 });
  });

  test('gives a failed run another round of attempts', async () => {
    let broken = true;
    const harness = createRunHarness(
      () => {
        if (broken) throw new Error('no connection');
      },
      { retry: { maxAttempts: 1 } },
    );
    await harness.deliver(harness.request());
    broken = false;

    await harness.deliver(harness.request(), { messageId: 'message-2', isRedrive: true });

    expect(await harness.record()).toMatchObject({
      status: 'completed',
      attempts: [
        { n: 1, cause: 'first' },
        { n: 2, cause: 'redrive' },
      ],
    });
  });
});

describe('when things break around a run', () => {
  const down = new Error('table is down');

  test('a claim that cannot be made leaves the message for later and the job untouched', async () => {
    let calls = 0;
    const harness = createRunHarness(() => void calls++);
    harness.runs.failNext('claim', { when: 'before', error: down });

    const disposition = await harness.deliver(harness.request());

    expect(disposition.kind).toBe('postpone');
    expect(calls).toBe(0);
    expect(harness.eventNames()).toEqual(['infrastructure-failed']);
  });

  test('a lock that cannot be reached gives the attempt back', async () => {
    const harness = createRunHarness(() => {});
    harness.locks.failNext('take', { when: 'before', error: down });

    const disposition = await harness.deliver(harness.request());

    expect(disposition.kind).toBe('postpone');
    expect(await harness.record()).toMatchObject({ status: 'retrying', attempt: 0, attempts: [] });
    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(10)));
    await harness.deliver(harness.request(), { receiveCount: 2 });
    expect(await harness.record()).toMatchObject({
      status: 'completed',
      attempt: 1,
      attempts: [{ n: 1, cause: 'first' }],
    });
  });

  test('a claim and a lock that took all the time there was give the attempt back, and the job is not started', async () => {
    let calls = 0;
    const harness = createRunHarness(() => void calls++);
    const locks: LockStore = Object.assign(Object.create(harness.ports.locks), {
      take(request: LockRequest) {
        harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(70)));
        return harness.ports.locks.take(request);
      },
    });

    const { disposition } = await executeRun(
      {
        request: harness.request(),
        messageId: 'message-1',
        owner: 'owner-1',
        receiveCount: 1,
        isRedrive: false,
        deadline: plus(harness.clock.now(), secondsOf(80)),
        logStream: 'stream',
        requestId: 'request-1',
      },
      { ...harness.ports, locks },
    );

    expect(disposition.kind).toBe('postpone');
    expect(calls).toBe(0);
    expect(await harness.record()).toMatchObject({ status: 'retrying', attempt: 0, attempts: [] });
  });

  test('an attempt that is given back again and again waits longer each time', async () => {
    const harness = createRunHarness(() => {});
    const waits: number[] = [];

    for (const receiveCount of [1, 5, 9]) {
      harness.locks.failNext('take', { when: 'before', error: down });
      const disposition = await harness.deliver(harness.request(), { receiveCount });
      if (disposition.kind !== 'postpone') throw new Error(disposition.kind);
      waits.push(disposition.until - harness.clock.now());
      harness.clock.jumpTo(disposition.until);
    }

    // 5 s and half of what the receives allow, 15 minutes at most.
    expect(waits).toEqual([10_000, 85_000, 455_000]);
  });

  test('an outcome that cannot be written leaves the run to its lease', async () => {
    const harness = createRunHarness(() => {});
    harness.runs.failNext('settle', { when: 'before', error: down });
    await harness.deliver(harness.request());
    expect((await harness.record())?.status).toBe('running');

    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(96)));
    await harness.deliver(harness.request(), { receiveCount: 2 });

    expect(await harness.record()).toMatchObject({
      status: 'completed',
      attempts: [{ outcome: 'lost' }, { n: 2, cause: 'crash', outcome: 'completed' }],
    });
  });

  test('a letter that cannot be sent keeps the message, and its redelivery sends it', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    harness.outbox.failNext('sendLetter', { when: 'before', error: down });

    const first = await harness.deliver(harness.request());
    const second = await harness.deliver(harness.request(), { receiveCount: 2 });

    expect([first.kind, second.kind]).toEqual(['postpone', 'acknowledge']);
    expect(harness.letters).toHaveLength(1);
  });

  test('an alert that cannot be sent holds nothing up', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    harness.outbox.failNext('alert', { when: 'before', error: down });

    expect((await harness.deliver(harness.request())).kind).toBe('acknowledge');
    expect(harness.letters).toHaveLength(1);
  });

  test('a delivery that lost its lease touches nothing, neither message nor lock', async () => {
    const done = deferred();
    let calls = 0;
    const harness = createRunHarness(() => (++calls === 1 ? done.promise : undefined));
    const stale = harness.deliver(harness.request());
    await settle();
    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(96)));
    await harness.deliver(harness.request(), { receiveCount: 2 });
    const locksBefore = [...harness.locks.calls];

    done.resolve();

    expect(await stale).toEqual({ kind: 'leave', mustExit: false });
    expect(harness.locks.calls).toEqual(locksBefore);
    expect(await harness.record()).toMatchObject({ status: 'completed', claim: 2 });
  });

  test('a run whose last allowed attempt was lost is closed as failed, with letter, alert and a free lock', async () => {
    const harness = createRunHarness(() => {}, { retry: { maxAttempts: 1 } });
    harness.runs.failNext('settle', { when: 'before', error: down });
    await harness.deliver(harness.request());
    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(96)));

    const disposition = await harness.deliver(harness.request(), { receiveCount: 2 });

    expect(disposition.kind).toBe('acknowledge');
    expect(await harness.record()).toMatchObject({
      status: 'failed',
      error: { name: 'LostAttemptError' },
      attempts: [{ n: 1, outcome: 'lost' }],
    });
    expect(harness.letters).toHaveLength(1);
    expect(harness.alerts).toHaveLength(1);
    const next = scheduledRequest({ job: 'report', run: 'report/2027-03-03T02:00Z/nightly' });
    await harness.deliver(next);
    expect((await harness.record(next.run))?.status).toBe('completed');
  });
});
