import { expect, test } from 'vitest';
import { minutes } from '../support/requests.ts';
import type { TestSchedule } from '../support/watchdog/app.ts';
import { createWatchdogHarness, type WatchdogHarness } from '../support/watchdog/harness.ts';

/** How a due time is reported whose message came too late to be run. */

const RUN = 'report/2027-03-02T02:00Z/nightly';

/** Its message is taken so many seconds after the due time. */
async function late(seconds: number, nightly: TestSchedule): Promise<WatchdogHarness> {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', schedules: { nightly } });
  harness.circumstances.fires = () => ({ seconds });
  await harness.advanceTo('2027-03-02T01:59:30Z');
  return harness;
}

/** The watchdog has no pass for a while. */
async function unwatchedUntil(harness: WatchdogHarness, instant: string): Promise<void> {
  harness.circumstances.isWatching = false;
  await harness.advanceTo(instant);
  harness.circumstances.isWatching = true;
}

test('it is reported and counted as missed, though its record is skipped', async () => {
  const harness = await late(150, { maxLateness: minutes(2) });

  await harness.advanceTo('2027-03-02T03:00:00Z');

  expect(harness.story()).toEqual([`${RUN} skipped too-late schedule`]);
  expect(harness.counts).toMatchObject([{ job: 'report', count: 1 }]);
  expect(harness.loggedRuns('run-came-too-late')).toEqual([RUN]);
  expect(harness.loggedRuns('run-missed')).toEqual([]);
  expect(harness.alerts.map(({ subject }) => subject)).toEqual(['[dev] a due time missed: nightly']);
  expect(harness.alerts[0]?.body).toContain(
    'why       its message was taken 2 minutes late, which is more than maxLateness: it is recorded as skipped',
  );
  expect(harness.alerts[0]?.body).toMatch(/catch-up {2}none$/m);
});

test.each([
  ['its job before the watchdog', 0],
  ['the watchdog before its job', 30],
])('it is caught up after an outage, in whatever order services return: %s', async (_who, seconds) => {
  const harness = await late(3 * 3600 + seconds, { maxLateness: minutes(60), catchUp: 1 });
  await unwatchedUntil(harness, '2027-03-02T05:00:05Z');

  await harness.advanceTo('2027-03-02T06:00:00Z');

  expect(harness.story()).toEqual([expect.stringContaining(`${RUN} completed`)]);
  expect(harness.functions.executions).toMatchObject([{ run: RUN, trigger: 'catch-up' }]);
  expect(harness.alerts).toHaveLength(1);
});

test('it is reported when the pass that found it missed died before its alert, and the message came then', async () => {
  const harness = await late(31 * 60, { catchUp: 1 });
  await unwatchedUntil(harness, '2027-03-02T02:30:05Z');
  let passes = 0;
  harness.circumstances.between = (ports) =>
    passes++ === 0 ? { ...ports, alert: () => new Promise(() => {}) } : ports;

  await harness.advanceTo('2027-03-02T04:00:00Z');

  expect(harness.story()).toEqual([`${RUN} completed catch-up missed`]);
  expect(harness.alerts).toHaveLength(1);
});

test('one that was reported as missed is not reported again when it comes too late', async () => {
  const harness = await late(20 * 60, {});

  await harness.advanceTo('2027-03-02T04:00:00Z');

  expect(harness.story()).toEqual([`${RUN} skipped too-late schedule missed`]);
  expect(harness.alerts).toHaveLength(1);
});
