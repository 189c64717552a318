import { describe, expect, test } from 'vitest';
import { minutes } from '../support/requests.ts';
import { createWatchdogHarness, type WatchdogHarness } from '../support/watchdog/harness.ts';

const HOLIDAYS = [{ name: 'holidays', days: ['2027-03-02'] }];
const WORKDAYS = [{ name: 'workdays', days: ['2027-03-01', '2027-03-03/2027-03-05'] }];

function setup(schedule: Parameters<typeof createWatchdogHarness>[0]['schedules'][string]) {
  return createWatchdogHarness({ start: '2027-03-01T12:00:30Z', schedules: { nightly: schedule } });
}

describe('a due time on a day that a calendar leaves out', () => {
  test.each([
    { calendar: 'holidays', schedule: { except: HOLIDAYS } },
    { calendar: 'workdays', schedule: { only: WORKDAYS } },
  ])('is skipped by its own message, with the name of the calendar: $calendar', async ({ calendar, schedule }) => {
    const harness = setup(schedule);

    await harness.advanceTo('2027-03-03T12:00:00Z');

    expect(harness.story()).toEqual([
      `report/2027-03-02T02:00Z/nightly skipped calendar ${calendar} schedule`,
      'report/2027-03-03T02:00Z/nightly completed schedule',
    ]);
    expect(harness.logged).toEqual([]);
  });

  test('is skipped by the watchdog when its message never comes, without alarm and alert', async () => {
    const harness = setup({ except: HOLIDAYS, catchUp: 1 });
    harness.circumstances.fires = () => undefined;

    await harness.advanceTo('2027-03-02T12:00:00Z');

    expect(harness.story()).toEqual(['report/2027-03-02T02:00Z/nightly skipped calendar holidays schedule']);
    expect([harness.alerts, harness.counts, harness.sent]).toEqual([[], [], []]);
    expect(harness.logged).toMatchObject([
      { event: 'run-skipped', fields: { runId: 'report/2027-03-02T02:00Z/nightly', calendar: 'holidays' } },
    ]);
  });

  test('stays skipped when its message comes late after all', async () => {
    const harness = setup({ except: HOLIDAYS });
    harness.circumstances.fires = () => ({ seconds: 300 });

    await harness.advanceTo('2027-03-02T12:00:00Z');

    expect(harness.story()).toEqual(['report/2027-03-02T02:00Z/nightly skipped calendar holidays schedule']);
    expect(harness.functions.executions).toEqual([]);
  });

  test('is a day of the zone of the schedule, not of UTC', async () => {
    // 02:00 UTC on the 2nd is still the 1st in Los Angeles, and the 2nd in Tokyo.
    const harness = createWatchdogHarness({
      start: '2027-03-01T12:00:30Z',
      schedules: {
        angeles: { expressions: ['cron(0 18 * * ? *)'], timezone: 'America/Los_Angeles', except: HOLIDAYS },
        tokyo: { expressions: ['cron(0 11 * * ? *)'], timezone: 'Asia/Tokyo', except: HOLIDAYS },
      },
    });
    harness.circumstances.fires = () => undefined;

    await harness.advanceTo('2027-03-02T02:10:00Z');

    expect(harness.story()).toEqual([
      'report/2027-03-02T02:00Z/angeles missed schedule missed',
      'report/2027-03-02T02:00Z/tokyo skipped calendar holidays schedule',
    ]);
  });
});

