import { describe, expect, test } from 'vitest';
import { setup, wireDate } from './setup.ts';

describe('ActionAfterCompletion DELETE', () => {
  const names = ({ nextDueTimes }: { nextDueTimes(): readonly { name: string }[] }) =>
    nextDueTimes().map(({ name }) => name);

  test('deletes a one-time schedule that was delivered, and only then', async () => {
    const { clock, create, scheduler } = await setup({ now: '2026-11-23T12:00:00Z' });
    const once = { ScheduleExpression: 'at(2026-11-23T13:00:00)' };

    await create('goes', { ...once, ActionAfterCompletion: 'DELETE' });
    await create('stays', once);

    expect(names(scheduler)).toEqual(['goes', 'stays']);
    await clock.advanceTo('2026-11-23T13:00:00Z');
    expect(names(scheduler)).toEqual(['stays']);
  });

  test('deletes a recurring schedule after its last due time', async () => {
    const { clock, create, scheduler, firedAt } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('twice', {
      ScheduleExpression: 'cron(0 * * * ? *)',
      EndDate: wireDate('2026-11-23T14:30:00Z'),
      ActionAfterCompletion: 'DELETE',
    });
    await clock.advanceTo('2026-11-23T13:30:00Z');
    expect(names(scheduler)).toEqual(['twice']);
    await clock.advanceTo('2026-11-23T14:00:00Z');

    expect(names(scheduler)).toEqual([]);
    expect(firedAt()).toHaveLength(2);
  });

  test('leaves the schedule that an update has put in its place', async () => {
    const { clock, create, update, scheduler } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('once', { ScheduleExpression: 'at(2026-11-23T13:00:00)', ActionAfterCompletion: 'DELETE' });
    scheduler.dropNext(['once'], 1);

    clock.jumpTo('2026-11-23T13:00:00.005Z'); // the timer has not run yet
    await update('once', { ScheduleExpression: 'at(2026-11-23T14:00:00)', ActionAfterCompletion: 'DELETE' });

    expect(names(scheduler)).toEqual(['once']);
  });

  test('waits for retries', async () => {
    const { clock, create, target, scheduler } = await setup({ now: '2026-11-23T12:00:00Z' });
    target.refuse = () => new Error('down');

    await create('once', { ScheduleExpression: 'at(2026-11-23T13:00:00)', ActionAfterCompletion: 'DELETE' });
    await clock.advanceTo('2026-11-23T13:00:10Z');
    expect(names(scheduler)).toEqual(['once']);
    target.refuse = () => undefined;
    await clock.advanceTo('2026-11-23T13:01:00Z');

    expect(names(scheduler)).toEqual([]);
  });

  test('leaves a schedule that was missed', async () => {
    const { clock, create, scheduler, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('once', { ScheduleExpression: 'at(2026-11-23T13:00:00)', ActionAfterCompletion: 'DELETE' });

    clock.jumpTo('2026-11-23T14:00:00Z');
    await clock.advanceTo('2026-11-23T14:05:00Z');

    expect(events).toEqual(['missed once 2026-11-23T13:00Z']);
    expect(names(scheduler)).toEqual(['once']);
  });

  test('leaves a recurring schedule that has missed its last due time', async () => {
    const { clock, create, scheduler, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('twice', {
      ScheduleExpression: 'cron(0 * * * ? *)',
      EndDate: wireDate('2026-11-23T14:30:00Z'),
      ActionAfterCompletion: 'DELETE',
    });

    await clock.advanceTo('2026-11-23T13:30:00Z');
    clock.jumpTo('2026-11-23T16:00:00Z');
    await clock.advanceTo('2026-11-23T16:05:00Z');

    expect(events).toEqual(['fired twice 2026-11-23T13:00Z attempt 1', 'missed twice 2026-11-23T14:00Z']);
    expect(names(scheduler)).toEqual(['twice']);
  });

  test('deletes what was given up', async () => {
    const { clock, create, scheduler, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('once', { ScheduleExpression: 'at(2026-11-23T13:00:00)', ActionAfterCompletion: 'DELETE' });
    scheduler.dropNext(['once'], 1);

    await clock.advanceTo('2026-11-23T13:00:00Z');

    expect(events).toEqual(['dropped once 2026-11-23T13:00Z requested']);
    expect(names(scheduler)).toEqual([]);
  });
});
