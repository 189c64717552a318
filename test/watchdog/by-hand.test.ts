import { describe, expect, test } from 'vitest';
import type { WatchdogHarness } from '../support/watchdog/harness.ts';
import { appOf, every, setup } from './setup.ts';

describe('a schedule that a user has changed by hand', () => {
  test.each([
    {
      what: 'deleted',
      change: (harness: WatchdogHarness) => harness.eventBridge.remove('app-dev-ten'),
      reports: 'EventBridge has no schedule app-dev-ten',
    },
    {
      what: 'disabled',
      change: (harness: WatchdogHarness) =>
        harness.eventBridge.change('app-dev-ten', { isEnabled: false }, harness.now),
      reports: 'the schedule app-dev-ten is disabled in EventBridge',
    },
    {
      what: 'changed',
      change: (harness: WatchdogHarness) =>
        harness.eventBridge.change('app-dev-ten', { expression: 'cron(0 12 * * ? *)' }, harness.now),
      reports: 'EventBridge has the schedule app-dev-ten as cron(0 12 * * ? *) in UTC',
    },
    {
      what: 'moved to another zone',
      change: (harness: WatchdogHarness) =>
        harness.eventBridge.change('app-dev-ten', { timezone: 'Asia/Tokyo' }, harness.now),
      reports: 'EventBridge has the schedule app-dev-ten as cron(0/10 * * * ? *) in Asia/Tokyo',
    },
  ])('has its due times missed, and the alert reports that it was $what', async ({ change, reports }) => {
    const { harness, missed, why } = await setup(appOf(every(10)));
    harness.circumstances.fires = () => ({});
    await harness.advanceTo('2027-03-02T02:05:30Z');
    change(harness);
    if (reports.includes('Tokyo')) harness.circumstances.fires = () => undefined;

    await harness.advanceTo('2027-03-02T02:15:00Z');

    expect(missed()).toEqual(['02:10']);
    expect(why()).toContain(reports);
  });

  test('has no due time missed that came before it was re-created, as after a restart of the embedded cloud', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:05:30Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T05:05:30Z');
    harness.eventBridge.remove('app-dev-ten');
    harness.deploySchedules(appOf(every(10)));
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-02T05:25:00Z');

    expect(missed()).toEqual(['02:00', '05:10', '05:20']);
    expect(harness.loggedRuns('due-time-not-expected')).toHaveLength(18);
  });

  test('and re-created after weeks is checked from then on, without all that was due before', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:05:30Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-20T02:05:30Z');
    harness.eventBridge.remove('app-dev-ten');
    harness.deploySchedules(appOf(every(10)));
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-20T02:25:00Z');

    // One pass finds out, of 2592 due times as many as a pass checks.
    expect(harness.loggedRuns('due-time-not-expected')).toHaveLength(500);
    expect(missed()).toEqual(['02:00', '02:10', '02:20']);
  });

  test('has its missed due times reported also when EventBridge cannot be asked about it', async () => {
    const { harness, missed, why } = await setup(appOf(every(10)));
    harness.eventBridge.answers = false;

    await harness.advanceTo('2027-03-02T02:05:00Z');

    expect(missed()).toEqual(['02:00']);
    expect(why()).toContain('EventBridge could not be asked: ThrottlingException');
  });
});

describe("the watchdog's state", () => {
  test('is replaced when it is lost: due times are expected from the grace before on', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:15:30Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T04:01:30Z');
    harness.store.forgetState();
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-02T04:15:00Z');

    expect(missed()).toEqual(['02:00', '02:10', '04:00', '04:10']);
  });

  test('is saved by one of two simultaneous passes, and nothing is recorded twice', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:03:05Z');

    const passes = await Promise.all([harness.runPass(), harness.runPass()]);

    expect(passes.filter(({ error }) => String(error).startsWith('StaleLookError'))).toHaveLength(1);
    expect(missed()).toEqual(['02:00']);
    expect(harness.store.all()).toHaveLength(1);
  });
});
