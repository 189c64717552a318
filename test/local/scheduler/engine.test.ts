import { describe, expect, test } from 'vitest';
import { epochMs, HOUR } from '../../../lib/units.ts';
import { MemoryMarks, MINIMAL, minute, setup, wireDate } from './setup.ts';

describe('cron', () => {
  test('fires at its due times, and nothing else', async () => {
    const { clock, create, firedAt } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('nightly', { ScheduleExpression: 'cron(0 2 * * ? *)' });
    await clock.advanceTo('2026-11-25T12:00:00Z');

    expect(firedAt()).toEqual(['2026-11-24T02:00:00.000Z', '2026-11-25T02:00:00.000Z']);
  });

  test('follows its zone', async () => {
    const { clock, create, firedAt } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('nightly', { ScheduleExpressionTimezone: 'Asia/Tokyo' });
    await clock.advanceTo('2026-11-24T12:00:00Z');

    expect(firedAt()).toEqual(['2026-11-23T17:00:00.000Z']); // 02:00 in Tokyo
  });

  test('skips the hour that daylight saving removes', async () => {
    const { clock, create, scheduledTimes } = await setup({ now: '2026-03-28T12:00:00Z' });

    await create('nightly', {
      ScheduleExpression: 'cron(30 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Stockholm',
    });
    await clock.advanceTo('2026-03-30T12:00:00Z'); // on the 29th clocks went from 02:00 to 03:00

    expect(scheduledTimes()).toEqual(['2026-03-30T00:30Z']);
  });

  test('fires once in the hour that daylight saving repeats', async () => {
    const { clock, create, scheduledTimes } = await setup({ now: '2026-10-24T12:00:00Z' });

    await create('nightly', {
      ScheduleExpression: 'cron(30 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Stockholm',
    });
    await clock.advanceTo('2026-10-25T12:00:00Z'); // clocks went from 03:00 back to 02:00

    expect(scheduledTimes()).toEqual(['2026-10-25T00:30Z']);
  });

  test('fires from StartDate to EndDate, both included', async () => {
    const { clock, create, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('hourly', {
      ScheduleExpression: 'cron(0 * * * ? *)',
      StartDate: wireDate('2026-11-23T15:00:00Z'),
      EndDate: wireDate('2026-11-23T17:00:00Z'),
    });
    await clock.advanceTo('2026-11-24T12:00:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T15:00Z', '2026-11-23T16:00Z', '2026-11-23T17:00Z']);
  });

  test('does not fire for the instant of its creation', async () => {
    const { clock, create, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('hourly', { ScheduleExpression: 'cron(0 * * * ? *)' });
    await clock.advanceTo('2026-11-23T13:30:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T13:00Z']);
  });

  test('does not fire while disabled', async () => {
    const { clock, create, update, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });
    const hourly = { ScheduleExpression: 'cron(0 * * * ? *)' };

    await create('hourly', { ...hourly, State: 'DISABLED' });
    await clock.advanceTo('2026-11-23T14:30:00Z');
    await update('hourly', hourly);
    await clock.advanceTo('2026-11-23T15:30:00Z');
    await update('hourly', { ...hourly, State: 'DISABLED' });
    await clock.advanceTo('2026-11-23T18:30:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T15:00Z']);
  });
});

