import { describe, expect, test } from 'vitest';
import { Closers } from '../../../lib/local/closers.ts';
import type { ServiceRequest } from '../../../lib/local/gateway/service.ts';
import { QueueKeeper, savesSends } from '../../../lib/local/state/queue-keeper.ts';
import { DUE, secondsOf } from '../../support/requests.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';

function setup(write: (value: number) => Promise<void> = async () => {}) {
  const clock = new VirtualClock(DUE);
  const written: number[] = [];
  let value = 0;
  const keeper = new QueueKeeper({
    clock,
    snapshot: () => ({ v: 1, queues: { q: Array(value).fill({}) } }),
    write: async ({ queues }) => {
      const count = queues['q']?.length ?? 0;
      await write(count);
      written.push(count);
    },
  });
  return {
    clock,
    keeper,
    written,
    change: () => {
      value++;
      keeper.note();
    },
  };
}

describe('the queue keeper', () => {
  test('writes once for a burst of changes, with the last of them', async () => {
    const { clock, written, change } = setup();

    for (let count = 0; count < 50; count++) change();
    await clock.advanceBy(secondsOf(1));

    expect(written).toEqual([50]);
  });

  test('does nothing when nothing changes', async () => {
    const { clock, written } = setup();

    await clock.advanceBy(secondsOf(60));

    expect(written).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  test('goes on after a write that failed, and tells of one only at the stop', async () => {
    let isFull = true;
    const { clock, keeper, written, change } = setup(async () => {
      if (isFull) throw new Error('no space left');
    });
    change();
    await clock.advanceBy(secondsOf(1));
    await expect(keeper.save()).rejects.toThrow('no space left');

    isFull = false;
    change();
    await clock.advanceBy(secondsOf(1));

    expect(written).toEqual([2]);
  });
});

describe('a send through the services', () => {
  const request = (target: string | undefined): ServiceRequest => ({
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: target === undefined ? {} : { 'x-amz-target': target },
    body: Buffer.from(''),
    signal: new AbortController().signal,
  });
  const done = async () => ({ status: 200, headers: {}, body: '' });

  test.each([
    ['AmazonSQS.SendMessage', 1],
    ['AmazonSQS.SendMessageBatch', 1],
    // SNS, which names its action in the body.
    [undefined, 1],
    ['AmazonSQS.ReceiveMessage', 0],
    ['AmazonSQS.DeleteMessage', 0],
  ])('of %s is acknowledged after %i writes of the queues', async (target, count) => {
    const { keeper, written } = setup();

    await savesSends(done, keeper.save)(request(target));

    expect(written).toHaveLength(count);
  });

  test('is not acknowledged when it cannot be written', async () => {
    const { keeper } = setup(() => Promise.reject(new Error('no space left')));

    const answer = savesSends(done, keeper.save)(request('AmazonSQS.SendMessage'));

    await expect(answer).rejects.toThrow('no space left');
  });

  test('that is refused writes nothing', async () => {
    const { keeper, written } = setup();

    await savesSends(
      async () => ({ status: 400, headers: {}, body: '' }),
      keeper.save,
    )(request('AmazonSQS.SendMessage'));

    expect(written).toEqual([]);
  });

  test('shares one write with all that wait for the same turn, made after every one of them', async () => {
    const { keeper, written, change } = setup();
    const first = keeper.save();
    await settle();

    const others = Array.from({ length: 20 }, () => {
      change();
      return keeper.save();
    });
    await Promise.all([first, ...others]);

    expect(written).toEqual([0, 20]);
  });
});

describe('closers', () => {
  test('end the last first, go on past a failure, and tell of it', async () => {
    const order: string[] = [];
    const closers = new Closers();
    closers.add(() => order.push('first'));
    closers.add(() => {
      throw new Error('stuck');
    });
    closers.add(async () => order.push('last'));

    await expect(closers.run()).rejects.toThrow('stuck');
    await closers.run();

    expect(order).toEqual(['last', 'first']);
  });
});
