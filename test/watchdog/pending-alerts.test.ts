import { expect, test } from 'vitest';
import { IncompleteLookError } from '../../lib/watchdog/errors.ts';
import type { WatchdogHarness } from '../support/watchdog/harness.ts';
import { appOf, every, NONE, setup } from './setup.ts';

/** Makes alerts fail before that time. */
function silence(harness: WatchdogHarness, until: string): void {
  harness.circumstances.between = (ports) => ({
    ...ports,
    async alert(message) {
      if (harness.now < Date.parse(until)) throw new Error('no topic');
      await ports.alert(message);
    },
  });
}

test('alerts that cannot be sent for a while delay nothing, and one alert then reports all', async () => {
  const { harness, missed } = await setup(appOf(every(10)));
  silence(harness, '2027-03-02T02:30:00Z');

  await harness.advanceTo('2027-03-02T02:29:30Z');
  const failed = harness.passes.filter(({ error }) => error !== undefined);
  expect(missed()).toEqual(['02:00', '02:10', '02:20']);
  expect(failed.every(({ error }) => error instanceof IncompleteLookError)).toBe(true);
  expect(String(failed[0]?.error)).toContain('an alert cannot be sent: Error: no topic');
  const { schedules } = (await harness.store.loadState()) ?? {};
  expect(schedules?.['ten']?.checkedUntil).toBeGreaterThan(Date.parse('2027-03-02T02:20:00Z'));
  expect(harness.alerts).toEqual([]);
  await harness.advanceTo('2027-03-02T02:32:00Z');

  expect(harness.alerts.map(({ subject }) => subject)).toEqual(['[dev] 3 due times missed: ten']);
  for (const time of ['02:00', '02:10', '02:20']) {
    expect(harness.alerts[0]?.body).toContain(`report/2027-03-02T${time}Z/ten\n`);
  }
  expect(harness.alerts[0]?.body).toContain('EventBridge had the schedule as it should');
  // The line in the log and the value for the alarm have been there since each was found.
  expect(harness.loggedRuns('run-missed')).toHaveLength(3);
  expect(harness.counts.map(({ count }) => count)).toEqual([1, 1, 1]);
  expect((await harness.store.loadState())?.untold).toEqual([]);
});

test('the newest hundred pending alerts are kept', async () => {
  const { harness, missed } = await setup(appOf(every(1)), '2027-03-02T01:53:30Z');
  silence(harness, '2027-03-02T04:10:00Z');

  await harness.advanceTo('2027-03-02T04:09:30Z');
  const { untold } = (await harness.store.loadState()) ?? {};
  expect(untold).toHaveLength(100);
  expect(untold?.at(-1)?.run).toContain(missed().at(-1));
  await harness.advanceTo('2027-03-02T04:10:30Z');

  expect(harness.alerts).toHaveLength(1);
  expect(harness.alerts[0]?.subject).toBe('[dev] 101 due times missed: ten');
});

test('a pending alert of a schedule that has left the app is dropped', async () => {
  const { harness } = await setup(appOf(every(10)));
  silence(harness, '2027-03-02T02:08:00Z');
  await harness.advanceTo('2027-03-02T02:05:00Z');

  harness.deploy(NONE);
  await harness.advanceTo('2027-03-02T02:30:00Z');

  expect(harness.alerts).toEqual([]);
  expect((await harness.store.loadState())?.untold).toEqual([]);
});
