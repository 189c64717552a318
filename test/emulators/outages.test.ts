import { describe, expect, test } from 'vitest';
import { setup } from './setup.ts';

/** An endpoint that can be told to fail to read the schedule `broken`, or to list any, or to list another than that. */
async function setUp(now: string, options: { readonly pollEvery?: number } = {}) {
  const faults = { read: false, list: false, hidesOthers: false };
  const parts = await setup({
    ...options,
    now,
    intercept: (next) => async (request) => {
      const isList = request.method === 'GET' && request.path === '/schedules';
      const isRead = request.method === 'GET' && request.path.endsWith('/broken');
      if ((faults.list && isList) || (faults.read && isRead)) throw new Error('the emulator has a bug');
      if (!faults.hidesOthers || !isList) return await next(request);
      const query = new URLSearchParams(request.query);
      query.set('NamePrefix', 'broken');
      return await next({ ...request, query });
    },
  });
  return { ...parts, faults };
}

describe('a schedule that the endpoint fails to tell of', () => {
  test('keeps no other from firing, and is tried again', async () => {
    const { advanceTo, create, tick, events, faults } = await setUp('2026-11-23T12:00:00Z');
    await tick.start();
    await create('broken');
    await create('hourly');
    faults.read = true;

    await tick.look();
    await tick.look();
    await advanceTo('2026-11-23T13:00:02Z');
    faults.read = false;
    await tick.look();
    await advanceTo('2026-11-23T13:00:03Z');

    expect(events).toEqual([
      'trouble: read broken: InternalFailure',
      'new hourly',
      'fired hourly 2026-11-23T13:00:00Z',
      'over: read broken',
      'new broken',
      'fired broken 2026-11-23T13:00:00Z',
    ]);
  });

  test('in the first look has what is due before the second fired, and so have all others', async () => {
    const { advanceTo, create, tick, events, faults } = await setUp('2026-11-23T12:59:00Z');
    await create('broken');
    faults.read = true;

    await advanceTo('2026-11-23T12:59:58Z');
    await tick.start();
    await create('late');
    await advanceTo('2026-11-23T13:00:03Z');
    faults.read = false;
    await tick.look();
    await advanceTo('2026-11-23T13:30:00Z');

    expect(events.filter((event) => event.startsWith('fired'))).toEqual([
      'fired broken 2026-11-23T13:00:00Z',
      'fired late 2026-11-23T13:00:00Z',
    ]);
  });

  test('holds back no other: a list that loses one for a moment has that not fired twice', async () => {
    const { advanceTo, create, tick, events, faults } = await setUp('2026-11-23T12:59:00Z');
    await create('hourly');
    await tick.start();
    await create('broken', { State: 'DISABLED' });
    faults.read = true;
    await tick.look();

    await advanceTo('2026-11-23T13:00:02Z');
    faults.hidesOthers = true;
    await tick.look();
    faults.hidesOthers = false;
    await advanceTo('2026-11-23T13:00:07Z');
    await tick.look();
    await advanceTo('2026-11-23T13:30:00Z');

    expect(events).toEqual([
      'trouble: read broken: InternalFailure',
      'fired hourly 2026-11-23T13:00:00Z',
      'gone hourly',
      'new hourly',
    ]);
  });
});

describe('a change while the list fails', () => {
  test('has due times fired that the earlier definition was not fired for, and those too old reported', async () => {
    const { advanceTo, create, update, tick, events, faults } = await setUp('2026-11-23T12:00:00Z', {
      pollEvery: 5000,
    });
    await create('report', { ScheduleExpression: 'cron(0/3 * * * ? *)' });
    await tick.start();

    await advanceTo('2026-11-23T12:00:10Z');
    faults.list = true;
    await update('report', { ScheduleExpression: 'cron(0/1 * * * ? *)' });
    await advanceTo('2026-11-23T12:06:03Z');
    faults.list = false;
    await advanceTo('2026-11-23T12:07:00Z');

    expect(events).toEqual([
      'trouble: list belfry-dev: InternalFailure',
      'fired report 2026-11-23T12:03:00Z',
      'fired report 2026-11-23T12:06:00Z',
      'missed report 2026-11-23T12:01:00Z 2026-11-23T12:02:00Z 2026-11-23T12:04:00Z',
      'over: list belfry-dev',
      'changed report',
      'fired report 2026-11-23T12:05:00Z',
      'fired report 2026-11-23T12:07:00Z',
    ]);
  });
});
