import { expect, test } from 'vitest';
import { minutes } from '../support/requests.ts';
import type { TestSchedule } from '../support/watchdog/app.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';
import { appOf, every, NONE, setup } from './setup.ts';

/** Changes that are reverted, or schedules re-created, before their due times are checked. */

const ten = every(10);

test.each<[string, TestSchedule, TestSchedule, string[]]>([
  ['off and on again', every(1), { ...every(1), enabled: false }, []],
  ['changed and back', every(5), { expressions: ['cron(0 4 * * ? *)'] }, []],
])('a schedule that is %s within the grace has missed nothing', async (_what, before, between, missed) => {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', ...appOf(before) });
  await harness.advanceTo('2027-03-02T02:03:30Z');
  harness.deploy(appOf(between));
  await harness.advanceTo('2027-03-02T02:05:30Z');
  harness.deploy(appOf(before));

  await harness.advanceTo('2027-03-02T02:30:00Z');

  expect(harness.story().filter((line) => line.includes('missed'))).toEqual(missed);
  expect(harness.alerts).toEqual([]);
});

test('what was due before the change, and since it was reverted, is expected', async () => {
  const { harness, missed } = await setup(appOf(ten));
  await harness.advanceTo('2027-03-02T02:02:30Z');
  harness.deploy(appOf({ ...ten, enabled: false }));
  await harness.advanceTo('2027-03-02T02:11:30Z');
  harness.deploy(appOf(ten));

  await harness.advanceTo('2027-03-02T02:35:00Z');

  // 02:10 came while it was off.
  expect(missed()).toEqual(['02:00', '02:20', '02:30']);
});

test('a second change does not move the end of the first definition', async () => {
  const { harness, missed } = await setup(appOf(every(1)));
  harness.circumstances.fires = () => ({});
  await harness.advanceTo('2027-03-02T02:00:30Z');
  harness.deploy(appOf({ expressions: ['cron(0 4 * * ? *)'] }));
  await harness.advanceTo('2027-03-02T02:02:30Z');
  harness.deploy(appOf({ expressions: ['cron(0 5 * * ? *)'] }));

  await harness.advanceTo('2027-03-02T02:30:00Z');

  expect(missed().filter((time) => time > '02:00')).toEqual([]);
});

test('a schedule that is re-created has missed what was due while the watchdog had its passes', async () => {
  const { harness, missed } = await setup(appOf(ten));
  await harness.advanceTo('2027-03-02T02:01:30Z');

  // As when its job moves into another stack.
  harness.deploySchedules(NONE);
  harness.deploySchedules(appOf(ten));
  await harness.advanceTo('2027-03-02T02:15:00Z');

  expect(missed()).toEqual(['02:00', '02:10']);
  expect(harness.loggedRuns('due-time-not-expected')).toEqual([]);
});

test('off, on and off again: what was due while it was on is expected', async () => {
  const { harness, missed } = await setup(appOf({ ...ten, spread: minutes(30) }));
  for (const [at, enabled] of [
    ['02:02:30', false],
    ['02:05:30', true],
    ['02:15:30', false],
  ] as const) {
    await harness.advanceTo(`2027-03-02T${at}Z`);
    harness.deploy(appOf({ ...ten, spread: minutes(30), enabled }));
  }

  await harness.advanceTo('2027-03-02T03:15:00Z');

  expect(missed()).toEqual(['02:00', '02:10']);
});

test('a day that a calendar leaves out leaves no record of while it was off', async () => {
  const closed = { ...ten, except: [{ name: 'closed', days: ['2027-03-02'] }] };
  const { harness } = await setup(appOf(closed));
  await harness.advanceTo('2027-03-02T02:02:30Z');
  harness.deploy(appOf({ ...closed, enabled: false }));
  await harness.advanceTo('2027-03-02T02:11:30Z');
  harness.deploy(appOf(closed));

  await harness.advanceTo('2027-03-02T02:25:00Z');

  expect(harness.story().map((line) => line.slice(18, 23))).toEqual(['02:00', '02:20']);
});

test('a run after a gap is started also when the schedule was off for a moment before', async () => {
  const gap: TestSchedule = {
    expressions: ['cron(30 2 * * ? *)'],
    timezone: 'Europe/Berlin',
    dst: 'runAfterGap',
    spread: minutes(360),
    maxLateness: minutes(120),
  };
  const harness = createWatchdogHarness({ start: '2027-03-27T23:50:30Z', ...appOf(gap) });
  await harness.advanceTo('2027-03-28T00:00:30Z');
  harness.deploy(appOf({ ...gap, enabled: false }));
  await harness.advanceTo('2027-03-28T00:05:30Z');
  harness.deploy(appOf(gap));

  await harness.advanceTo('2027-03-28T09:00:00Z');

  expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/ten completed schedule']);
});
