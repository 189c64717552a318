import { describe, expect, test } from 'vitest';
import { executeRun } from '../../lib/run/execute-run.ts';
import { createSkipGate } from '../../lib/run/overlap/skip.ts';
import type { LockRequest, LockStore } from '../../lib/run/ports.ts';
import { plus } from '../../lib/units.ts';
import { scheduledRequest, secondsOf } from '../support/requests.ts';
import { createRunHarness, deferred, fails } from '../support/run-harness.ts';
import { settle } from '../support/virtual-clock.ts';

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
    const locks: LockStore = Object.assign(Object.create(harness.locks.port), {
      take(request: LockRequest) {
        harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(70)));
        return harness.locks.port.take(request);
      },
    });

    const { disposition } = await executeRun(
      {
        request: harness.request(),
        owner: 'owner-1',
        receiveCount: 1,
        deadline: plus(harness.clock.now(), secondsOf(80)),
        logStream: 'stream',
        requestId: 'request-1',
      },
      { ...harness.ports, gate: createSkipGate({ locks, runs: harness.runs.port, queue: harness.queue.port }) },
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

  test('a run whose last attempt was lost is logged without a duration, which nobody knows', async () => {
    const harness = createRunHarness(() => {}, { retry: { maxAttempts: 1 } });
    harness.runs.failNext('settle', { when: 'before', error: down });
    await harness.deliver(harness.request());
    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(96)));
    harness.reporter.failNext('sendDeadLetter', { when: 'before', error: down });

    for (const receiveCount of [2, 3]) await harness.deliver(harness.request(), { receiveCount });

    const failures = harness.events.filter(({ event }) => event === 'run-failed');
    expect(failures).toMatchObject([{ outcome: 'lost' }, { outcome: 'lost' }]);
    expect(failures.map((event) => 'duration' in event && event.duration)).toEqual([undefined, undefined]);
    expect((await harness.record())?.attempts).toMatchObject([{ outcome: 'lost' }]);
  });

  test("a lost attempt fails its run where onTimeout is 'fail', with attempts left, and the job is not called again", async () => {
    let calls = 0;
    const harness = createRunHarness(() => void calls++, { onTimeout: 'fail' });
    harness.runs.failNext('settle', { when: 'before', error: down });
    await harness.deliver(harness.request());
    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(96)));

    await harness.deliver(harness.request(), { receiveCount: 2 });

    expect(calls).toBe(1);
    expect(await harness.record()).toMatchObject({
      status: 'failed',
      attempt: 1,
      attempts: [{ outcome: 'lost', limit: expect.any(Number) }],
      error: { name: 'LostAttemptError', message: expect.stringContaining("onTimeout: 'fail'") },
    });
    expect(harness.deadLetters).toHaveLength(1);
    await harness.deliver(harness.request(), { deadLetterAttempts: 1 });
    expect(await harness.record()).toMatchObject({ status: 'completed', attempt: 2, lastAttempt: 4, round: 1 });
  });

  test('a dead letter that cannot be sent keeps the message, and its redelivery sends it', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    harness.reporter.failNext('sendDeadLetter', { when: 'before', error: down });

    const first = await harness.deliver(harness.request());
    const second = await harness.deliver(harness.request(), { receiveCount: 2 });

    expect([first.kind, second.kind]).toEqual(['postpone', 'acknowledge']);
    expect(harness.deadLetters).toHaveLength(1);
  });

  test('an alert that cannot be sent holds nothing up', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    harness.reporter.failNext('alert', { when: 'before', error: down });

    expect((await harness.deliver(harness.request())).kind).toBe('acknowledge');
    expect(harness.deadLetters).toHaveLength(1);
  });

  test('a delivery that lost its lease touches neither the message nor the lock of another', async () => {
    const done = deferred();
    let calls = 0;
    const harness = createRunHarness(() => (++calls === 1 ? done.promise : undefined));
    const stale = harness.deliver(harness.request());
    await settle();
    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(96)));
    await harness.deliver(harness.request(), { receiveCount: 2 });

    done.resolve();

    expect(await stale).toEqual({ kind: 'leave', mustExit: false });
    expect(harness.sent()).toEqual([]);
    expect(await harness.record()).toMatchObject({ status: 'completed', claim: 2 });
  });

  test('a run whose last allowed attempt was lost is closed as failed, with dead letter, alert and a free lock', async () => {
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
    expect(harness.deadLetters).toHaveLength(1);
    expect(harness.alerts).toHaveLength(1);
    const next = scheduledRequest({ job: 'report', run: 'report/2027-03-03T02:00Z/nightly' });
    await harness.deliver(next);
    expect((await harness.record(next.run))?.status).toBe('completed');
  });

  test('what fails at a lock once the outcome is recorded is logged by its step', async () => {
    const harness = createRunHarness(() => {}, { retry: { maxAttempts: 1 } });
    harness.locks.failNext('release', { when: 'before', error: down });
    await harness.deliver(harness.request());
    const lost = scheduledRequest({ job: 'report', run: 'report/2027-03-03T02:00Z/nightly' });
    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(96)));
    harness.runs.failNext('settle', { when: 'before', error: down });
    await harness.deliver(lost);
    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(96)));
    harness.locks.failNext('read', { when: 'before', error: down });
    await harness.deliver(lost, { receiveCount: 2 });

    expect(harness.events.flatMap((each) => (each.event === 'infrastructure-failed' ? [each.step] : []))).toEqual([
      'release the lock',
      'execute',
      'free the lock',
    ]);
  });
});
