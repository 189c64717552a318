import { describe, expect, test } from 'vitest';
import type { PendingAlert, Story } from '../../lib/observe/alert-store.ts';
import { type EpochMs, epochMs, MINUTE, milliseconds, plus } from '../../lib/units.ts';
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

test('alerts that cannot be sent for a while delay nothing, and are sent as soon as they can', async () => {
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

  expect(harness.alerts.map(({ subject }) => subject)).toEqual(['[dev] a due time missed: ten']);
  expect(harness.alerts[0]?.body).toContain('report/2027-03-02T02:00Z/ten\n');
  expect(harness.alerts[0]?.body).toContain('EventBridge had the schedule as it should');
  // The line in the log and the value for the alarm have been there since each was found.
  expect(harness.loggedRuns('run-missed')).toHaveLength(3);
  expect(harness.counts.map(({ count }) => count)).toEqual([1, 1, 1]);
  expect(await harness.alertStore.pending(10)).toEqual([]);
  expect(await harness.alertStore.stories()).toMatchObject([{ key: 'missed:ten', count: 3 }]);
});

test('an outage whose alert could not be sent before it was over is reported with its end', async () => {
  const { harness } = await setup(appOf(every(1)), '2027-03-02T01:53:30Z');
  silence(harness, '2027-03-02T04:10:00Z');
  await harness.advanceTo('2027-03-02T03:00:30Z');
  harness.circumstances.fires = () => ({});

  await harness.advanceTo('2027-03-02T04:10:30Z');

  expect(harness.alerts.map(({ subject }) => subject)).toEqual([
    '[dev] a due time missed: ten',
    '[dev] over: ten: 69 due times missed, 0 caught up',
  ]);
});

test('a pending alert of a schedule that has left the app is sent, with one that says so', async () => {
  const { harness } = await setup(appOf(every(10)));
  silence(harness, '2027-03-02T02:08:00Z');
  await harness.advanceTo('2027-03-02T02:05:00Z');

  harness.deploy(NONE);
  await harness.advanceTo('2027-03-02T02:30:00Z');

  expect(harness.alerts.map(({ subject }) => subject)).toEqual([
    '[dev] a due time missed: ten',
    '[dev] over: ten: 1 due time missed, 0 caught up',
  ]);
  expect(harness.alerts[1]?.body).toContain('The schedule has left the app.');
  expect(await harness.alertStore.stories()).toEqual([]);
});

const FAILURE = { kind: 'run-failed', job: 'report', story: 'failed:report' } as const;

const pendingOf = (id: string, at: EpochMs, since: EpochMs, isOver = false): PendingAlert => ({
  id,
  at,
  readyAt: at,
  alert: { subject: `[dev] ${id}`, body: id, facts: { ...FAILURE, since, ...(isOver ? { isOver } : {}) } },
});

const openedAt = (since: EpochMs): Story => ({
  ...{ key: FAILURE.story, kind: FAILURE.kind, job: FAILURE.job, subject: '[dev] report failed', count: 1, version: 1 },
  ...{ since, lastAt: since, alertedAt: since },
});

test('the end of an earlier episode is sent before the alert that begins the later one, and says that it is over no more', async () => {
  const { harness } = await setup(appOf(every(10)), '2027-03-02T01:50:40Z');
  const now = harness.now;
  const [first, second] = [epochMs(now - 60 * MINUTE), epochMs(now - 10 * MINUTE)];
  await harness.alertStore.open(openedAt(second));
  await harness.alertStore.put(pendingOf('fails once more', second, second));
  await harness.alertStore.put(pendingOf('report runs again', plus(second, MINUTE), first, true));

  await harness.advanceTo('2027-03-02T01:53:00Z');

  expect(harness.alerts.map(({ facts }) => facts.since)).toEqual([first, second]);
  expect(harness.alerts[0]?.body).toBe('report runs again\n\nIt has begun once more since: at 2027-03-02 01:40 UTC.');
  expect(await harness.alertStore.pending(10)).toEqual([]);
});

test('the end of an episode that goes on is not sent', async () => {
  const { harness } = await setup(appOf(every(10)), '2027-03-02T01:50:40Z');
  const since = epochMs(harness.now - 60 * MINUTE);
  await harness.alertStore.open(openedAt(since));
  await harness.alertStore.put(pendingOf('report runs again', harness.now, since, true));

  await harness.advanceTo('2027-03-02T01:53:00Z');

  expect(harness.alerts).toEqual([]);
  expect(await harness.alertStore.pending(10)).toEqual([]);
});

