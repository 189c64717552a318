import { describe, expect, test } from 'vitest';
import { Closers } from '../../../lib/local/closers.ts';
import { QueueKeeper } from '../../../lib/local/state/queue-keeper.ts';
import { DUE, secondsOf } from '../../support/requests.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

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
