import { describe, expect, test } from 'vitest';
import { replaced } from '../support/replaced.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

const HOURLY = { expressions: ['cron(0 * * * ? *)'] };

/** A deployment of ten to two with a schedule that is due every hour. */
function setup(overrides: Partial<Parameters<typeof createWatchdogHarness>[0]> = {}) {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:00Z',
    schedules: { hourly: HOURLY },
    ...overrides,
  });
  const dropped = new Set<string>();
  harness.circumstances.fires = (_name, at) => (dropped.has(new Date(at).toISOString().slice(11, 16)) ? undefined : {});
  const drop = (...times: readonly string[]) => {
    for (const time of times) dropped.add(time);
  };
  return { harness, drop };
}

describe('due times that all come', () => {
  test('are left to their runs, and nothing is reported', async () => {
    const { harness } = setup();

    await harness.advanceTo('2027-03-02T05:30:00Z');

    expect(harness.story()).toEqual([
      'report/2027-03-02T02:00Z/hourly completed schedule',
      'report/2027-03-02T03:00Z/hourly completed schedule',
      'report/2027-03-02T04:00Z/hourly completed schedule',
      'report/2027-03-02T05:00Z/hourly completed schedule',
    ]);
    expect([harness.alerts, harness.counts, harness.sent, harness.logged]).toEqual([[], [], [], []]);
    expect(harness.passes.every(({ error }) => error === undefined)).toBe(true);
  });
});

describe('due times whose message never comes', () => {
  test('are recorded as missed once the grace is over, counted for the alarm and reported, each once', async () => {
    const { harness, drop } = setup();
    drop('02:00', '04:00');

    await harness.advanceTo('2027-03-02T05:30:00Z');

    expect(harness.story()).toEqual([
      'report/2027-03-02T02:00Z/hourly missed schedule missed',
      'report/2027-03-02T03:00Z/hourly completed schedule',
      'report/2027-03-02T04:00Z/hourly missed schedule missed',
      'report/2027-03-02T05:00Z/hourly completed schedule',
    ]);
    expect(harness.counts.map(({ job, count }) => [job, count])).toEqual([
      ['report', 1],
      ['report', 1],
    ]);
    expect(harness.alerts.map(({ subject }) => subject)).toEqual([
      '[dev] a due time missed: hourly',
      '[dev] over: hourly: 1 due time missed, 0 caught up',
      '[dev] a due time missed: hourly',
      '[dev] over: hourly: 1 due time missed, 0 caught up',
    ]);
    // The first pass that is more than three minutes after the due time.
    expect(harness.counts.map(({ at }) => new Date(at).toISOString())).toEqual([
      '2027-03-02T02:03:10.000Z',
      '2027-03-02T04:03:10.000Z',
    ]);
  });

  test('are reported with the run, the due time in the zone of the schedule, why, and what is done about it', async () => {
    const { harness, drop } = setup({
      schedules: { hourly: { ...HOURLY, timezone: 'Europe/Stockholm' } },
    });
    drop('02:00');

    await harness.advanceTo('2027-03-02T02:10:00Z');

    const [alert] = harness.alerts;
    for (const part of [
      'report/2027-03-02T02:00Z/hourly',
      '2027-03-02 03:00 Europe/Stockholm (2027-03-02 02:00 UTC)',
      'EventBridge had the schedule as it should; look into app-dev-undelivered',
      'catch-up  none: should the message still come, it runs if it is not too late',
      "npm run belfry -- show '<run>'",
    ]) {
      expect(alert?.body).toContain(part);
    }
    expect(harness.logged).toEqual([
      {
        event: 'run-missed',
        at: Date.parse('2027-03-02T02:03:10Z'),
        fields: {
          runId: 'report/2027-03-02T02:00Z/hourly',
          job: 'report',
          schedule: 'hourly',
          scheduledTime: '2027-03-02T02:00:00.000Z',
          why: expect.stringContaining('app-dev-undelivered'),
        },
      },
    ]);
  });

  test('of several schedules and jobs that one pass finds make one alert, and one count for each job', async () => {
    const { harness, drop } = setup({
      jobs: { report: {}, billing: {} },
      schedules: { a: HOURLY, b: HOURLY, c: { ...HOURLY, job: 'billing' } },
    });
    drop('02:00');

    await harness.advanceTo('2027-03-02T02:10:00Z');

    expect(harness.alerts.map(({ subject }) => subject)).toEqual(['[dev] 3 due times missed: a, b, c']);
    expect(harness.counts.map(({ job, count }) => [job, count])).toEqual([
      ['report', 2],
      ['billing', 1],
    ]);
  });

  test('are waited for as long as EventBridge may spread them', async () => {
    const spread = { ...HOURLY, spread: 20 * 60_000 } as never;
    const { harness, drop } = setup({ schedules: { hourly: spread } });
    drop('03:00');
    harness.circumstances.fires = (_name, at) => (new Date(at).getUTCHours() === 3 ? undefined : { seconds: 19 * 60 });

    await harness.advanceTo('2027-03-02T03:23:00Z');
    expect(harness.story()).toEqual(['report/2027-03-02T02:00Z/hourly completed schedule']);

    await harness.advanceTo('2027-03-02T03:24:00Z');
    expect(harness.story()).toEqual([
      'report/2027-03-02T02:00Z/hourly completed schedule',
      'report/2027-03-02T03:00Z/hourly missed schedule missed',
    ]);
  });

  test('whose run comes between the read and the write of the pass are not reported', async () => {
    const { harness, drop } = setup();
    drop('02:00');
    harness.circumstances.between = (ports) => ({
      ...ports,
      store: replaced(ports.store, {
        async recordWithoutRun(dueTime) {
          harness.functions.send('report', bodyOf('2027-03-02T02:00:00Z'));
          await harness.timeline.runUntil(harness.timeline.now + 1000);
          return ports.store.recordWithoutRun(dueTime);
        },
      }),
    });

    await harness.advanceTo('2027-03-02T02:03:05Z');
    await harness.runPass();
    await harness.advanceTo('2027-03-02T02:10:00Z');

    expect(harness.story()).toEqual(['report/2027-03-02T02:00Z/hourly completed schedule']);
    expect([harness.alerts, harness.counts]).toEqual([[], []]);
  });
});

const bodyOf = (scheduledTime: string): string =>
  JSON.stringify({ v: 1, run: null, job: 'report', schedule: 'hourly', scheduledTime, trigger: 'schedule' });