describe('rate', () => {
  test('fires at once, then at its interval', async () => {
    const { clock, create, scheduledTimes } = await setup({ now: '2026-11-23T12:00:10.500Z' });

    await create('often', { ScheduleExpression: 'rate(25 minutes)' });
    await clock.advanceTo('2026-11-23T13:00:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T12:00Z', '2026-11-23T12:25Z', '2026-11-23T12:50Z']);
  });

  test('fires first at StartDate', async () => {
    const { clock, create, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('often', { ScheduleExpression: 'rate(2 hours)', StartDate: wireDate('2026-11-23T13:07:00Z') });
    await clock.advanceTo('2026-11-23T16:00:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T13:07Z', '2026-11-23T15:07Z']);
  });

  test('of a day is 24 hours, whatever the clocks do', async () => {
    const { clock, create, scheduledTimes } = await setup({ now: '2026-03-28T12:00:00Z' });

    await create('daily', { ScheduleExpression: 'rate(1 day)', ScheduleExpressionTimezone: 'Europe/Stockholm' });
    await clock.advanceTo('2026-03-30T12:00:00Z');

    expect(scheduledTimes()).toEqual(['2026-03-28T12:00Z', '2026-03-29T12:00Z', '2026-03-30T12:00Z']);
  });

  test('goes on undisturbed when something else is updated', async () => {
    const { clock, create, update, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('hourly', { ScheduleExpression: 'rate(1 hour)' });
    await clock.advanceTo('2026-11-23T12:30:00Z');
    await update('hourly', { ScheduleExpression: 'rate(1 hour)', Description: 'new' });
    await clock.advanceTo('2026-11-23T13:30:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T12:00Z', '2026-11-23T13:00Z']);
  });

  test('fires at once when it is enabled', async () => {
    const { clock, create, update, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('hourly', { ScheduleExpression: 'rate(1 hour)', State: 'DISABLED' });
    await clock.advanceTo('2026-11-23T12:30:00Z');
    await update('hourly', { ScheduleExpression: 'rate(1 hour)' });
    await clock.advanceTo('2026-11-23T13:45:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T12:30Z', '2026-11-23T13:30Z']);
  });
});

describe('at', () => {
  test('fires once, in its zone, whatever StartDate and EndDate say', async () => {
    const { clock, create, firedAt } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('once', {
      ScheduleExpression: 'at(2026-11-24T09:00:30)',
      ScheduleExpressionTimezone: 'Europe/Stockholm',
      StartDate: wireDate('2027-01-01T00:00:00Z'),
      EndDate: wireDate('2026-01-01T00:00:00Z'),
    });
    await clock.advanceTo('2026-11-26T12:00:00Z');

    expect(firedAt()).toEqual(['2026-11-24T08:00:30.000Z']);
  });

  test('in the past never fires', async () => {
    const { clock, create, events } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('once', { ScheduleExpression: 'at(2026-11-23T11:59:00)', ActionAfterCompletion: 'DELETE' });
    await clock.advanceTo('2026-11-24T12:00:00Z');

    expect(events).toEqual([]);
  });
});

describe('a change', () => {
  test('counts for the due times after it', async () => {
    const { clock, create, update, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('report', { ScheduleExpression: 'cron(0 * * * ? *)' });
    await clock.advanceTo('2026-11-23T13:20:00Z');
    await update('report', { ScheduleExpression: 'cron(10/20 * * * ? *)' });
    await clock.advanceTo('2026-11-23T14:05:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T13:00Z', '2026-11-23T13:30Z', '2026-11-23T13:50Z']);
  });

  test('made a moment after a due time does not swallow it', async () => {
    const { clock, create, remove, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('report', { ScheduleExpression: 'cron(0 * * * ? *)' });
    clock.jumpTo('2026-11-23T13:00:00.005Z'); // the timer has not run yet
    await remove('report');
    await clock.advanceTo('2026-11-23T15:00:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T13:00Z']);
  });

  test('of a rate in the second in which it was due does not fire it for that twice', async () => {
    const { clock, create, update, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('often', { ScheduleExpression: 'rate(5 minutes)' });

    await clock.advanceTo('2026-11-23T12:05:00.500Z');
    await update('often', { ScheduleExpression: 'rate(10 minutes)' });
    await clock.advanceTo('2026-11-23T12:15:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T12:00Z', '2026-11-23T12:05Z', '2026-11-23T12:15Z']);
  });
});

describe('a flexible time window', () => {
  test('fires at a minute within it', async () => {
    const { clock, create, firedAt, target } = await setup({ now: '2026-11-23T12:00:00Z', random: () => 0.5 });

    await create('nightly', { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } });
    await clock.advanceTo('2026-11-24T03:00:00Z');

    expect(firedAt()).toEqual(['2026-11-24T02:07:00.000Z']);
    expect(target.sent.map(({ body }) => body)).toEqual(['2026-11-24T02:00:00Z']);
  });

  test('is cut short when the schedule is deleted: its due time has passed', async () => {
    const { clock, create, remove, firedAt } = await setup({ now: '2026-11-23T12:00:00Z', random: () => 0.5 });

    await create('nightly', { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } });
    await clock.advanceTo('2026-11-24T02:01:00Z');
    await remove('nightly');

    expect(firedAt()).toEqual(['2026-11-24T02:01:00.000Z']);
  });
});

