import { describe, expect, test } from 'vitest';
import type { ServiceHandler } from '../../lib/local/gateway/index.ts';
import { DAY, milliseconds } from '../../lib/units.ts';
import { setup } from './setup.ts';

/** What the dates of schedules are good for, and the clock that they are compared with. */

/** As emulators answer that tell of no schedule when it was made or changed. */
const withoutDates =
  (next: ServiceHandler): ServiceHandler =>
  async (request) => {
    const { body, ...response } = await next(request);
    return { ...response, body: String(body).replaceAll(/"(CreationDate|LastModificationDate)":[\d.]+,?/g, '') };
  };

/** As emulators answer that tell dates in whole seconds. */
const withWholeSeconds =
  (next: ServiceHandler): ServiceHandler =>
  async (request) => {
    const { body, ...response } = await next(request);
    return { ...response, body: String(body).replaceAll(/(?<=Date":\d+)\.\d+/g, '') };
  };

describe('an endpoint that tells no dates', () => {
  test('has every schedule read at every look', async () => {
    const { create, tick, calls, events } = await setup({ now: '2026-11-23T12:00:00Z', intercept: withoutDates });
    await create('hourly');
    await tick.start();

    calls.length = 0;
    await tick.look();

    expect(calls).toEqual(['ListSchedulesCommand', 'GetScheduleCommand']);
    expect(events).toEqual([]);
  });

  test('has a change count from the look before the one that finds it', async () => {
    const { advanceTo, create, update, tick, events } = await setup({
      now: '2026-11-23T12:00:00Z',
      intercept: withoutDates,
    });
    await create('report');

    await tick.start();
    await advanceTo('2026-11-23T13:09:58Z');
    await tick.look();
    await update('report', { ScheduleExpression: 'cron(0/10 * * * ? *)' });
    await advanceTo('2026-11-23T13:10:03Z');
    await tick.look();

    await advanceTo('2026-11-23T13:19:00Z');
    expect(events).toEqual([
      'fired report 2026-11-23T13:00:00Z',
      'changed report',
      'fired report 2026-11-23T13:10:00Z',
    ]);
  });
});

describe('an endpoint that tells dates in whole seconds', () => {
  test('has a second change within one second seen', async () => {
    const { advanceTo, create, update, tick, events } = await setup({
      now: '2026-11-23T12:00:00Z',
      intercept: withWholeSeconds,
    });
    await create('hourly');
    await tick.start();

    await advanceTo('2026-11-23T12:30:00.100Z');
    await update('hourly', { State: 'DISABLED' });
    await tick.look();
    await advanceTo('2026-11-23T12:30:00.900Z');
    await update('hourly');
    await tick.look();
    await advanceTo('2026-11-23T13:00:00Z');

    expect(events).toEqual(['changed hourly', 'changed hourly', 'fired hourly 2026-11-23T13:00:00Z']);
  });

  test('has a schedule read no more when a further change would be of another second', async () => {
    const { advanceTo, create, tick, calls } = await setup({
      now: '2026-11-23T12:00:00.900Z',
      intercept: withWholeSeconds,
    });
    await create('hourly');
    await tick.start();

    await advanceTo('2026-11-23T12:00:03Z');
    await tick.look();
    calls.length = 0;
    await tick.look();

    expect(calls).toEqual(['ListSchedulesCommand']);
  });
});

describe('a clock that was ahead for a moment', () => {
  test('has schedules fired again when it is set back, and shows their next due times', async () => {
    const { advanceTo, wall, create, tick, events } = await setup({ now: '2026-11-23T12:50:00Z', pollEvery: 5000 });
    await create('hourly');
    await tick.start();

    wall.ahead = milliseconds(2 * DAY);
    await advanceTo('2026-11-23T12:52:00Z');
    wall.ahead = milliseconds(0);
    await advanceTo('2026-11-23T12:54:00Z');
    expect(tick.schedules()).toMatchObject([{ next: Date.parse('2026-11-23T13:00:00Z') }]);
    await advanceTo('2026-11-23T13:01:00Z');

    expect(events).toEqual([
      expect.stringMatching(/^missed hourly /),
      'set back hourly from 2026-11-25T12:00:00Z',
      'fired hourly 2026-11-23T13:00:00Z',
    ]);
  });

  test('by half a minute has nothing fired twice, also when a change is found then', async () => {
    const { advanceTo, wall, create, update, tick, events } = await setup({ now: '2026-11-23T12:50:00Z' });
    await create('hourly');
    await tick.start();

    await advanceTo('2026-11-23T13:00:05Z');
    wall.ahead = milliseconds(-35_000);
    await update('hourly', { Description: 'new' });
    await tick.look();
    await advanceTo('2026-11-23T13:30:00Z');

    expect(events).toEqual(['fired hourly 2026-11-23T13:00:00Z', 'changed hourly']);
  });
});
