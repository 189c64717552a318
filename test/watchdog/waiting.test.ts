import { describe, expect, test } from 'vitest';
import { requestedRunId } from '../../lib/run/run-id.ts';
import { epochMs, plus } from '../../lib/units.ts';
import { checkRunsAndQueues } from '../../lib/watchdog/checks.ts';
import { replaced } from '../support/replaced.ts';
import { claimRequest, minutes } from '../support/requests.ts';
import { createWatchdogHarness, type HarnessOptions, type WatchdogHarness } from '../support/watchdog/harness.ts';

/** A job that explains 32 minutes of waiting: one for its attempt, one between its two, and 30. */
const REPORT = { timeout: '1 minute', retry: { maxAttempts: 2, backoff: '1 minute' } } as const;

async function setup(options: Partial<HarnessOptions> = {}) {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    jobs: { report: REPORT, billing: {} },
    schedules: {},
    ...options,
  });
  await harness.advanceTo('2027-03-02T02:00:30Z');
  return harness;
}

/** A run that somebody asks for, whose messages are all lost. */
async function request(harness: WatchdogHarness, job = 'report'): Promise<string> {
  const now = harness.now;
  const run = requestedRunId(job, now, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
  harness.circumstances.losesSent = () => true;
  await harness.store.createPending(
    { v: 1, run, job, schedule: null, scheduledTime: now, trigger: 'manual', input: undefined },
    { now, requestedBy: 'ada' },
  );
  return run;
}

/** What a check of waiting runs finds now. */
const checkNow = async (harness: WatchdogHarness) => {
  const { findings } = await harness.check(checkRunsAndQueues);
  return findings.find(({ kind }) => kind === 'runs-waiting');
};

const stories = async (harness: WatchdogHarness) => (await checkNow(harness))?.conditions.map(({ story }) => story);

describe('a run whose messages are all lost', () => {
  test('waits too long once that is longer than its retries explain, and not before', async () => {
    const harness = await setup();
    await request(harness);

    await harness.advanceBy(32);
    expect(await stories(harness)).toEqual([]);

    await harness.advanceBy(1);
    expect(await stories(harness)).toEqual(['waiting:report']);
  });

  test('is reported with since when it waits, why, and how to look at it', async () => {
    const harness = await setup();
    const run = await request(harness);
    const since = harness.now;

    await harness.advanceBy(40);

    expect((await checkNow(harness))?.conditions).toEqual([
      {
        story: 'waiting:report',
        kind: 'runs-waiting',
        job: 'report',
        run,
        since,
        subject: '[dev] report: a run waits: since 2027-03-02 02:00 UTC',
        command: `npm run belfry -- show '${run}'`,
        lines: expect.arrayContaining([
          `Run        ${run}`,
          'Why        no function has taken its message',
          'Waits      longer than 32 minutes, which its retries do not explain',
        ]),
      },
    ]);
  });

  test('is counted for the alarm in each pass, and no longer when it is done', async () => {
    const harness = await setup();
    await request(harness);
    await harness.advanceBy(33);
    expect(harness.waiting.map(({ count }) => count)).toEqual([1]);

    harness.circumstances.losesSent = () => false;
    // It is sent again 92 minutes after its time.
    await harness.advanceBy(100);

    expect(harness.waiting.length).toBeLessThan(63);
    expect(await stories(harness)).toEqual([]);
  });

  test('is one condition with all others of its job, named by the oldest', async () => {
    const harness = await setup();
    const oldest = await request(harness);
    for (let index = 0; index < 5; index++) {
      await harness.advanceBy(1);
      await request(harness);
    }

    await harness.advanceBy(60);

    expect((await checkNow(harness))?.conditions).toMatchObject([
      { run: oldest, subject: expect.stringContaining('6 runs wait') },
    ]);
    expect(harness.waiting.at(-1)?.count).toBe(6);
  });

  test('of a job that has left the app is not reported: nothing could run it', async () => {
    const harness = await setup();
    await request(harness, 'gone');

    await harness.advanceBy(90);

    expect(await stories(harness)).toEqual([]);
  });
});

test('a run whose attempts are given back over and over waits, in each pass, though it is postponed most of the time', async () => {
  const harness = await setup();
  const run = await request(harness);
  const [pending] = harness.store.all();
  if (pending?.id !== run) throw new Error('the run is not there');

  for (let round = 0; round < 6; round++) {
    const { now } = harness;
    const message = { ...pending, v: 1, run, input: undefined } as const;
    const result = await harness.store.claim(claimRequest(message, { now, isTracked: true }));
    if (result.kind !== 'claimed') throw new Error(result.kind);
    await harness.store.settle(result, { status: 'given-back', at: now, nextAttemptAt: plus(now, minutes(10)) });
    await harness.advanceBy(10);
  }

  const [first] = harness.waiting;
  // 32 minutes after it was first taken; from then on in each pass.
  expect(first?.at).toBe(Date.parse('2027-03-02T02:33:10Z'));
  expect(harness.waiting).toHaveLength(28);
  expect((await checkNow(harness))?.conditions[0]?.lines.join('\n')).toContain('given back before they begin');
});

describe('a run that does not wait', () => {
  test('is one between its attempts, however long the job wished to wait', async () => {
    const harness = await setup({ jobs: { report: { ...REPORT, retry: { maxAttempts: 2, backoff: '6 hours' } } } });
    await request(harness);
    harness.circumstances.losesSent = () => false;
    harness.circumstances.behaves = () => ({ does: 'fail', seconds: 1 });

    await harness.advanceBy(300);

    expect(harness.story()).toEqual([expect.stringContaining('retrying manual')]);
    expect(harness.waiting).toEqual([]);
  });

  test('is one that is at work', async () => {
    const harness = await setup({ jobs: { report: { ...REPORT, timeout: '14 minutes' } } });
    await request(harness);
    harness.circumstances.losesSent = () => false;
    harness.circumstances.behaves = () => ({ does: 'complete', seconds: 800 });

    await harness.advanceBy(15);

    expect(harness.waiting).toEqual([]);
  });

  test('is a due time without a record: that is missed', async () => {
    const harness = await setup({
      jobs: { report: REPORT },
      schedules: { hourly: { expressions: ['cron(0 * * * ? *)'] } },
    });
    harness.circumstances.fires = () => undefined;

    await harness.advanceBy(150);

    expect(harness.story().slice(1)).toEqual([
      'report/2027-03-02T03:00Z/hourly missed schedule missed',
      'report/2027-03-02T04:00Z/hourly missed schedule missed',
    ]);
    expect(harness.waiting).toEqual([]);
  });

  test('is a catch-up of a due time of hours ago that has just begun', async () => {
    const harness = await setup({
      jobs: { report: REPORT },
      schedules: { hourly: { expressions: ['cron(0 * * * ? *)'], catchUp: 1 } },
    });
    harness.circumstances.fires = () => undefined;
    await harness.advanceBy(170);
    harness.circumstances.fires = () => ({});

    await harness.advanceBy(60);

    expect(harness.story().some((line) => line.includes('completed catch-up'))).toBe(true);
    expect(harness.waiting).toEqual([]);
  });
});

test('an index that cannot be read is a problem of the pass, and nothing is known of any job', async () => {
  const harness = await setup();
  harness.circumstances.between = (ports) => ({
    ...ports,
    store: replaced(ports.store, {
      // biome-ignore lint/correctness/useYield: it fails before
      async *openRuns() {
        throw new Error('no index');
      },
    }),
  });

  expect(await checkNow(harness)).toEqual({
    kind: 'runs-waiting',
    conditions: [],
    unknown: ['waiting:report', 'waiting:billing'],
    problems: ['the open runs cannot be read: Error: no index'],
  });
});

test('more runs than a pass reads records of are judged by the index', async () => {
  const harness = await setup();
  harness.circumstances.losesSent = () => true;
  const now = harness.now;
  for (let index = 0; index < 300; index++) {
    const at = epochMs(now + index);
    const run = requestedRunId('report', at, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
    await harness.store.createPending(
      { v: 1, run, job: 'report', schedule: null, scheduledTime: at, trigger: 'manual', input: undefined },
      { now: at, requestedBy: 'ada' },
    );
  }

  await harness.advanceTo(new Date(plus(now, minutes(35))).toISOString());

  expect(harness.waiting.at(-1)?.count).toBe(300);
});
