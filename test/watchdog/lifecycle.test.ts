import { describe, expect, test } from 'vitest';
import { IncompleteLookError } from '../../lib/watchdog/errors.ts';
import { appOf, every, NONE, setup } from './setup.ts';

describe('a schedule that is new', () => {
  test('is expected from a minute after it was created', async () => {
    const { harness, missed } = await setup(NONE, '2027-03-02T01:59:30Z');
    harness.deploy(appOf(every(10)));

    await harness.advanceTo('2027-03-02T02:25:00Z');

    // 02:00 came half a minute after the deployment: EventBridge may have left it out.
    expect(missed()).toEqual(['02:10', '02:20']);
  });

  test('is not expected before its stack is deployed, however long after the watchdog', async () => {
    const { harness, missed } = await setup();
    harness.deployWatchdog(appOf(every(10)));
    await harness.advanceTo('2027-03-02T02:35:30Z');
    harness.deploySchedules(appOf(every(10)));

    await harness.advanceTo('2027-03-02T02:55:00Z');

    expect(missed()).toEqual(['02:40', '02:50']);
    expect(harness.alerts).toHaveLength(1);
    expect(await harness.alertStore.stories()).toMatchObject([{ key: 'missed:ten', count: 2 }]);
  });

  test('is expected from then on also when there was no pass at that time', async () => {
    const { harness, missed } = await setup();
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T02:05:30Z');
    harness.deploy(appOf(every(10)));
    await harness.advanceTo('2027-03-02T03:01:30Z');
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-02T03:05:00Z');

    expect(missed()).toEqual(['02:10', '02:20', '02:30', '02:40', '02:50', '03:00']);
  });

  test('that is not deployed an hour later is reported, once', async () => {
    const { harness, missed } = await setup();
    harness.deployWatchdog(appOf(every(10)));

    await harness.advanceTo('2027-03-02T05:00:00Z');

    expect(missed()).toEqual([]);
    expect(harness.alerts.map(({ subject }) => subject)).toEqual(['[dev] not deployed as the app says: ten']);
    expect(harness.alerts[0]?.body).toContain(
      'ten, since 2027-03-02 01:56 UTC: EventBridge has no schedule app-dev-ten',
    );
  });

  test('is reported also when its first alert cannot be sent', async () => {
    const { harness } = await setup();
    harness.deployWatchdog(appOf(every(10)));
    let calls = 0;
    harness.circumstances.between = (ports) => ({
      ...ports,
      async alert(message) {
        calls += 1;
        if (calls === 1) throw new Error('SNS is throttled');
        await ports.alert(message);
      },
    });

    await harness.advanceTo('2027-03-02T05:00:00Z');

    expect(harness.alerts.map(({ subject }) => subject)).toEqual(['[dev] not deployed as the app says: ten']);
    expect(calls).toBe(2);
  });

  test('that EventBridge cannot be asked about is a problem of the pass, and expected once it can', async () => {
    const { harness, missed } = await setup();
    harness.eventBridge.answers = false;
    harness.deploy(appOf(every(10)));
    await harness.advanceTo('2027-03-02T02:01:00Z');
    expect(harness.passes.at(-1)?.error).toBeInstanceOf(IncompleteLookError);
    expect(String(harness.passes.at(-1)?.error)).toContain('schedule ten: EventBridge could not be asked');
    harness.eventBridge.answers = true;

    await harness.advanceTo('2027-03-02T02:15:00Z');

    expect(missed()).toEqual(['02:00', '02:10']);
  });

  test('while EventBridge cannot be asked is expected from when it was first waited for', async () => {
    const { harness, missed } = await setup();
    harness.eventBridge.answers = false;
    harness.deploy(appOf(every(10)));
    await harness.advanceTo('2027-03-02T02:45:30Z');
    expect(missed()).toEqual([]);
    harness.eventBridge.answers = true;

    await harness.advanceTo('2027-03-02T02:55:00Z');

    expect(missed()).toEqual(['02:00', '02:10', '02:20', '02:30', '02:40', '02:50']);
  });
});

