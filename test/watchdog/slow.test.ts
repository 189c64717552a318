import { describe, expect, test } from 'vitest';
import { epochMs, MINUTE } from '../../lib/units.ts';
import { findSlow } from '../../lib/watchdog/slow.ts';
import { replaced } from '../support/replaced.ts';
import { createWatchdogHarness, type HarnessOptions, type WatchdogHarness } from '../support/watchdog/harness.ts';

const HALF_HOURLY = { expressions: ['cron(0/30 * * * ? *)'] };
const REPORT = { timeout: '14 minutes' } as const;

/** A job that is due every half an hour and takes so many seconds, on the day that has followed by noon. */
async function setup({
  takes = 120,
  until = '2027-03-02T12:25:30Z',
  ...options
}: Partial<HarnessOptions> & { takes?: number; until?: string } = {}) {
  const harness = createWatchdogHarness({
    start: '2027-03-01T23:50:30Z',
    jobs: { report: REPORT },
    schedules: { often: HALF_HOURLY },
    ...options,
  });
  const lengths = new Map<string, number>();
  harness.circumstances.behaves = ({ id }) => ({ does: 'complete', seconds: lengths.get(id.slice(18, 23)) ?? takes });
  await harness.advanceTo(until);
  const take = (time: string, seconds: number) => void lengths.set(time, seconds);
  return { harness, take };
}

/** What a check finds now of the last 15 minutes, whenever the last one was and whatever it has found. */
const checkNow = (harness: WatchdogHarness) =>
  harness.check((pass) => {
    const checks = { ...pass.state.checks, slowDueAt: epochMs(pass.now - 15 * MINUTE), slowRuns: [] };
    return findSlow({ ...pass, state: { ...pass.state, checks }, stories: new Map() });
  });

const subjects = (found: Awaited<ReturnType<typeof checkNow>>) =>
  [...(found?.conditions ?? []), ...(found?.ended ?? [])].map(({ subject }) => subject);

describe('a job that takes four times as long as its own history', () => {
  test('is reported once its run has ended', async () => {
    const { harness, take } = await setup();
    take('12:30', 480);

    await harness.advanceTo('2027-03-02T12:40:00Z');

    const found = await checkNow(harness);
    expect(found?.conditions).toEqual([]);
    expect(found?.ended).toEqual([
      {
        story: 'slow:report/2027-03-02T12:30Z/often',
        kind: 'run-slow',
        job: 'report',
        run: 'report/2027-03-02T12:30Z/often',
        since: expect.any(Number),
        subject: '[dev] report took 8 minutes, usually at most 2 minutes',
        command: "npm run belfry -- show 'report/2027-03-02T12:30Z/often'",
        lines: expect.arrayContaining([
          'Usually    at most 2 minutes: the 95th percentile of the 25 completions before it',
        ]),
      },
    ]);
  });

  test('is reported while it still runs, and has nothing that is over until it has ended', async () => {
    const { harness, take } = await setup();
    take('12:30', 800);

    await harness.advanceTo('2027-03-02T12:38:30Z');

    const found = await checkNow(harness);
    expect(found?.ended).toEqual([]);
    expect(found?.conditions).toMatchObject([
      { subject: '[dev] report has been running for 8 minutes, usually at most 2 minutes' },
    ]);
  });

  test('is reported when its attempt has failed after that time', async () => {
    const { harness } = await setup({ jobs: { report: { ...REPORT, retry: { maxAttempts: 1 } } } });
    harness.circumstances.behaves = () => ({ does: 'fail', seconds: 480 });

    await harness.advanceTo('2027-03-02T12:40:00Z');

    expect(subjects(await checkNow(harness))).toEqual(['[dev] report took 8 minutes, usually at most 2 minutes']);
  });

  test('makes one alert while it runs and one that it is over, and none more when it has ended', async () => {
    const { harness, take } = await setup();
    take('12:30', 800);

    await harness.advanceTo('2027-03-02T14:00:00Z');

    expect(harness.alerts.map(({ subject }) => subject)).toEqual([
      '[dev] report has been running for 6 minutes, usually at most 2 minutes',
      '[dev] over: the slow run of report has ended, or is not compared any more',
    ]);
  });

  test('makes one alert when it has ended between two checks, and none that it is over', async () => {
    const { harness, take } = await setup();
    take('12:30', 361);

    await harness.advanceTo('2027-03-02T14:00:00Z');

    expect(harness.alerts.map(({ subject }) => subject)).toEqual([
      '[dev] report took 6 minutes, usually at most 2 minutes',
    ]);
  });

  test('makes one alert for a run, though each of its attempts takes so long', async () => {
    const { harness } = await setup({
      jobs: { report: { ...REPORT, retry: { maxAttempts: 5, backoff: '5 minutes' } } },
    });
    harness.circumstances.behaves = () => ({ does: 'fail', seconds: 370 });

    await harness.advanceTo('2027-03-02T12:29:00Z');
    harness.circumstances.fires = (_name, at) => (new Date(at).toISOString().includes('12:30') ? {} : undefined);
    await harness.advanceTo('2027-03-02T12:59:00Z');

    const slow = harness.alerts.filter(({ facts }) => facts.kind === 'run-slow' && facts.isOver !== true);
    expect(slow.map(({ facts }) => facts.run)).toEqual(['report/2027-03-02T12:30Z/often']);
  });

  test('is reported once, by all checks of an hour together', async () => {
    const { harness, take } = await setup({ takes: 110 });
    take('12:30', 800);
    const found: string[] = [];

    for (let pass = 0; pass < 60; pass++) {
      // The pass of the minute is 10 seconds after it.
      await harness.advanceTo(new Date(Math.floor(harness.now / 60_000) * 60_000 + 65_000).toISOString());
      const result = await harness.check((each) => findSlow({ ...each, dueAt: epochMs(each.dueAt + 5_000) }));
      found.push(...[...(result?.conditions ?? []), ...(result?.ended ?? [])].map(({ story }) => story));
    }

    expect(found).toEqual(['slow:report/2027-03-02T12:30Z/often']);
  });
});