describe('an alert that SNS refuses for good', () => {
  const refusal = () => Object.assign(new Error('Invalid parameter'), { $metadata: { httpStatusCode: 400 } });

  /** Has SNS refuse messages about these stories. @returns when it has refused one alone */
  function refuse(harness: WatchdogHarness, stories: readonly string[]): readonly EpochMs[] {
    const alone: EpochMs[] = [];
    harness.circumstances.between = (ports) => ({
      ...ports,
      async alert(message) {
        const about = (message.facts.each ?? [message.facts]).map(({ story }) => story);
        if (about.some((story) => stories.includes(story))) {
          if (about.length === 1) alone.push(harness.now);
          throw refusal();
        }
        await ports.alert(message);
      },
    });
    return alone;
  }

  const jobAlert = (index: number, at: EpochMs): PendingAlert => {
    const story = `message:${String(index).padStart(2, '0')}`;
    const alert = { subject: story, body: story, facts: { kind: 'job-alert' as const, story, since: at } };
    return { id: story, at: plus(at, milliseconds(index)), readyAt: at, alert };
  };

  async function put(harness: WatchdogHarness, count: number): Promise<readonly PendingAlert[]> {
    const alerts = Array.from({ length: count }, (_, index) => jobAlert(index, harness.now));
    for (const each of alerts) await harness.alertStore.put(each);
    return alerts;
  }

  const sentStories = (harness: WatchdogHarness): readonly string[] =>
    harness.alerts.flatMap(({ facts }) => (facts.each ?? [facts]).map(({ story }) => story)).sort();

  const storiesOf = (alerts: readonly PendingAlert[]): readonly string[] =>
    alerts.map(({ alert }) => alert.facts.story).sort();

  test.each([2, 3, 40, 120])('does not keep others from being sent, of %i in the same pass', async (count) => {
    const { harness } = await setup(NONE, '2027-03-02T01:50:40Z');
    const [first, ...others] = await put(harness, count);
    refuse(harness, ['message:00']);

    await harness.advanceTo('2027-03-02T01:52:00Z');

    expect(sentStories(harness)).toEqual(storiesOf(others));
    expect(await harness.alertStore.pending(200)).toMatchObject([{ id: first?.id }]);
    expect(String(harness.passes.find(({ error }) => error !== undefined)?.error)).toContain(
      'the alert message:00 is refused, and tried again later: Error: Invalid parameter',
    );
  });

  test('is tried again ever more seldom, is logged each time, and goes as soon as it is taken', async () => {
    const { harness } = await setup(NONE, '2027-03-02T01:50:40Z');
    await put(harness, 2);
    const tries = refuse(harness, ['message:00']);
    await harness.advanceTo('2027-03-02T01:52:00Z');
    expect(tries).toHaveLength(1);

    for (let minute = 0; minute < 24 * 60; minute += 1) {
      await harness.alertStore.put(jobAlert(10 + minute, harness.now));
      await harness.advanceBy(1);
    }
    const failed = harness.passes.filter(({ error }) => error !== undefined);
    expect(tries.length).toBeGreaterThan(5);
    expect(tries.length).toBeLessThan(15);
    expect(failed.length).toBe(tries.length);

    harness.circumstances.between = (ports) => ports;
    await harness.advanceBy(6 * 60 + 1);

    expect(sentStories(harness)).toContain('message:00');
    expect(await harness.alertStore.pending(10)).toEqual([]);
  });

  test('with more of its kind than one pass tries keeps others waiting for a few passes only', async () => {
    const { harness } = await setup(NONE, '2027-03-02T01:50:40Z');
    const alerts = await put(harness, 60);
    const bad = storiesOf(alerts).filter((_, index) => index % 3 === 0);
    refuse(harness, bad);

    await harness.advanceTo('2027-03-02T02:00:00Z');

    expect(sentStories(harness)).toEqual(storiesOf(alerts).filter((story) => !bad.includes(story)));
    expect(await harness.alertStore.pending(200)).toHaveLength(bad.length);
  });

  test('is tried every five minutes where no other is taken: it may be that SNS refuses all', async () => {
    const { harness } = await setup(NONE, '2027-03-02T01:50:40Z');
    await put(harness, 3);
    const tries = refuse(harness, ['message:00', 'message:01', 'message:02']);
    await harness.advanceTo('2027-03-02T03:50:00Z');
    expect(harness.alerts).toEqual([]);
    expect(tries.length).toBeGreaterThanOrEqual(3 * 20);
    expect(tries.length).toBeLessThanOrEqual(3 * 25);

    harness.circumstances.between = (ports) => ports;
    await harness.advanceBy(6);

    expect(sentStories(harness)).toEqual(['message:00', 'message:01', 'message:02']);
  });

  test('is told from a topic that does not answer, of which no second call is made', async () => {
    const { harness } = await setup(NONE, '2027-03-02T01:50:40Z');
    await put(harness, 3);
    let calls = 0;
    harness.circumstances.between = (ports) => ({
      ...ports,
      async alert() {
        calls += 1;
        throw new Error('no answer');
      },
    });

    await harness.advanceTo('2027-03-02T01:51:30Z');

    expect(calls).toBe(1);
  });
});