describe('a schedule whose expression is changed', () => {
  test('is expected by the new one, with nothing missed, when all is deployed at once', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:04:30Z');
    harness.deploy(appOf(every(15)));

    await harness.advanceTo('2027-03-02T02:34:00Z');

    expect(missed()).toEqual(['02:00', '02:15', '02:30']);
  });

  test('is expected by the old one until EventBridge has the new, when the watchdog is deployed first', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:04:30Z');
    harness.deployWatchdog(appOf(every(15)));
    await harness.advanceTo('2027-03-02T02:17:30Z');
    harness.deploySchedules(appOf(every(15)));

    await harness.advanceTo('2027-03-02T02:49:00Z');

    expect(missed()).toEqual(['02:00', '02:10', '02:30', '02:45']);
  });

  test('is expected by the new one from when EventBridge had it, when EventBridge is deployed first', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:04:30Z');
    harness.deploySchedules(appOf(every(15)));
    await harness.advanceTo('2027-03-02T02:06:30Z');
    harness.deployWatchdog(appOf(every(15)));

    await harness.advanceTo('2027-03-02T02:34:00Z');

    expect(missed()).toEqual(['02:00', '02:15', '02:30']);
  });

  test.each(['all at once', 'EventBridge first', 'the watchdog first'])(
    'has none of its last due times passed over: %s',
    async (order) => {
      const { harness, missed, why } = await setup(appOf(every(10)), '2027-03-02T02:01:30Z');
      const steps = {
        'all at once': [harness.deploy],
        'EventBridge first': [harness.deploySchedules, harness.deployWatchdog],
        'the watchdog first': [harness.deployWatchdog, harness.deploySchedules],
      }[order];
      for (const step of steps ?? []) {
        step.call(harness, appOf(every(15)));
        await harness.advanceBy(0.5);
      }

      await harness.advanceTo('2027-03-02T02:05:00Z');
      expect(missed()).toEqual(['02:00']);
      expect(why()).toContain('after this due time: how it was then is not known');
      await harness.advanceTo('2027-03-02T02:34:00Z');
      expect(missed()).toEqual(['02:00', '02:15', '02:30']);
    },
  );

  test('has none passed over that came between two passes, of the old nor of the new', async () => {
    const { harness, missed } = await setup(appOf(every(10)));
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T02:31:30Z');
    harness.deploy(appOf(every(15)));
    await harness.advanceTo('2027-03-02T03:01:30Z');
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-02T03:10:00Z');

    expect(missed()).toEqual(['02:00', '02:10', '02:20', '02:30', '02:45', '03:00']);
  });

  test('is not missed by the old one while EventBridge cannot be asked which it has', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:05:30Z');
    harness.circumstances.isWatching = false;
    harness.deploy(appOf(every(15)));
    await harness.advanceTo('2027-03-02T02:25:30Z');
    harness.circumstances.isWatching = true;
    harness.eventBridge.answers = false;
    await harness.advanceTo('2027-03-02T02:28:30Z');
    expect(missed()).toEqual(['02:00']);
    harness.eventBridge.answers = true;

    await harness.advanceTo('2027-03-02T02:35:30Z');

    expect(missed()).toEqual(['02:00', '02:15', '02:30']);
  });

  test('in nothing but its daylight-saving choice is not checked again from its beginning', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T03:05:30Z');
    harness.deploy(appOf({ ...every(10), dst: 'runAfterGap' }));

    await harness.advanceTo('2027-03-02T03:15:00Z');

    expect(missed()).toEqual(['02:00', '02:10', '02:20', '02:30', '02:40', '02:50', '03:00', '03:10']);
    expect(harness.passes.every(({ result }) => (result?.checked ?? 0) <= 1)).toBe(true);
  });

  test('to another job has no due time missed that the job before has run', async () => {
    const jobs = { report: {}, billing: {} };
    const { harness, missed } = await setup({ schedules: { ten: every(10) }, jobs }, '2027-03-02T01:55:30Z');
    harness.circumstances.fires = () => ({});
    await harness.advanceTo('2027-03-02T02:01:30Z');
    harness.deploy({ schedules: { ten: { ...every(10), job: 'billing' } }, jobs });

    await harness.advanceTo('2027-03-02T02:15:00Z');

    expect(missed()).toEqual([]);
    expect(harness.story()).toEqual([
      'report/2027-03-02T02:00Z/ten completed schedule',
      'billing/2027-03-02T02:10Z/ten completed schedule',
    ]);
  });

  test('does not become two of its old due times when another is the first to be changed', async () => {
    const { harness } = await setup({ schedules: { a: every(10), b: every(10) } });
    harness.circumstances.fires = () => ({});
    harness.deploy({ schedules: { a: every(15), b: every(10) } });

    await harness.advanceTo('2027-03-02T02:34:00Z');

    expect(harness.alerts).toEqual([]);
    expect(new Set(harness.store.all().map(({ id }) => id)).size).toBe(harness.store.all().length);
  });
});

describe('a redeployment', () => {
  test('that changes nothing of a schedule passes over none of its due times', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:01:00Z');
    harness.deploy(appOf(every(10)));

    await harness.advanceTo('2027-03-02T02:15:00Z');

    expect(missed()).toEqual(['02:00', '02:10']);
  });

  test('that changes its input passes over none either, though EventBridge has it changed', async () => {
    const { harness, missed, why } = await setup(appOf(every(10)), '2027-03-02T02:01:00Z');
    harness.deploy(appOf({ ...every(10), input: { region: 'eu' } }));

    await harness.advanceTo('2027-03-02T02:05:00Z');

    expect(missed()).toEqual(['02:00']);
    expect(why()).toContain('after this due time: how it was then is not known');
  });

  test.each([
    { what: 'a schedule that is gone', after: NONE },
    { what: 'a schedule that is off', after: appOf({ ...every(10), enabled: false }) },
    { what: 'a job that is gone', after: { schedules: {}, jobs: {} } },
  ])('expects nothing of $what', async ({ after }) => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:05:30Z');
    harness.deploy(after);

    await harness.advanceTo('2027-03-02T03:00:00Z');

    expect(missed()).toEqual(['02:00']);
    expect((await harness.store.loadState())?.schedules).toEqual({});
  });

  test('that disables a schedule passes over none of its due times before', async () => {
    const { harness, missed } = await setup(appOf(every(10)), '2027-03-02T02:01:30Z');
    harness.deploy(appOf({ ...every(10), enabled: false }));

    await harness.advanceTo('2027-03-02T03:00:00Z');

    expect(missed()).toEqual(['02:00']);
    expect((await harness.store.loadState())?.schedules).toEqual({});
  });

  test('expects a schedule that is enabled again from when it was enabled', async () => {
    const { harness, missed } = await setup(appOf({ ...every(10), enabled: false }), '2027-03-02T02:25:30Z');
    harness.deploy(appOf(every(10)));

    await harness.advanceTo('2027-03-02T02:45:00Z');

    expect(missed()).toEqual(['02:30', '02:40']);
  });
});