describe('holding', () => {
  test('from the start fires nothing and reports what was due on resuming', async () => {
    const { clock, create, scheduler, events } = await setup({ now: '2026-11-23T12:00:00Z', isHeld: true });

    await create('hourly', { ScheduleExpression: 'cron(0 * * * ? *)' });
    await clock.advanceTo('2026-11-23T14:30:00Z');
    expect(events).toEqual([]);
    scheduler.resume();
    await clock.advanceTo('2026-11-23T15:00:00Z');

    expect(events).toEqual([
      'missed hourly 2026-11-23T13:00Z 2026-11-23T14:00Z',
      'fired hourly 2026-11-23T15:00Z attempt 1',
    ]);
  });

  test('later stops at once', async () => {
    const { clock, create, scheduler, events } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('hourly', { ScheduleExpression: 'cron(0 * * * ? *)' });
    await clock.advanceTo('2026-11-23T13:00:00Z');
    scheduler.hold();
    await clock.advanceTo('2026-11-23T20:00:00Z');

    expect(events).toEqual(['fired hourly 2026-11-23T13:00Z attempt 1']);
    expect(clock.timers).toBe(0);
  });
});

describe('disturbances on request', () => {
  test('deliver every second fire twice', async () => {
    const { clock, create, target } = await setup({ now: '2026-11-23T12:00:00Z', duplicates: { every: 2 } });

    await create('hourly', {
      ScheduleExpression: 'cron(0 * * * ? *)',
      Target: { ...MINIMAL.Target, Input: '<aws.scheduler.scheduled-time> <aws.scheduler.execution-id>' },
    });
    await clock.advanceTo('2026-11-23T16:00:00Z');

    const deliveries = target.sent.map(({ body }) => body);
    expect(deliveries.map((body) => body.slice(11, 13))).toEqual(['13', '14', '14', '15', '16', '16']);
    expect(new Set(deliveries).size).toBe(6);
  });

  test('deliver by chance twice', async () => {
    const { clock, create, firedAt } = await setup({
      now: '2026-11-23T12:00:00Z',
      duplicates: { chance: 0.5 },
      random: () => 0.49,
    });

    await create('hourly', { ScheduleExpression: 'cron(0 * * * ? *)' });
    await clock.advanceTo('2026-11-23T13:00:00Z');

    expect(firedAt()).toHaveLength(2);
  });

  test('drop the next fires of one schedule', async () => {
    const { clock, create, scheduler, events } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('hourly', { ScheduleExpression: 'cron(0 * * * ? *)' });
    scheduler.dropNext(['hourly'], 2);
    await clock.advanceTo('2026-11-23T15:00:00Z');

    expect(events).toEqual([
      'dropped hourly 2026-11-23T13:00Z requested',
      'dropped hourly 2026-11-23T14:00Z requested',
      'fired hourly 2026-11-23T15:00Z attempt 1',
    ]);
  });
});