describe('nothing is said', () => {
  test('of a job that is merely long', async () => {
    const { harness } = await setup({ takes: 800 });

    await harness.advanceTo('2027-03-02T12:48:00Z');

    expect(subjects(await checkNow(harness))).toEqual([]);
  });

  test('of one that takes three times as long and no more', async () => {
    const { harness, take } = await setup();
    take('12:30', 360);

    await harness.advanceTo('2027-03-02T12:40:00Z');

    expect(subjects(await checkNow(harness))).toEqual([]);
  });

  test('of one that takes many times as long, but not a minute more', async () => {
    const { harness, take } = await setup({ takes: 2 });
    take('12:30', 50);

    await harness.advanceTo('2027-03-02T12:40:00Z');

    expect(subjects(await checkNow(harness))).toEqual([]);
  });

  test('of one with fewer than ten completions', async () => {
    const { harness, take } = await setup({ until: '2027-03-02T04:25:30Z' });
    take('04:30', 480);

    await harness.advanceTo('2027-03-02T04:40:00Z');

    expect(subjects(await checkNow(harness))).toEqual([]);
  });

  test('of one that is silenced with a reason', async () => {
    const { harness, take } = await setup({
      jobs: { report: { ...REPORT, slow: { silenced: 'its length follows the month' } } },
    });
    take('12:30', 480);

    await harness.advanceTo('2027-03-02T12:40:00Z');

    expect(subjects(await checkNow(harness))).toEqual([]);
  });

  test('of what ended before the first check of a deployment', async () => {
    const { harness, take } = await setup({ until: '2027-03-02T12:25:30Z' });
    take('12:30', 480);
    await harness.advanceTo('2027-03-02T13:25:30Z');
    harness.store.forgetState();

    expect(subjects(await harness.check(findSlow))).toEqual([]);
  });
});

test('a job whose runs cannot be read is a problem of the pass, and does not stop the others', async () => {
  const { harness } = await setup({
    jobs: { report: REPORT, billing: REPORT },
    schedules: { often: HALF_HOURLY, other: { ...HALF_HOURLY, job: 'billing' } },
  });
  harness.circumstances.behaves = () => ({ does: 'complete', seconds: 480 });
  await harness.advanceTo('2027-03-02T12:40:00Z');
  harness.circumstances.between = (ports) => ({
    ...ports,
    store: replaced(ports.store, {
      newestRuns(job) {
        if (job === 'report') throw new Error('throttled');
        return ports.store.newestRuns(job);
      },
    }),
  });

  const found = await checkNow(harness);

  expect(subjects(found)).toEqual(['[dev] billing took 8 minutes, usually at most 2 minutes']);
  expect(found?.problems).toEqual(['runs of job report cannot be read: Error: throttled']);
});
