import { describe, expect, test } from 'vitest';
import { plus } from '../../lib/units.ts';
import { minutes, scheduledRequest } from '../support/requests.ts';
import { createRunHarness, deferred } from '../support/run-harness.ts';
import { settle } from '../support/virtual-clock.ts';

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

  test('keep a later attempt in line, uncounted, while another run has the lock, and the end of that run sends it', async () => {
    const done = deferred();
    let calls = 0;
    const harness = createRunHarness(() => {
      if (++calls === 1) throw new Error('first attempt');
      return done.promise;
    });
    const retry = await harness.deliver(harness.request());
    if (retry.kind !== 'postpone') throw new Error(retry.kind);
    harness.clock.jumpTo(plus(retry.until, minutes(6))); // the lock, kept for five minutes beyond the backoff, has lapsed
    const other = harness.deliver(second());
    await settle();

    const inLine = await harness.deliver(harness.request({ input: { region: 'eu' } }), { receiveCount: 2 });

    expect(inLine.kind).toBe('acknowledge');
    expect(await harness.record()).toMatchObject({ status: 'retrying', attempt: 1, input: { region: 'eu' } });
    expect(harness.events).toContainEqual(expect.objectContaining({ event: 'run-waiting', blockedBy: second().run }));
    done.resolve();
    await other;
    expect(harness.sent()).toEqual([harness.request({ input: { region: 'eu' } })]);
    await harness.deliver(harness.request());
    expect(await harness.record()).toMatchObject({ status: 'completed', attempt: 2 });
  });

  test('send the one in line with the next delivery when its message could not be sent', async () => {
    const done = deferred();
    let calls = 0;
    const harness = createRunHarness(() => {
      if (++calls === 1) throw new Error('first attempt');
      return done.promise;
    });
    const retry = await harness.deliver(harness.request());
    if (retry.kind !== 'postpone') throw new Error(retry.kind);
    harness.clock.jumpTo(plus(retry.until, minutes(6)));
    const other = harness.deliver(second());
    await settle();
    await harness.deliver(harness.request(), { receiveCount: 2 });
    harness.queue.failNext('send', { when: 'before', error: new Error('throttled') });
    done.resolve();

    expect((await other).kind).toBe('postpone');
    expect(harness.sent()).toEqual([]);
    expect((await harness.deliver(second(), { receiveCount: 2 })).kind).toBe('acknowledge');
    expect(harness.sent()).toEqual([harness.request()]);
  });
});
