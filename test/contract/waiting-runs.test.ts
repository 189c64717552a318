import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Disposition } from '../../lib/run/delivery.ts';
import type { RunRequest } from '../../lib/run/ports.ts';
import { LOCK_MARGIN } from '../../lib/run/timeouts.ts';
import { plus } from '../../lib/units.ts';
import { minutes, scheduledRequest } from '../support/requests.ts';
import { createRunHarness, deferred } from '../support/run-harness.ts';
import { ADAPTERS, type Stores } from './stores.ts';

let serial = 0;

describe.each(ADAPTERS)('runs that wait for the lock of their job, over $name', ({ open }) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await open();
  });
  afterAll(() => stores.close());
  beforeEach(() => {
    serial++;
  });

  const name = () => `waits-${serial}`;
  const due = (minute: number): RunRequest =>
    scheduledRequest({ job: name(), run: `${name()}/2027-03-02T02:0${minute}Z/nightly`, input: { minute } });

  /** A job whose runs work until they are told to end, but for those that fail. */
  function job() {
    const working = new Map<string, { started: () => void; ended: Promise<void> }>();
    const failing = new Set<string>();
    const harness = createRunHarness(
      async (_input, { run }) => {
        if (failing.delete(run.id)) throw new Error('no connection');
        working.get(run.id)?.started();
        await working.get(run.id)?.ended;
      },
      { input: z.unknown() },
      { stores, name: name() },
    );
    return {
      harness,
      fail: (request: RunRequest) => failing.add(request.run),
      /** Delivers a run, and gives a way to end it once it is at work. */
      async start(request: RunRequest): Promise<() => Promise<Disposition>> {
        const [started, ended] = [deferred(), deferred()];
        working.set(request.run, { started: started.resolve, ended: ended.promise });
        const delivery = harness.deliver(request);
        await started.promise;
        return () => {
          ended.resolve();
          return delivery;
        };
      },
      lock: () => stores.locks.read(name()),
    };
  }

  /** The first run has failed once and lost its lock to the second, which is at work. */
  async function lostLock() {
    const world = job();
    const first = due(0);
    world.fail(first);
    const retry = await world.harness.deliver(first);
    if (retry.kind !== 'postpone') throw new Error(retry.kind);
    world.harness.clock.jumpTo(plus(retry.until, LOCK_MARGIN));
    const end = await world.start(due(1));
    return { ...world, first, end };
  }

  test('a later attempt joins the line before it is acknowledged, and the end of the holder sends it', async () => {
    const { harness, first, end, lock } = await lostLock();

    expect(await harness.deliver(first, { receiveCount: 2 })).toMatchObject({ kind: 'acknowledge' });
    expect((await lock()).again).toHaveLength(1);
    expect(await harness.record()).toMatchObject({ status: 'retrying', attempt: 1, input: { minute: 0 } });

    expect(await end()).toMatchObject({ kind: 'acknowledge' });
    expect(harness.sent()).toMatchObject([{ run: first.run, input: { minute: 0 } }]);
    expect((await lock()).again).toHaveLength(1);

    await harness.deliver(first);
    expect(await harness.record()).toMatchObject({ status: 'completed', attempt: 2 });
    expect(await lock()).toEqual({ again: [], waiting: [], asked: [] });
  });

  test('a lock that is freed before the mark shows the message again', async () => {
    const { harness, first, end } = await lostLock();
    const { settle } = harness.runs.port;
    harness.ports.runs.settle = async (claimed, settlement) => {
      if (settlement.status === 'waiting') await end();
      await settle(claimed, settlement);
    };

    expect((await harness.deliver(first, { receiveCount: 2 })).kind).toBe('postpone');
    expect(harness.sent()).toMatchObject([{ run: first.run, input: { minute: 0 } }]);
    await harness.deliver(first, { receiveCount: 3 });
    expect(await harness.record()).toMatchObject({ status: 'completed', attempt: 2 });
  });

  test('a delivery of a run that has ended frees the lock that its process left, and wakes the next', async () => {
    const { harness, first, end, lock } = await lostLock();
    await harness.deliver(first, { receiveCount: 2 });
    harness.locks.failNext('release', { when: 'before', error: new Error('killed') });
    await end();
    expect((await lock()).holder).toMatchObject({ run: due(1).run });

    await harness.deliver(due(1), { receiveCount: 2 });

    expect((await lock()).holder).toBeUndefined();
    expect(harness.sent()).toMatchObject([{ run: first.run }]);
  });

  test('one that was left in line by a run that has ended is passed over', async () => {
    const { harness, first, end, lock } = await lostLock();
    await harness.deliver(first, { receiveCount: 2 });
    const ended = due(9);
    await stores.locks.join(
      {
        ...{ job: name(), run: ended.run, claim: 1, now: harness.clock.now(), until: harness.clock.now() },
        ...{ entry: `2027-03-01T02:00:00.000Z|2027-03-02T02:09Z/nightly|0`, respects: ['again'] },
      },
      'again',
    );
    await end();

    expect(harness.sent()).toMatchObject([{ run: first.run }]);
    expect((await lock()).again).toHaveLength(1);
  });

  test('a due run is skipped for a run that holds the lock and goes on, and for no other', async () => {
    const { harness, start, lock } = job();
    const end = await start(due(0));
    await harness.deliver(due(1));
    expect(await harness.record(due(1).run)).toMatchObject({ reason: 'overlap', blockedBy: due(0).run });

    harness.locks.failNext('release', { when: 'before', error: new Error('killed') });
    await end();
    expect((await lock()).holder).toMatchObject({ run: due(0).run });
    await harness.deliver(due(2));

    expect(await harness.record(due(2).run)).toMatchObject({ status: 'completed' });
  });

  test('a due run that is refused a lock which is free when it is looked at asks again', async () => {
    const { harness, start } = job();
    const end = await start(due(0));
    const { get } = harness.runs.port;
    const { take } = stores.locks;
    let isRefused = false;
    harness.runs.port.get = get;
    stores.locks.take = async (request) => {
      const result = await take.call(stores.locks, request);
      if (result.kind === 'busy' && !isRefused) {
        isRefused = true;
        await end();
        return { kind: 'busy', view: await stores.locks.read(request.job) };
      }
      return result;
    };

    await harness.deliver(due(1));
    stores.locks.take = take;

    expect(isRefused).toBe(true);
    expect(await harness.record(due(1).run)).toMatchObject({ status: 'completed' });
  });

  test('a lock is kept for the next attempt and longer than the watchdog takes to send it again', async () => {
    const { harness, fail, lock } = job();
    fail(due(0));

    const retry = await harness.deliver(due(0));

    if (retry.kind !== 'postpone') throw new Error(retry.kind);
    expect((await lock()).holder?.until).toBe(plus(retry.until, minutes(5)));
  });
});
