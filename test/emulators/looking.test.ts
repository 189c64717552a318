import { describe, expect, test } from 'vitest';
import { setup } from './setup.ts';

describe('a look', () => {
  test('finds what is made after the start, with what has become due meanwhile', async () => {
    const { advanceTo, create, tick, events } = await setup({ now: '2026-11-23T12:59:50Z' });

    await tick.start();
    await advanceTo('2026-11-23T12:59:58Z');
    await create('hourly');
    await advanceTo('2026-11-23T13:00:04Z');
    await tick.look();
    await advanceTo('2026-11-23T14:00:00Z');

    expect(events).toEqual(['new hourly', 'fired hourly 2026-11-23T13:00:00Z', 'fired hourly 2026-11-23T14:00:00Z']);
  });

  test('does not fire what was due before a schedule was made', async () => {
    const { advanceTo, create, tick, events } = await setup({ now: '2026-11-23T12:59:50Z' });

    await tick.start();
    await advanceTo('2026-11-23T13:00:01Z');
    await create('hourly');
    await advanceTo('2026-11-23T13:00:04Z');
    await tick.look();
    await advanceTo('2026-11-23T13:30:00Z');

    expect(events).toEqual(['new hourly']);
  });

  test('goes over to a changed schedule from its change on', async () => {
    const { advanceTo, create, update, tick, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('report');

    await tick.start();
    await advanceTo('2026-11-23T13:09:58Z');
    await update('report', { ScheduleExpression: 'cron(10/20 * * * ? *)' });
    await advanceTo('2026-11-23T13:10:03Z');
    await tick.look();
    await advanceTo('2026-11-23T14:00:00Z');

    expect(events).toEqual([
      'fired report 2026-11-23T13:00:00Z',
      'changed report',
      'fired report 2026-11-23T13:10:00Z',
      'fired report 2026-11-23T13:30:00Z',
      'fired report 2026-11-23T13:50:00Z',
    ]);
  });

  test('does not fire again what the earlier definition was fired for before the change was seen', async () => {
    const { advanceTo, create, update, tick, events } = await setup({ now: '2026-11-23T12:59:00Z' });
    await create('report');

    await tick.start();
    await advanceTo('2026-11-23T12:59:58Z');
    await update('report', { Description: 'new' });
    await advanceTo('2026-11-23T13:00:03Z');
    await tick.look();
    await advanceTo('2026-11-23T13:30:00Z');

    expect(events).toEqual(['fired report 2026-11-23T13:00:00Z', 'changed report']);
  });

  test('forgets what is deleted', async () => {
    const { advanceTo, create, remove, tick, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('hourly');

    await tick.start();
    await advanceTo('2026-11-23T13:00:00Z');
    await remove('hourly');
    await tick.look();
    await advanceTo('2026-11-23T15:00:00Z');

    expect(events).toEqual(['fired hourly 2026-11-23T13:00:00Z', 'gone hourly']);
  });

  test('follows a schedule that is disabled and enabled', async () => {
    const { advanceTo, create, update, tick, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('hourly');

    await tick.start();
    await advanceTo('2026-11-23T12:10:00Z');
    await update('hourly', { State: 'DISABLED' });
    await tick.look();
    await advanceTo('2026-11-23T13:10:00Z');
    await update('hourly');
    await tick.look();
    await advanceTo('2026-11-23T14:00:00Z');

    expect(events).toEqual(['changed hourly', 'changed hourly', 'fired hourly 2026-11-23T14:00:00Z']);
  });

  test('reads only what is new or changed', async () => {
    const { advanceTo, create, update, tick, calls } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('one');
    await create('other');
    await advanceTo('2026-11-23T12:00:03Z');
    await tick.start();

    await update('other', { Description: 'new' });
    await advanceTo('2026-11-23T12:00:06Z');
    calls.length = 0;
    await tick.look();
    await tick.look();

    expect(calls).toEqual(['ListSchedulesCommand', 'GetScheduleCommand', 'ListSchedulesCommand']);
  });

  test('sees all pages', async () => {
    const { create, tick } = await setup({ now: '2026-11-23T12:00:00Z' });
    const names = Array.from({ length: 101 }, (_, index) => `report-${100 + index}`);
    for (const name of names) await create(name);

    await tick.start();

    expect(tick.schedules().map(({ name }) => name)).toEqual(names);
  });

  test('is taken again and again after the start, each a while after the last', async () => {
    const { advanceTo, create, tick, events } = await setup({ now: '2026-11-23T12:00:00Z', pollEvery: 10_000 });

    await tick.start();
    await create('hourly');
    await advanceTo('2026-11-23T12:00:10Z');

    expect(events).toEqual(['new hourly']);
  });

  test('finds no schedules where the group is not deployed yet', async () => {
    const { tick } = await setup({
      now: '2026-11-23T12:00:00Z',
      intercept: (next) => (request) => {
        const query = new URLSearchParams(request.query);
        query.set('ScheduleGroup', 'not-there');
        return next({ ...request, query });
      },
    });

    expect(await tick.start()).toEqual([]);
  });
});

describe('a rate', () => {
  test('made after the start is fired at once, and counts from there', async () => {
    const { advanceTo, create, tick, events } = await setup({ now: '2026-11-23T12:00:00Z' });

    await tick.start();
    await advanceTo('2026-11-23T12:07:30Z');
    await create('often', { ScheduleExpression: 'rate(25 minutes)' });
    await advanceTo('2026-11-23T12:07:33Z');
    await tick.look();
    await advanceTo('2026-11-23T12:40:00Z');

    expect(events).toEqual(['new often', 'fired often 2026-11-23T12:07:30Z', 'fired often 2026-11-23T12:32:30Z']);
  });

  test('goes on undisturbed when something else of it is changed', async () => {
    const { advanceTo, create, update, tick, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('hourly', { ScheduleExpression: 'rate(1 hour)' });

    await tick.start();
    await advanceTo('2026-11-23T12:30:00Z');
    await update('hourly', { ScheduleExpression: 'rate(1 hour)', Description: 'new' });
    await tick.look();
    await advanceTo('2026-11-23T13:30:00Z');

    expect(events).toEqual(['changed hourly', 'fired hourly 2026-11-23T13:00:00Z']);
  });

  test('is fired at once when it is enabled', async () => {
    const { advanceTo, create, update, tick, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('hourly', { ScheduleExpression: 'rate(1 hour)', State: 'DISABLED' });

    await tick.start();
    await advanceTo('2026-11-23T12:30:00Z');
    await update('hourly', { ScheduleExpression: 'rate(1 hour)' });
    await advanceTo('2026-11-23T12:30:03Z');
    await tick.look();
    await advanceTo('2026-11-23T13:45:00Z');

    expect(events).toEqual([
      'changed hourly',
      'fired hourly 2026-11-23T12:30:00Z',
      'fired hourly 2026-11-23T13:30:00Z',
    ]);
  });
});
