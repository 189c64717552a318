import { describe, expect, test } from 'vitest';
import type { TestSchedule } from '../support/watchdog/app.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';
import { appOf, every } from './setup.ts';

const TEN: TestSchedule = { ...every(10), catchUp: 3 };

/** Three catch-ups of an hour without schedules firing and without a pass: the first is in flight, two wait. */
async function withCatchUpsWaiting() {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', ...appOf(TEN) });
  harness.circumstances.fires = (_name, at) => (at < Date.parse('2027-03-02T03:00:00Z') ? undefined : {});
  await harness.advanceTo('2027-03-02T01:55:00Z');
  harness.circumstances.isWatching = false;
  await harness.advanceTo('2027-03-02T02:55:00Z');
  harness.circumstances.isWatching = true;
  await harness.advanceTo('2027-03-02T02:55:30Z');
  const caughtUp = () =>
    harness.functions.executions.filter(({ trigger }) => trigger === 'catch-up').map(({ run }) => run.slice(18, 23));
  return { harness, caughtUp };
}

describe('catch-ups that wait', () => {
  test('run while the schedule is unchanged', async () => {
    const { harness, caughtUp } = await withCatchUpsWaiting();

    await harness.advanceTo('2027-03-02T03:59:00Z');

    expect(caughtUp()).toEqual(['02:30', '02:40', '02:50']);
  });

  test.each<[string, TestSchedule]>([
    ['is deployed with `enabled: false`', { ...TEN, enabled: false }],
    ['is deployed with `catchUp: 0`', { ...TEN, catchUp: 0 }],
  ])('are given up when their schedule %s', async (_what, after) => {
    const { harness, caughtUp } = await withCatchUpsWaiting();

    harness.deploy(appOf(after));
    await harness.advanceTo('2027-03-02T03:59:00Z');

    expect(caughtUp()).toEqual(['02:30']);
    expect((await harness.store.loadState())?.catchUps).toEqual([]);
  });

  test('are given up when a user disables their schedule in EventBridge', async () => {
    const { harness, caughtUp } = await withCatchUpsWaiting();

    harness.eventBridge.change('app-dev-ten', { isEnabled: false }, harness.now);
    await harness.advanceTo('2027-03-02T03:59:00Z');

    expect(caughtUp()).toEqual(['02:30']);
    expect((await harness.store.loadState())?.catchUps).toEqual([]);
  });

  test('are sent all the same when EventBridge cannot be asked', async () => {
    const { harness, caughtUp } = await withCatchUpsWaiting();

    harness.eventBridge.answers = false;
    await harness.advanceTo('2027-03-02T03:59:00Z');

    expect(caughtUp()).toEqual(['02:30', '02:40', '02:50']);
  });
});

test('due times of a schedule that a user has disabled in EventBridge are missed and reported, and none is caught up', async () => {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', ...appOf(TEN) });
  await harness.advanceTo('2027-03-02T01:55:30Z');
  harness.eventBridge.change('app-dev-ten', { isEnabled: false }, harness.now);

  await harness.advanceTo('2027-03-02T02:15:00Z');
  harness.eventBridge.change('app-dev-ten', { isEnabled: true }, harness.now);
  await harness.advanceTo('2027-03-02T02:35:00Z');

  expect(harness.story().map((line) => line.slice(18))).toEqual([
    '02:00Z/ten missed schedule missed',
    '02:10Z/ten missed schedule missed',
    '02:20Z/ten completed schedule',
    '02:30Z/ten completed schedule',
  ]);
  expect(harness.alerts.map(({ subject }) => subject)).toEqual([
    '[dev] disabled by hand in EventBridge: ten',
    '[dev] over: ten disabled by hand: 2 due times missed, 0 caught up',
  ]);
  expect(harness.alerts[0]?.body).toContain('catch-up  none, as long as the schedule is disabled');
  expect(harness.alerts[0]?.facts).toMatchObject({ kind: 'schedule-disabled', story: 'disabled:ten' });
  expect(harness.alerts[1]?.body).toContain('EventBridge has the schedule enabled since 2027-03-02 02:15 UTC.');
  expect(harness.alerts[1]?.facts).toMatchObject({ story: 'disabled:ten', isOver: true });
  expect(harness.loggedRuns('schedule-disabled')).toHaveLength(1);
  expect(await harness.alertStore.stories()).toEqual([]);
  expect(harness.sent).toEqual([]);
});

