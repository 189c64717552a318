import { describe, expect, test } from 'vitest';
import type { ServiceHandler } from '../../lib/local/gateway/index.ts';
import { setup } from './setup.ts';

const ONCE = { ScheduleExpression: 'at(2026-11-23T13:00:00)', ActionAfterCompletion: 'DELETE' } as const;

test('at(…) is fired once', async () => {
  const { advanceTo, create, tick, events, names } = await setup({ now: '2026-11-23T12:00:00Z' });
  await create('once', { ScheduleExpression: 'at(2026-11-23T13:00:00)' });

  await tick.start();
  await advanceTo('2026-11-23T13:00:00Z');
  await tick.look();
  await advanceTo('2026-11-24T13:00:00Z');

  expect(events).toEqual(['fired once 2026-11-23T13:00:00Z']);
  expect(await names()).toEqual(['once']);
});

describe('a schedule with DELETE after completion', () => {
  test('is deleted at the endpoint once it is fired', async () => {
    const { advanceTo, create, tick, events, names } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('once', ONCE);

    await tick.start();
    await advanceTo('2026-11-23T12:59:00Z');
    expect(await names()).toEqual(['once']);
    await advanceTo('2026-11-23T13:00:00Z');

    expect(await names()).toEqual([]);
    await tick.look();
    expect(events).toEqual(['fired once 2026-11-23T13:00:00Z']);
  });

  test('that could not be deleted is not fired again, and deleted by a later look', async () => {
    let isRefusing = true;
    const { advanceTo, create, tick, events, names } = await setup({
      now: '2026-11-23T12:00:00Z',
      intercept: (next) => async (request) => {
        if (isRefusing && request.method === 'DELETE') return { status: 500, headers: {}, body: '{}' };
        return await next(request);
      },
    });
    await create('once', ONCE);

    await tick.start();
    await advanceTo('2026-11-23T13:00:00Z');
    await tick.look();
    await tick.look();
    isRefusing = false;
    await tick.look();

    expect(events).toEqual([
      'fired once 2026-11-23T13:00:00Z',
      expect.stringMatching(/^trouble: delete once: /),
      'over: delete once',
    ]);
    expect(await names()).toEqual([]);
  });

  test('is left when it was changed since the last look, and fired as it is now', async () => {
    const { advanceTo, create, update, tick, events, names } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('once', ONCE);
    await tick.start();

    await advanceTo('2026-11-23T12:59:58Z');
    await update('once', { ...ONCE, ScheduleExpression: 'at(2026-11-23T15:00:00)' });
    await advanceTo('2026-11-23T13:00:01Z');
    expect(await names()).toEqual(['once']);
    await tick.look();
    await advanceTo('2026-11-23T15:00:00Z');

    expect(events).toEqual(['fired once 2026-11-23T13:00:00Z', 'new once', 'fired once 2026-11-23T15:00:00Z']);
    expect(await names()).toEqual([]);
  });

  test('is left when it was deleted and made again since, and not fired twice for one due time', async () => {
    const { advanceTo, create, remove, tick, events, names } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('once', ONCE);
    await tick.start();

    await advanceTo('2026-11-23T12:59:58Z');
    await remove('once');
    await create('once', { ScheduleExpression: 'cron(0 * * * ? *)' });
    await advanceTo('2026-11-23T13:00:01Z');
    await tick.look();
    await advanceTo('2026-11-23T14:00:00Z');

    expect(events).toEqual(['fired once 2026-11-23T13:00:00Z', 'new once', 'fired once 2026-11-23T14:00:00Z']);
    expect(await names()).toEqual(['once']);
  });

  test('whose deletion was done, and its answer lost, is left when it is made again', async () => {
    const faults = { isAnswerLost: true };
    const loseAnswers =
      (next: ServiceHandler): ServiceHandler =>
      async (request) => {
        const response = await next(request);
        return faults.isAnswerLost && request.method === 'DELETE' ? { status: 500, headers: {}, body: '{}' } : response;
      };
    const { advanceTo, create, tick, names } = await setup({ now: '2026-11-23T12:59:00Z', intercept: loseAnswers });
    await create('once', ONCE);
    await tick.start();

    await advanceTo('2026-11-23T13:00:01Z');
    faults.isAnswerLost = false;
    await create('once', { ...ONCE, ScheduleExpression: 'at(2026-11-23T13:01:00)' });
    await tick.look();
    await advanceTo('2026-11-23T13:00:59Z');

    expect(await names()).toEqual(['once']);
  });

  test('is deleted when a change of something else is found after it was fired', async () => {
    const { advanceTo, create, update, tick, events, names } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('once', ONCE);
    await tick.start();

    await advanceTo('2026-11-23T12:59:58Z');
    await update('once', { ...ONCE, Description: 'new' });
    await advanceTo('2026-11-23T13:00:01Z');
    await tick.look();
    await advanceTo('2026-11-23T13:00:02Z');

    expect(events).toEqual(['fired once 2026-11-23T13:00:00Z', 'new once']);
    expect(await names()).toEqual([]);
  });

  test('is left when its due time was missed', async () => {
    const { advanceTo, clock, create, tick, events, names } = await setup({
      now: '2026-11-23T12:00:00Z',
      pollEvery: 5000,
    });
    await create('once', ONCE);
    await tick.start();

    clock.jumpTo('2026-11-23T14:00:00Z');
    await advanceTo('2026-11-23T14:02:00Z');

    expect(events).toEqual(['missed once 2026-11-23T13:00:00Z']);
    expect(await names()).toEqual(['once']);
  });
});
