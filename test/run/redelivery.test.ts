import { describe, expect, test } from 'vitest';
import { plus } from '../../lib/units.ts';
import { replaced } from '../support/replaced.ts';
import { secondsOf } from '../support/requests.ts';
import { createRunHarness, deferred, fails } from '../support/run-harness.ts';
import { settle } from '../support/virtual-clock.ts';

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

    const again = await harness.deliver(harness.request(), { receiveCount: 2 });

    expect(again.kind).toBe('acknowledge');
    expect(calls).toBe(1);
    expect(harness.eventNames()).toEqual(['attempt-started', 'run-completed', 'duplicate-acknowledged']);
  });

  test('after a failure is acknowledged, and its dead letter not sent twice', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    await harness.deliver(harness.request());

    for (const receiveCount of [1, 2]) await harness.deliver(harness.request(), { receiveCount });

    expect(harness.deadLetters).toHaveLength(1);
  });

  test.each([
    { what: 'the message that failed the run', receiveCount: 2 },
    { what: 'a copy, or a message that SQS had moved itself, without a dead letter’s attributes', receiveCount: 1 },
  ])('after a failure whose dead letter could not be sent sends it: $what', async ({ receiveCount }) => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    harness.reporter.failNext('sendDeadLetter', { when: 'before', error: new Error('access denied') });
    await harness.deliver(harness.request());
    expect(harness.deadLetters).toEqual([]);

    await harness.deliver(harness.request(), { receiveCount });

    expect(harness.deadLetters).toHaveLength(1);
    expect(await harness.record()).toMatchObject({ status: 'failed', deadLetterSentAt: harness.clock.now() });
    expect((await harness.record())?.leaseUntil).toBeUndefined();
  });

  test('while the delivery that failed the run is sending its dead letter waits until that must be over', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    const { clock, runs, reporter } = harness;
    const sending = deferred();
    const ports = {
      ...harness.ports,
      reporter: { ...reporter.port, sendDeadLetter: () => sending.promise },
    };
    const first = harness.deliver(harness.request(), {}, ports);
    await settle();
    runs.calls.length = 0;

    const copies = [await harness.deliver(harness.request()), await harness.deliver(harness.request())];

    // 60 s of timeout, 20 s of margin, 15 s of skew, and up to 5 s of jitter, of which the harness draws half.
    const held = { kind: 'postpone', until: plus(clock.now(), secondsOf(97.5)), mustExit: false };
    expect(copies).toEqual([held, held]);
    expect(runs.calls).toEqual(['claim', 'claim']);
    sending.resolve();
    expect((await first).kind).toBe('acknowledge');
    clock.jumpTo(held.until);
    expect((await harness.deliver(harness.request(), { receiveCount: 2 })).kind).toBe('acknowledge');
    expect(harness.deadLetters).toEqual([]);
    expect(harness.alerts).toHaveLength(1);
  });

  test('after a failure whose delivery died takes over, once of any number, and sends the dead letter', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    void harness.deliver(
      harness.request(),
      {},
      { ...harness.ports, gate: replaced(harness.ports.gate, { leave: () => new Promise(() => {}) }) },
    );
    await settle();
    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(100)));

    const kinds = await Promise.all(
      [1, 2, 3].map(async () => (await harness.deliver(harness.request(), { receiveCount: 2 })).kind),
    );

    expect(kinds.sort()).toEqual(['acknowledge', 'postpone', 'postpone']);
    expect(harness.deadLetters).toHaveLength(1);
    expect(harness.alerts).toHaveLength(1);
  });

  test('after a failure whose dead letter was sent but could not be noted sends it again, after its lease', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    harness.runs.failNext('noteDeadLetter', { when: 'before', error: new Error('table is down') });
    await harness.deliver(harness.request());

    expect((await harness.deliver(harness.request())).kind).toBe('postpone');
    harness.clock.jumpTo(plus(harness.clock.now(), secondsOf(100)));
    await harness.deliver(harness.request());

    expect(harness.deadLetters).toHaveLength(2);
  });
});

describe('a dead letter moved back', () => {
  test('gives exactly one more round, however often its message is delivered', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 2, backoff: '0 seconds' } });
    await harness.deliver(harness.request());
    await harness.deliver(harness.request());
    const redrive = { deadLetterAttempts: 2 };

    const kinds: string[] = [];
    for (let delivery = 1; delivery <= 5; delivery++) {
      kinds.push((await harness.deliver(harness.request(), { ...redrive, receiveCount: delivery })).kind);
    }

    expect(kinds).toEqual(['postpone', 'acknowledge', 'acknowledge', 'acknowledge', 'acknowledge']);
    expect(await harness.record()).toMatchObject({ status: 'failed', attempt: 4, round: 1 });
  });

  test('sends its dead letter again, and starts no third round, when the dead letter of the second could not be sent', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    await harness.deliver(harness.request());
    harness.reporter.failNext('sendDeadLetter', { when: 'before', error: new Error('no queue') });
    const redrive = { deadLetterAttempts: 1 };

    await harness.deliver(harness.request(), redrive);
    await harness.deliver(harness.request(), { ...redrive, receiveCount: 2 });

    expect(harness.deadLetters.map(({ attempts }) => attempts)).toEqual([1, 2]);
    expect(await harness.record()).toMatchObject({ status: 'failed', attempt: 2 });
  });

  test('does not hand the story in its body on to the dead letter of the next round', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    await harness.deliver(harness.request());
    const deadLetter = { attempts: 1, firstError: 'old', lastError: 'old' };

    await harness.deliver(harness.request({ deadLetter }), { deadLetterAttempts: 1 });

    expect(harness.deadLetters).toHaveLength(2);
    expect(harness.deadLetters[1]?.body).not.toContain('old');
  });

  test('that is late does not begin a round of a later failure, and is acknowledged', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 1 } });
    await harness.deliver(harness.request());
    await harness.deliver(harness.request(), { deadLetterAttempts: 1 });

    const late = await harness.deliver(harness.request(), { deadLetterAttempts: 1 });

    expect(late.kind).toBe('acknowledge');
    expect(await harness.record()).toMatchObject({ status: 'failed', attempt: 2, round: 1 });
    expect(harness.deadLetters.map(({ attempts }) => attempts)).toEqual([1, 2]);
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

    await harness.deliver(harness.request(), { deadLetterAttempts: 1 });

    expect(await harness.record()).toMatchObject({
      status: 'completed',
      attempts: [
        { n: 1, cause: 'first' },
        { n: 2, cause: 'redrive' },
      ],
    });
  });
});
