import { expect, test } from 'vitest';
import { minutes } from '../support/requests.ts';
import type { TestSchedule } from '../support/watchdog/app.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

/** An entry with `at`, as it is declared, and as synth has it once its time is past. */
const ONCE: TestSchedule = { expressions: ['at(2027-03-02T02:00:00)'], maxLateness: minutes(1440), catchUp: 1 };
const OVER: TestSchedule = { ...ONCE, isOver: true };
const RUN = 'report/2027-03-02T02:00Z/once';

/** Its message is lost. */
async function setup(until: string) {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', schedules: { once: ONCE } });
  harness.circumstances.fires = () => undefined;
  await harness.advanceTo(until);
  return harness;
}

test.each([
  ['before it was checked', '2027-03-02T02:01:30Z'],
  ['while its catch-up is lost, too', '2027-03-02T02:05:30Z'],
])('a due time that is past at a deployment is missed and caught up: %s', async (_when, deployedAt) => {
  const harness = await setup('2027-03-02T01:59:30Z');
  harness.circumstances.losesSent = () => harness.now < Date.parse('2027-03-02T02:10:00Z');
  await harness.advanceTo(deployedAt);

  harness.deploy({ schedules: { once: OVER } });
  await harness.advanceTo('2027-03-02T04:00:00Z');

  expect(harness.story()).toEqual([`${RUN} completed catch-up missed`]);
  expect(harness.alerts.map(({ subject }) => subject)).toEqual([
    '[dev] a due time missed: once',
    '[dev] over: once: 1 due time missed, 1 caught up',
  ]);
  expect(harness.alerts[0]?.body).toContain('EventBridge had the schedule as it should');
  expect((await harness.store.loadState())?.catchUps).toEqual([]);
});

test('one that was past before the first pass is not expected, and not reported as not deployed', async () => {
  const harness = createWatchdogHarness({ start: '2027-03-02T02:30:30Z', schedules: { once: OVER } });

  await harness.advanceTo('2027-03-02T05:00:00Z');

  expect(harness.story()).toEqual([]);
  expect(harness.alerts).toEqual([]);
});

test('one that is disabled in this stage after its time is watched to the end', async () => {
  const harness = await setup('2027-03-02T02:01:30Z');

  harness.deploy({ schedules: { once: { ...OVER, enabled: false } } });
  await harness.advanceTo('2027-03-02T04:00:00Z');

  expect(harness.story()).toEqual([`${RUN} missed schedule missed`]);
  expect(harness.alerts.map(({ subject }) => subject)).toEqual([
    '[dev] a due time missed: once',
    '[dev] over: once: 1 due time missed, 0 caught up',
  ]);
  expect((await harness.store.loadState())?.schedules).toEqual({});
});

test('one whose time was moved into the past keeps its old time until EventBridge has it no more', async () => {
  const harness = await setup('2027-03-02T01:55:30Z');

  harness.deploy({ schedules: { once: { ...OVER, expressions: ['at(2027-03-02T01:00:00)'] } } });
  await harness.advanceTo('2027-03-02T05:00:00Z');

  expect(harness.story()).toEqual([]);
  expect(harness.alerts).toEqual([]);
});