describe('a due time that clocks skip in spring', () => {
  const BERLIN = { timezone: 'Europe/Berlin', dst: 'runAfterGap' as const };
  const half = { ...BERLIN, expressions: ['cron(30 2 * * ? *)'] };

  /** 28 March 2027 in Berlin: at 01:00 UTC the clocks go from 02:00 to 03:00. */
  function springForward(schedule: Parameters<typeof setup>[0]) {
    return createWatchdogHarness({ start: '2027-03-28T00:30:30Z', schedules: { nightly: schedule } });
  }

  test('is left out, and nothing is missed, unless the schedule wants it', async () => {
    const harness = springForward({ ...half, dst: 'skip' });

    await harness.advanceTo('2027-03-28T12:00:00Z');

    expect(harness.story()).toEqual([]);
    expect(harness.alerts).toEqual([]);
  });

  test('has one run as soon as the clocks have changed, and one record', async () => {
    const harness = springForward(half);

    await harness.advanceTo('2027-03-28T12:00:00Z');

    expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/nightly completed schedule']);
    expect(harness.functions.executions.map(({ startedAt }) => startedAt)).toEqual([
      Date.parse('2027-03-28T01:00:10.250Z'),
    ]);
    expect(harness.alerts).toEqual([]);
  });

  test('is sent once, and not again once there is a record', async () => {
    const harness = springForward(half);

    await harness.advanceTo('2027-03-28T12:00:00Z');

    expect(harness.sent.map(({ trigger }) => trigger)).toEqual(['schedule']);
    expect(harness.loggedRuns('after-gap-sent')).toEqual(['report/2027-03-28T01:00Z/nightly']);
  });

  test('is sent again at the next pass as long as it has no record, and missed once the grace is over', async () => {
    const harness = springForward(half);
    harness.circumstances.losesSent = () => true;

    await harness.advanceTo('2027-03-28T12:00:00Z');

    expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/nightly missed schedule missed']);
    expect(harness.sent.map(({ at }) => new Date(at).toISOString().slice(11, 16))).toEqual([
      '01:00',
      '01:01',
      '01:02',
      '01:03',
    ]);
    expect(harness.alerts.map(({ body }) => body)).toEqual([
      expect.stringContaining('the watchdog starts it when clocks have skipped due times; look into the log of'),
    ]);
  });

  test('is started late after an hour without a pass, as long as it may be late, and its record keeps that it was missed', async () => {
    const harness = springForward({ ...half, maxLateness: minutes(120) });
    await harness.advanceTo('2027-03-28T00:40:00Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-28T02:30:30Z');
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-28T02:40:00Z');

    expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/nightly completed schedule missed']);
    expect(harness.sent).toHaveLength(1);
  });

  test.each([
    [
      'disabled',
      (harness: WatchdogHarness) => harness.eventBridge.change('app-dev-nightly', { isEnabled: false }, harness.now),
    ],
    ['deleted', (harness: WatchdogHarness) => harness.eventBridge.remove('app-dev-nightly')],
  ] as const)('is not started for a schedule that a user has %s by hand', async (_what, change) => {
    const harness = springForward({ ...half, catchUp: 0 });
    await harness.advanceTo('2027-03-28T00:45:30Z');
    change(harness);

    await harness.advanceTo('2027-03-28T01:10:00Z');

    expect(harness.sent).toEqual([]);
    expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/nightly missed schedule missed']);
  });

  test('is missed, and caught up, after more time without a pass than it may be late', async () => {
    const harness = springForward({ ...half, catchUp: 1 });
    await harness.advanceTo('2027-03-28T00:40:00Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-28T06:00:30Z');
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-28T06:10:00Z');

    expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/nightly completed catch-up missed']);
  });

  test('is the regular one where the expression is due when the gap ends, sent by EventBridge alone', async () => {
    const harness = springForward({ ...BERLIN, expressions: ['cron(0 2,3 * * ? *)'] });

    await harness.advanceTo('2027-03-28T12:00:00Z');

    expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/nightly completed schedule']);
    expect(harness.sent).toEqual([]);
  });

  test('is one run for all due times of the gap', async () => {
    const harness = springForward({ ...BERLIN, expressions: ['cron(5/10 2 * * ? *)'] });

    await harness.advanceTo('2027-03-28T12:00:00Z');

    expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/nightly completed schedule']);
  });

  test('is not started on a day that a calendar leaves out', async () => {
    const harness = springForward({ ...half, except: [{ name: 'holidays', days: ['2027-03-28'] }] });

    await harness.advanceTo('2027-03-28T12:00:00Z');

    expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/nightly skipped calendar holidays schedule']);
    expect(harness.sent).toEqual([]);
  });

  test('is started at once, however far EventBridge may spread the others', async () => {
    const harness = springForward({ ...half, spread: minutes(120) });

    await harness.advanceTo('2027-03-28T01:05:00Z');

    expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/nightly completed schedule']);
  });

  test('is not started for a schedule that was changed before', async () => {
    const harness = springForward(half);
    await harness.advanceTo('2027-03-28T00:45:30Z');
    harness.circumstances.isWatching = false;
    harness.deploy({ schedules: { nightly: { ...half, expressions: ['cron(30 5 * * ? *)'] } } });
    await harness.advanceTo('2027-03-28T01:01:05Z');
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-28T01:10:00Z');

    expect(harness.story()).toEqual([]);
    expect(harness.sent).toEqual([]);
  });

  test('that cannot be sent is a problem of the pass, and sent at the next', async () => {
    const harness = springForward(half);
    let failures = 1;
    harness.circumstances.between = (ports) => ({
      ...ports,
      async send(run, options) {
        if (failures-- > 0) throw new Error('no queue');
        await ports.send(run, options);
      },
    });

    await harness.advanceTo('2027-03-28T01:10:00Z');

    expect(harness.story()).toEqual(['report/2027-03-28T01:00Z/nightly completed schedule']);
    expect(
      harness.passes
        .map(({ error }) => error)
        .filter(Boolean)
        .map(String),
    ).toEqual([expect.stringContaining('run report/2027-03-28T01:00Z/nightly cannot be started: Error: no queue')]);
  });
});