describe('drops of two schedules together', () => {
  test('count a due time that both have once', async () => {
    const { clock, create, scheduler, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('both', { ScheduleExpression: 'cron(0/30 13 * * ? *)' });
    await create('both_2', { ScheduleExpression: 'cron(0 13,14 * * ? *)' });
    await create('other', { ScheduleExpression: 'cron(0 13 * * ? *)' });

    scheduler.dropNext(['both', 'both_2'], 2);
    await clock.advanceTo('2026-11-23T14:00:00Z');

    expect(events).toEqual([
      'dropped both 2026-11-23T13:00Z requested',
      'dropped both_2 2026-11-23T13:00Z requested',
      'fired other 2026-11-23T13:00Z attempt 1',
      'dropped both 2026-11-23T13:30Z requested',
      'fired both_2 2026-11-23T14:00Z attempt 1',
    ]);
  });

  test('replace what was left of an earlier request', async () => {
    const { clock, create, scheduler, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('hourly', { ScheduleExpression: 'cron(0 * * * ? *)' });

    scheduler.dropNext(['hourly'], 5);
    scheduler.dropNext(['hourly'], 1);
    await clock.advanceTo('2026-11-23T14:00:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T14:00Z']);
  });
});

describe('the clock', () => {
  test('has one timer, however many schedules there are', async () => {
    const { clock, create } = await setup({ now: '2026-11-23T12:00:00Z' });

    for (const name of ['a', 'b', 'c']) await create(name, { ScheduleExpression: 'cron(0 * * * ? *)' });

    expect(clock.timers).toBe(1);
  });

  test('has none when nothing is due any more', async () => {
    const { clock, create } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('once', { ScheduleExpression: 'at(2026-11-23T12:30:00)' });
    await clock.advanceTo('2026-11-23T13:00:00Z');

    expect(clock.timers).toBe(0);
  });

  test('that leaps brings no storm: what the laptop slept through is reported', async () => {
    const { clock, create, events, get } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('often', { ScheduleExpression: 'cron(0/20 * * * ? *)' });
    clock.jumpTo('2026-11-23T13:00:05Z');
    await clock.advanceTo('2026-11-23T13:00:10Z');

    expect(events).toEqual([
      'missed often 2026-11-23T12:20Z 2026-11-23T12:40Z',
      'fired often 2026-11-23T13:00Z attempt 1',
    ]);
    // As after a restart: by that the watchdog knows that nothing was due.
    expect(await get('often')).toMatchObject({
      CreationDate: wireDate('2026-11-23T12:40:00Z'),
      LastModificationDate: wireDate('2026-11-23T12:00:00Z'),
    });
  });

  test('that is set back fires nothing twice', async () => {
    const { clock, create, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('hourly', { ScheduleExpression: 'cron(0 * * * ? *)' });
    await clock.advanceTo('2026-11-23T13:00:30Z');
    clock.jumpTo('2026-11-23T12:30:00Z');
    await clock.advanceTo('2026-11-23T14:00:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T13:00Z', '2026-11-23T14:00Z']);
  });
});

describe('after a restart', () => {
  const hourly = { ScheduleExpression: 'cron(0 * * * ? *)' };

  /** Runs from 12:00 to 13:30, is off, and is set up again. */
  async function ranUntil1330() {
    const marks = new MemoryMarks();
    const first = await setup({ now: '2026-11-23T12:00:00Z', marks });
    await first.create('hourly', hourly);
    await first.clock.advanceTo('2026-11-23T13:30:00Z');
    await first.scheduler.stop();
    return { marks, snapshot: first.scheduler.snapshot() };
  }

  test('what passed while off is reported, not fired', async () => {
    const { marks } = await ranUntil1330();

    const { clock, create, events } = await setup({ now: '2026-11-23T16:20:00Z', marks });
    await create('hourly', hourly);
    await clock.advanceTo('2026-11-23T17:00:00Z');

    expect(events).toEqual([
      'missed hourly 2026-11-23T14:00Z 2026-11-23T15:00Z 2026-11-23T16:00Z',
      'fired hourly 2026-11-23T17:00Z attempt 1',
    ]);
  });

  test('what passed lately is fired, if asked for', async () => {
    const { marks } = await ranUntil1330();

    const { clock, create, events } = await setup({
      now: '2026-11-23T15:50:00Z',
      marks,
      fireMissedWithin: HOUR,
    });
    await create('hourly', hourly);
    await clock.advanceTo('2026-11-23T15:51:00Z');

    expect(events).toEqual(['missed hourly 2026-11-23T14:00Z', 'fired hourly 2026-11-23T15:00Z attempt 1']);
  });

  test('a snapshot is the same as creating everything anew', async () => {
    const { marks, snapshot } = await ranUntil1330();
    const { events } = await setup({
      now: '2026-11-23T14:20:00Z',
      marks,
      snapshot: JSON.parse(JSON.stringify(snapshot)),
    });

    expect(events).toEqual(['missed hourly 2026-11-23T14:00Z']);
  });

  test('a snapshot comes before the start', async () => {
    const { snapshot } = await ranUntil1330();
    const { scheduler } = await setup({ now: '2026-11-23T14:20:00Z' });

    expect(() => scheduler.restore(snapshot)).toThrow('restore() belongs before start()');
  });

  test('a schedule edited while off has missed nothing', async () => {
    const { marks } = await ranUntil1330();

    const { create, events } = await setup({ now: '2026-11-23T16:20:00Z', marks });
    await create('hourly', { ScheduleExpression: 'cron(0/5 * * * ? *)' });

    expect(events).toEqual([]);
  });

  test('a schedule that had not been due yet is known too', async () => {
    const marks = new MemoryMarks();
    const first = await setup({ now: '2026-11-23T12:00:00Z', marks });
    await first.create('hourly', hourly);
    await first.scheduler.stop();

    const { create, events } = await setup({ now: '2026-11-23T13:30:00Z', marks });
    await create('hourly', hourly);

    expect(events).toEqual(['missed hourly 2026-11-23T13:00Z']);
  });

  test('a retry that was still to come is not forgotten', async () => {
    const marks = new MemoryMarks();
    const first = await setup({ now: '2026-11-23T12:00:00Z', marks });
    first.target.refuse = () => new Error('down');
    await first.create('hourly', hourly);
    await first.clock.advanceTo('2026-11-23T13:00:30Z');
    await first.scheduler.stop();

    const second = await setup({ now: '2026-11-23T13:30:00Z', marks, fireMissedWithin: HOUR });
    await second.create('hourly', hourly);

    expect(first.events).toEqual([]);
    expect(second.events).toEqual(['fired hourly 2026-11-23T13:00Z attempt 1']);
  });

  test('a rate created anew fires at once', async () => {
    const marks = new MemoryMarks();
    const first = await setup({ now: '2026-11-23T12:00:00Z', marks });
    await first.create('often', { ScheduleExpression: 'rate(1 hour)' });
    await first.scheduler.stop();

    const { create, scheduledTimes } = await setup({ now: '2026-11-23T12:10:00.700Z', marks });
    await create('often', { ScheduleExpression: 'rate(1 hour)' });

    expect(scheduledTimes()).toEqual(['2026-11-23T12:10Z']);
  });

  test('marks of deleted schedules are gone', async () => {
    const marks = new MemoryMarks();
    const { create, remove, scheduler } = await setup({ now: '2026-11-23T12:00:00Z', marks });
    await create('hourly', hourly);

    await remove('hourly');
    await scheduler.stop();

    expect(marks.saved.marks).toEqual({});
  });
});

test('marks that cannot be saved are reported and tried again', async () => {
  const marks = new MemoryMarks();
  const save = marks.save.bind(marks);
  marks.save = () => Promise.reject(new Error('disk full'));
  const { clock, create, scheduler, events } = await setup({ now: '2026-11-23T12:00:00Z', marks });

  await create('nightly');
  marks.save = save;
  await clock.advanceTo('2026-11-24T02:00:00Z');
  await scheduler.stop();

  expect(events[0]).toBe('marks not saved: Error: disk full');
  expect(Object.values(marks.saved.marks).map((mark) => minute(epochMs(mark)))).toEqual(['2026-11-24T02:00Z']);
});

test('nothing fires after stop', async () => {
  const { clock, create, scheduler, firedAt } = await setup({ now: '2026-11-23T12:00:00Z' });
  await create('nightly');

  await scheduler.stop();
  await clock.advanceTo('2026-11-25T00:00:00Z');

  expect(firedAt()).toEqual([]);
  expect(clock.timers).toBe(0);
});

test('the next due times are told for a table', async () => {
  const { create, scheduler } = await setup({ now: '2026-11-23T12:00:00Z' });

  await create('nightly');
  await create('off', { State: 'DISABLED' });
  await create('over', { ScheduleExpression: 'at(2026-01-01T00:00:00)' });

  const all = { group: 'default', input: '<aws.scheduler.scheduled-time>' };
  expect(scheduler.nextDueTimes()).toEqual([
    { ...all, name: 'nightly', next: Date.parse('2026-11-24T02:00:00Z'), state: 'ENABLED' },
    { ...all, name: 'off', next: undefined, state: 'DISABLED' },
    { ...all, name: 'over', next: undefined, state: 'ENABLED' },
  ]);
});