describe('why a due time was missed', () => {
  /** What the log says of each due time, by its time. */
  const reasons = (harness: ReturnType<typeof createWatchdogHarness>) =>
    Object.fromEntries(
      harness.logged
        .filter(({ event }) => event === 'run-missed')
        .map(({ fields }) => [String(fields['runId']).slice(18, 23), String(fields['why'])]),
    );

  async function disabledFrom(at: string) {
    const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', ...appOf(every(10)) });
    await harness.advanceTo(at);
    harness.eventBridge.change('app-dev-ten', { isEnabled: false }, harness.now);
    return harness;
  }

  test('is that it was disabled, also where the schedule was enabled before that was found', async () => {
    const harness = await disabledFrom('2027-03-02T01:55:30Z');
    // The due time of 02:10 is found at 02:13.
    await harness.advanceTo('2027-03-02T02:11:30Z');
    harness.eventBridge.change('app-dev-ten', { isEnabled: true }, harness.now);

    await harness.advanceTo('2027-03-02T02:35:00Z');

    expect(reasons(harness)).toEqual({
      '02:00': 'the schedule app-dev-ten is disabled in EventBridge',
      '02:10': 'the schedule was disabled by hand in EventBridge until 2027-03-02 02:11 UTC',
    });
    expect(harness.alerts).toHaveLength(2);
    expect(harness.alerts[1]?.subject).toContain('2 due times missed');
  });

  test('is not known where the schedule was changed after it and never found disabled', async () => {
    const harness = await disabledFrom('2027-03-02T01:59:30Z');
    await harness.advanceTo('2027-03-02T02:01:30Z');
    harness.eventBridge.change('app-dev-ten', { isEnabled: true }, harness.now);

    await harness.advanceTo('2027-03-02T02:05:00Z');

    expect(reasons(harness)['02:00']).toContain(
      'the schedule was changed in EventBridge at 2027-03-02 02:01 UTC, after this due time: how it was then is not known',
    );
  });

  test('is not that it is disabled where it was disabled after it', async () => {
    const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', ...appOf(every(10)) });
    harness.circumstances.fires = () => undefined;
    await harness.advanceTo('2027-03-02T02:01:30Z');
    harness.eventBridge.change('app-dev-ten', { isEnabled: false }, harness.now);

    await harness.advanceTo('2027-03-02T02:05:00Z');

    expect(reasons(harness)['02:00']).toContain('changed in EventBridge at 2027-03-02 02:01 UTC, after this due time');
    expect(harness.alerts.map(({ facts }) => facts.story)).toEqual(['missed:ten']);
  });
});

test('a schedule that stays disabled is reported once more each day, and not at each due time', async () => {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    ...appOf({ expressions: ['cron(0 * * * ? *)'] }),
  });
  await harness.advanceTo('2027-03-02T01:55:30Z');
  harness.eventBridge.change('app-dev-ten', { isEnabled: false }, harness.now);

  await harness.advanceTo('2027-03-04T03:00:00Z');

  expect(harness.alerts.map(({ subject }) => subject)).toEqual([
    '[dev] disabled by hand in EventBridge: ten',
    '[dev] still: disabled by hand in EventBridge: ten',
    '[dev] still: disabled by hand in EventBridge: ten',
  ]);
  expect(harness.alerts[2]?.body).toContain('Missed so far: 49 due times.');
});

test('EventBridge that cannot be asked leaves it open whether a schedule is still disabled', async () => {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', ...appOf(every(10)) });
  await harness.advanceTo('2027-03-02T01:55:30Z');
  harness.eventBridge.change('app-dev-ten', { isEnabled: false }, harness.now);
  await harness.advanceTo('2027-03-02T02:05:00Z');

  harness.eventBridge.answers = false;
  await harness.advanceTo('2027-03-02T02:45:00Z');

  expect(harness.alerts).toHaveLength(1);
  expect(await harness.alertStore.stories()).toMatchObject([{ key: 'disabled:ten' }]);
});

test('a lower limit counts for those that wait, too', async () => {
  const { harness, caughtUp } = await withCatchUpsWaiting();

  harness.deploy(appOf({ ...TEN, catchUp: 1 }));
  await harness.advanceTo('2027-03-02T03:59:00Z');

  expect(caughtUp()).toEqual(['02:30', '02:50']);
});

test('one in flight keeps those of other schedules of its job waiting, though its schedule catches up no more', async () => {
  const jobs = { report: { overlap: 'allow', timeout: '14 minutes' } } as const;
  const one: TestSchedule = { expressions: ['cron(0 2 * * ? *)'], catchUp: 1 };
  const other: TestSchedule = { expressions: ['cron(1 2 * * ? *)'], catchUp: 1 };
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', jobs, schedules: { one, other } });
  harness.circumstances.fires = () => undefined;
  harness.circumstances.behaves = () => ({ does: 'complete', seconds: 600 });
  await harness.advanceTo('2027-03-02T02:05:30Z');

  harness.deploy({ jobs, schedules: { one: { ...one, catchUp: 0 }, other } });
  await harness.advanceTo('2027-03-02T02:40:00Z');

  const [first, second] = harness.functions.executions;
  expect(harness.functions.executions.map(({ run }) => run.slice(-5))).toEqual(['Z/one', 'other']);
  expect(second?.startedAt).toBeGreaterThanOrEqual(first?.endedAt ?? Number.POSITIVE_INFINITY);
});
