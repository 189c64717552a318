import { describe, expect, test } from 'vitest';
import { DAY, epochMs, HOUR, milliseconds } from '../../../lib/units.ts';
import { MemoryMarks, minute, setup } from './setup.ts';

const MONTH = milliseconds(30 * DAY);
const NONE = milliseconds(0);
const HOURLY = { ScheduleExpression: 'cron(0 * * * ? *)' };

describe('a clock that was ahead for a moment, and is set back by a month', () => {
  test('has schedules fired again from then on', async () => {
    const { clock, wall, create, scheduledTimes } = await setup({ now: '2026-11-23T12:10:00Z' });
    await create('hourly', HOURLY);

    wall.ahead = MONTH;
    await clock.advanceTo('2026-11-23T12:12:00Z');
    wall.ahead = NONE;
    await clock.advanceTo('2026-11-23T14:30:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T13:00Z', '2026-11-23T14:00Z']);
  });

  test('is told of once, with the instant that schedules had come to', async () => {
    const { clock, wall, create, events } = await setup({ now: '2026-11-23T12:10:00Z' });
    await create('hourly', HOURLY);

    wall.ahead = MONTH;
    await clock.advanceTo('2026-11-23T12:12:00Z');
    wall.ahead = NONE;
    await clock.advanceTo('2026-11-23T12:30:00Z');

    expect(events).toEqual([expect.stringMatching(/^missed hourly /), 'set back hourly from 2026-12-23T12:00Z']);
  });

  test('shows the next due time that is fired, also before the engine has noticed', async () => {
    const { clock, wall, create, scheduler } = await setup({ now: '2026-11-23T12:10:00Z' });
    await create('hourly', HOURLY);

    wall.ahead = MONTH;
    await clock.advanceTo('2026-11-23T12:12:00Z');
    wall.ahead = NONE;

    expect(scheduler.nextDueTimes()).toMatchObject([{ next: Date.parse('2026-11-23T13:00:00Z') }]);
  });

  test('has what was made meanwhile fired, too: a rate in its step, a one-time schedule at its time', async () => {
    const { clock, wall, create, scheduler, scheduledTimes } = await setup({ now: '2026-11-23T12:10:00Z' });

    wall.ahead = MONTH;
    await create('often', { ScheduleExpression: 'rate(1 hour)' });
    await create('once', { ScheduleExpression: 'at(2026-11-23T12:40:00)', ActionAfterCompletion: 'DELETE' });
    wall.ahead = NONE;
    await clock.advanceTo('2026-11-23T14:00:00Z');

    expect(scheduledTimes()).toEqual(['2026-12-23T12:10Z', '2026-11-23T12:40Z', '2026-11-23T13:10Z']);
    expect(scheduler.nextDueTimes()).toMatchObject([{ name: 'often', next: Date.parse('2026-11-23T14:10:00Z') }]);
  });

  test('has what still waits in its flexible window fired when it is due', async () => {
    const { clock, wall, create, scheduledTimes } = await setup({ now: '2026-11-23T12:58:00Z', random: () => 0.5 });
    await create('hourly', { ...HOURLY, FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 10 } });

    wall.ahead = milliseconds(2 * HOUR);
    await clock.advanceTo('2026-11-23T13:00:00Z');
    wall.ahead = NONE;
    await clock.advanceTo('2026-11-23T15:30:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T14:00Z', '2026-11-23T15:00Z']);
  });

  test('is made good at a restart as well, and so are the marks', async () => {
    const marks = new MemoryMarks();
    const first = await setup({ now: '2026-11-23T12:10:00Z', marks });
    await first.create('hourly', HOURLY);
    first.wall.ahead = MONTH;
    await first.clock.advanceTo('2026-11-23T12:12:00Z');
    await first.scheduler.stop();

    const snapshot = first.scheduler.snapshot();
    const { clock, scheduler, events } = await setup({ now: '2026-11-23T12:30:00Z', marks, snapshot });
    await clock.advanceTo('2026-11-23T13:00:00Z');
    await scheduler.stop();

    expect(events).toEqual(['set back hourly from 2026-12-23T12:00Z', 'fired hourly 2026-11-23T13:00Z attempt 1']);
    expect(Object.values(marks.saved.marks).map((mark) => minute(epochMs(mark)))).toEqual(['2026-11-23T13:00Z']);
  });

  test('keeps a schedule that is changed or made again from counting by what had been handled', async () => {
    const { clock, wall, create, update, remove, scheduledTimes } = await setup({ now: '2026-11-23T12:10:00Z' });
    await create('changed', HOURLY);
    await create('anew', HOURLY);
    wall.ahead = MONTH;
    await clock.advanceTo('2026-11-23T12:12:00Z');
    await remove('anew');
    wall.ahead = NONE;

    await update('changed', { ...HOURLY, Description: 'new' });
    await create('anew', HOURLY);
    await clock.advanceTo('2026-11-23T13:00:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T13:00Z', '2026-11-23T13:00Z']);
  });
});

describe('a clock that is set back by less than an hour', () => {
  /** Fired for 13:00, then set back to 12:30. */
  async function setBack() {
    const parts = await setup({ now: '2026-11-23T12:00:00Z' });
    await parts.create('hourly', HOURLY);
    await parts.clock.advanceTo('2026-11-23T13:00:30Z');
    parts.wall.ahead = milliseconds(-HOUR / 2);
    return parts;
  }

  test('shows the next due time that is fired, not the one that was', async () => {
    const { scheduler } = await setBack();

    expect(scheduler.nextDueTimes()).toMatchObject([{ next: Date.parse('2026-11-23T14:00:00Z') }]);
  });

  test('fires nothing twice, also when the schedule is changed or made again', async () => {
    const { clock, create, update, remove, scheduledTimes, scheduler } = await setBack();

    await update('hourly', { ...HOURLY, Description: 'new' });
    await remove('hourly');
    await create('hourly', HOURLY);
    expect(scheduler.nextDueTimes()).toMatchObject([{ next: Date.parse('2026-11-23T14:00:00Z') }]);
    await clock.advanceTo('2026-11-23T14:30:00Z'); // 14:00 by its own clock

    expect(scheduledTimes()).toEqual(['2026-11-23T13:00Z', '2026-11-23T14:00Z']);
  });
});
