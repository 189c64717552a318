import { describe, expect, test } from 'vitest';
import { minutes } from '../support/requests.ts';
import { Random } from '../support/simulation/random.ts';
import { createWatchdogHarness, type WatchdogHarness } from '../support/watchdog/harness.ts';

const RUN = 'report/2027-03-02T02:00Z/hourly';
const timeOf = (at: number) => new Date(at).toISOString().slice(11, 16);

describe('a catch-up whose late original is skipped', () => {
  /** The function is down from two to four: what is sent in that time, and how late, waits in its queue. */
  function setup(originalAfter: string, catchUpAfter: string) {
    const harness = createWatchdogHarness({
      start: '2027-03-02T01:50:30Z',
      jobs: { report: { timeout: '5 minutes' } },
      schedules: { hourly: { expressions: ['cron(0 2 * * ? *)'], maxLateness: minutes(60), catchUp: 1 } },
    });
    const until = (time: string, at: number) => Date.parse(`2027-03-02T${time}Z`) - at;
    harness.circumstances.fires = (_name, at) => ({ seconds: until(originalAfter, at) / 1000 });
    harness.circumstances.between = (ports) => ({
      ...ports,
      async send(run, options) {
        const wait = until(catchUpAfter, harness.now);
        if (wait > 0) void harness.sleep(wait).then(() => ports.send(run, options));
        else await ports.send(run, options);
      },
    });
    return harness;
  }

  test.each([
    ['before it', '04:00:00', '04:00:05'],
    ['after it', '04:00:05', '04:00:00'],
  ])('as too late runs all the same: the original comes %s', async (_order, original, catchUp) => {
    const harness = setup(original, catchUp);

    await harness.advanceTo('2027-03-02T05:00:00Z');

    expect(harness.story()).toEqual([`${RUN} completed catch-up missed`]);
    expect(harness.functions.executions).toHaveLength(1);
    expect((await harness.store.loadState())?.catchUps).toEqual([]);
  });

  test('is sent again though the record is skipped, when its own message is lost', async () => {
    const harness = setup('03:30:00', '02:00:00');
    harness.circumstances.losesSent = () => harness.now < Date.parse('2027-03-02T03:31:00Z');

    await harness.advanceTo('2027-03-02T03:32:00Z');
    expect(harness.story()).toEqual([`${RUN} skipped too-late schedule missed`]);
    await harness.advanceTo('2027-03-02T04:00:00Z');

    expect(harness.story()).toEqual([`${RUN} completed catch-up missed`]);
  });

  test('for a busy job runs once that is free', async () => {
    const harness = setup('02:30:00', '02:40:00');
    harness.circumstances.behaves = ({ id }) => ({ does: 'complete', seconds: id === RUN ? 5 : 290 });
    await harness.advanceTo('2027-03-02T02:28:00Z');
    harness.functions.send('report', manualBody('2027-03-02T02:28:00Z'));

    await harness.advanceTo('2027-03-02T02:31:00Z');
    expect(harness.story()[0]).toBe(`${RUN} skipped overlap schedule missed`);
    await harness.advanceTo('2027-03-02T03:00:00Z');

    expect(harness.story()[0]).toBe(`${RUN} completed catch-up missed`);
  });
});

const manualBody = (scheduledTime: string): string =>
  JSON.stringify({
    ...{ v: 1, run: `report/${scheduledTime.replace('Z', '.000Z')}/~01ARZ3NDEKTSV4RRFFQ69G5FAV`, job: 'report' },
    ...{ schedule: null, scheduledTime, trigger: 'manual' },
  });

describe('a requested run of a job that is busy nearly all the time', () => {
  /** With each grace, in minutes, the first try is at another minute of the job's. */
  const OFTEN = [3, 4, 5].flatMap((grace) => [
    { every: 1, seconds: 40, grace },
    { every: 2, seconds: 80, grace },
    { every: 3, seconds: 60, grace },
  ]);

  /** The due time at three is lost. */
  async function world({ every, seconds, grace }: (typeof OFTEN)[number], seed: number, catchUp: number) {
    const random = new Random(seed);
    const harness = createWatchdogHarness({
      start: '2027-03-02T02:50:30Z',
      random: () => random.next(),
      grace,
      jobs: { report: { timeout: '5 minutes', retry: { maxAttempts: 1 } } },
      schedules: { often: { expressions: [`cron(0/${every} * * * ? *)`], catchUp } },
    });
    harness.circumstances.fires = (_name, at) => (timeOf(at) === '03:00' ? undefined : {});
    harness.circumstances.behaves = () => ({ does: 'complete', seconds });
    await harness.advanceTo(`2027-03-02T03:0${grace + 2}:20Z`);
    return harness;
  }

  /** How many minutes after three it was at work, at last. */
  const waited = (harness: WatchdogHarness) => {
    const [run] = harness.functions.executions.filter(({ trigger }) => trigger !== 'schedule');
    return ((run?.startedAt ?? Number.POSITIVE_INFINITY) - Date.parse('2027-03-02T03:00:00Z')) / 60_000;
  };

  test.each(OFTEN)(
    'is caught up within the hour, every $every minutes for $seconds s, grace $grace, without a dead letter',
    async (job) => {
      for (let seed = 1; seed <= 4; seed++) {
        const harness = await world(job, seed, 1);

        await harness.advanceTo('2027-03-02T04:30:00Z');

        expect(harness.story()).toContain('report/2027-03-02T03:00Z/often completed catch-up missed');
        expect(waited(harness)).toBeLessThan(60);
        expect(harness.functions.deadLetters).toEqual([]);
        expect(harness.functions.executions.filter(({ trigger }) => trigger === 'catch-up')).toHaveLength(1);
      }
    },
  );

  test.each(OFTEN)(
    'is backfilled within the hour, every $every minutes for $seconds s, grace $grace, without a dead letter',
    async (job) => {
      for (let seed = 1; seed <= 4; seed++) {
        const harness = await world(job, seed, 0);
        const message = { v: 1, run: 'report/2027-03-02T03:00Z/often', job: 'report', schedule: 'often' };
        const scheduledTime = '2027-03-02T03:00:00Z';
        harness.functions.send('report', JSON.stringify({ ...message, scheduledTime, trigger: 'backfill' }));

        await harness.advanceTo('2027-03-02T04:30:00Z');

        expect(harness.story()).toContain('report/2027-03-02T03:00Z/often completed backfill missed');
        expect(waited(harness)).toBeLessThan(60);
        expect(harness.functions.deadLetters).toEqual([]);
      }
    },
  );
});
