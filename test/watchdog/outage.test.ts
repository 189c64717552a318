import { describe, expect, test } from 'vitest';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

const MINUTELY = { expressions: ['cron(* * * * ? *)'] };
const SCHEDULES = ['a', 'b', 'c', 'd', 'hourly'];
const HOURLY = { expressions: ['cron(0 * * * ? *)'] };

describe('hours without schedules firing and without a pass', () => {
  /** Four schedules a minute and one an hour, off from 02:00 to 08:00: 1451 due times, for three passes. */
  async function afterSixHours() {
    const harness = createWatchdogHarness({
      start: '2027-03-02T01:50:30Z',
      jobs: { report: {}, billing: {} },
      schedules: {
        a: { ...MINUTELY, catchUp: 1 },
        b: { ...MINUTELY, catchUp: 1, job: 'billing' },
        c: MINUTELY,
        d: MINUTELY,
        hourly: { ...HOURLY, catchUp: 1, job: 'billing' },
      },
    });
    await harness.advanceTo('2027-03-02T01:59:30Z');
    const isOff = () => harness.now >= Date.parse('2027-03-02T02:00:00Z') && harness.now < off;
    const off = Date.parse('2027-03-02T08:00:30Z');
    harness.circumstances.fires = () => (isOff() ? undefined : {});
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T08:00:30Z');
    harness.circumstances.isWatching = true;
    const before = harness.passes.length;
    await harness.advanceTo('2027-03-02T08:30:30Z');
    return { harness, passes: harness.passes.slice(before) };
  }

  test('are checked the oldest first, no more than five hundred due times a pass, until all are', async () => {
    const { harness, passes } = await afterSixHours();

    expect(passes.slice(0, 3).map(({ result }) => [result?.checked, result?.isCut])).toEqual([
      [500, true],
      [500, true],
      [expect.any(Number), false],
    ]);
    const missed = harness.story().filter((line) => line.includes('missed'));
    // From 02:00 to 08:00, both ends included: 361 of each that is due every minute, 7 of the other.
    expect(missed).toHaveLength(4 * 361 + 7);
    const reported = harness.logged
      .filter(({ event }) => event === 'run-missed')
      .map(({ fields }) => fields['scheduledTime']);
    expect(reported).toEqual([...reported].sort());
    expect(reported).toHaveLength(missed.length);
  });

  test('are reported in one alert, which names twenty and says that more follow, and when they are over with their numbers', async () => {
    const { harness } = await afterSixHours();

    expect(harness.alerts[0]?.subject).toMatch(/^\[dev\] \d{3} due times missed: a, b, c, d, hourly$/);
    expect(harness.alerts[0]?.body).toMatch(/\nand \d{3} more\nThere are older due times still to be checked/);
    expect(harness.alerts[0]?.facts.each?.map(({ story }) => story)).toEqual(SCHEDULES.map((id) => `missed:${id}`));
    expect(harness.alerts.slice(1).map(({ subject }) => subject)).toEqual([
      '[dev] over: c: 361 due times missed, 0 caught up',
      '[dev] over: d: 361 due times missed, 0 caught up',
      '[dev] over: a: 361 due times missed, 1 caught up',
      '[dev] over: b: 361 due times missed, 1 caught up',
    ]);
    // The next due time of the last one is at nine.
    expect(await harness.alertStore.stories()).toMatchObject([{ key: 'missed:hourly', count: 7 }]);
    expect(harness.alerts[0]?.body.length).toBeLessThan(10_000);
    expect(harness.counts.reduce((sum, { count }) => sum + count, 0)).toBe(4 * 361 + 7);
  });

  test('are caught up by one run of each schedule that catches up with the latest: the latest', async () => {
    const { harness } = await afterSixHours();

    const caughtUp = harness.functions.executions.filter(({ trigger }) => trigger === 'catch-up').map(({ run }) => run);
    expect(caughtUp.sort()).toEqual([
      'billing/2027-03-02T08:00Z/b',
      'billing/2027-03-02T08:00Z/hourly',
      'report/2027-03-02T08:00Z/a',
    ]);
  });
});

test('nothing is saved as checked that is not: when a pass is cut, the next continues where it stopped', async () => {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    schedules: { a: MINUTELY, b: MINUTELY, hourly: HOURLY },
  });
  await harness.advanceTo('2027-03-02T01:59:30Z');
  harness.circumstances.fires = () => undefined;
  harness.circumstances.isWatching = false;
  await harness.advanceTo('2027-03-02T08:00:30Z');

  await harness.runPass();

  const { schedules = {} } = (await harness.store.loadState()) ?? {};
  const newest = Math.max(...harness.store.all().map(({ scheduledTime }) => scheduledTime));
  for (const { checkedUntil } of Object.values(schedules)) expect(checkedUntil).toBeLessThanOrEqual(newest);
  await harness.runPass();
  expect(harness.passes.at(-1)?.result).toMatchObject({ isCut: false });
  // The nine minutes before, 02:00 to 07:57, and every hour from 02:00 to 07:00.
  expect(harness.store.all()).toHaveLength(2 * (9 + 358) + 6);
});

test('a day in which only the watchdog was out has no missed due time and no alert', async () => {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    schedules: { ten: { expressions: ['cron(0/10 * * * ? *)'], catchUp: 1 } },
  });
  await harness.advanceTo('2027-03-02T02:05:00Z');
  harness.circumstances.isWatching = false;
  await harness.advanceTo('2027-03-03T02:05:00Z');
  harness.circumstances.isWatching = true;

  await harness.advanceTo('2027-03-03T02:30:00Z');

  expect(harness.store.all().every(({ status }) => status === 'completed')).toBe(true);
  expect([harness.alerts, harness.counts, harness.sent]).toEqual([[], [], []]);
});
