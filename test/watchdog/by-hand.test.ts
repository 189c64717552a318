import { describe, expect, test } from 'vitest';
import type { WatchdogHarness } from '../support/watchdog/harness.ts';
import { appOf, every, setup } from './setup.ts';

describe('what somebody does to a schedule by hand', () => {
  test.each([
    {
      what: 'deleted',
      change: (harness: WatchdogHarness) => harness.eventBridge.remove('ten'),
      says: 'EventBridge has no schedule ten',
    },
    {
      what: 'disabled',
      change: (harness: WatchdogHarness) => harness.eventBridge.change('ten', { isEnabled: false }, harness.now),
      says: 'the schedule ten is disabled in EventBridge',
    },
    {
      what: 'changed',
      change: (harness: WatchdogHarness) =>
        harness.eventBridge.change('ten', { expression: 'cron(0 12 * * ? *)' }, harness.now),
      says: 'EventBridge has the schedule ten as cron(0 12 * * ? *) in UTC',
    },
    {
      what: 'moved to another zone',
      change: (harness: WatchdogHarness) => harness.eventBridge.change('ten', { timezone: 'Asia/Tokyo' }, harness.now),
      says: 'EventBridge has the schedule ten as cron(0/10 * * * ? *) in Asia/Tokyo',
    },
  ])('has its due times missed, and the message says that it was $what', async ({ change, says }) => {
    const { harness, missed, why } = await setup(appOf(every(10)));
    harness.circumstances.fires = () => ({});
    await harness.advanceTo('2027-03-02T02:05:30Z');
    change(harness);
    if (says.includes('Tokyo')) harness.circumstances.fires = () => undefined;

    await harness.advanceTo('2027-03-02T02:15:00Z');

    expect(missed()).toEqual(['02:10']);
    expect(why()).toContain(says);
  });

  test('has no due time missed that came before it was made anew, as after a restart of the embedded cloud', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:05:30Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T05:05:30Z');
    harness.eventBridge.remove('ten');
    harness.deploySchedules(appOf(every(10)));
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-02T05:25:00Z');

    expect(missed()).toEqual(['02:00', '05:10', '05:20']);
    expect(harness.toldOf('due-time-not-expected')).toHaveLength(18);
  });

  test('and was made anew after weeks is looked at from then on, and not through all that was due before', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:05:30Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-20T02:05:30Z');
    harness.eventBridge.remove('ten');
    harness.deploySchedules(appOf(every(10)));
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-20T02:25:00Z');

    // One look finds out, of 2592 due times as many as a look checks.
    expect(harness.toldOf('due-time-not-expected')).toHaveLength(500);
    expect(missed()).toEqual(['02:00', '02:10', '02:20']);
  });

  test('that EventBridge cannot be asked about keeps no missed due time from being told', async () => {
    const { harness, missed, why } = await setup(appOf(every(10)));
    harness.eventBridge.answers = false;

    await harness.advanceTo('2027-03-02T02:05:00Z');

    expect(missed()).toEqual(['02:00']);
    expect(why()).toContain('EventBridge could not be asked: Error: ThrottlingException');
  });
});

describe("the watchdog's state", () => {
  test('that is lost is begun anew: due times are expected from the grace before on', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:15:30Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T04:01:30Z');
    harness.store.forgetState();
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-02T04:15:00Z');

    expect(missed()).toEqual(['02:00', '02:10', '04:00', '04:10']);
  });

  test('of two looks at once is saved by one, and nothing is recorded twice', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:03:05Z');

    const looks = await Promise.all([harness.look(), harness.look()]);

    expect(looks.filter(({ error }) => String(error).startsWith('StaleLookError'))).toHaveLength(1);
    expect(missed()).toEqual(['02:00']);
    expect(harness.store.all()).toHaveLength(1);
  });
});
