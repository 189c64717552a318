import { describe, expect, test } from 'vitest';
import { requestedRunId } from '../../lib/run/run-id.ts';
import { epochMs, plus } from '../../lib/units.ts';
import type { WatchState } from '../../lib/watchdog/state.ts';
import { replaced } from '../support/replaced.ts';
import { minutes } from '../support/requests.ts';
import { createWatchdogHarness, type WatchdogHarness } from '../support/watchdog/harness.ts';

const JOBS = ['a', 'b', 'c', 'd', 'e'] as const;

/** Jobs that allow overlap, and a schedule of one of them. */
async function setup() {
  const job = { timeout: '1 minute', overlap: 'allow' } as const;
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    jobs: Object.fromEntries(JOBS.map((name) => [name, job])),
    schedules: { nightly: { job: 'a' } },
  });
  await harness.advanceTo('2027-03-02T01:55:00Z');
  return harness;
}

/** What requests leave whose messages are lost. */
async function pend(harness: WatchdogHarness, job: string, count: number): Promise<readonly string[]> {
  const now = harness.now;
  const runs: string[] = [];
  for (let index = 0; index < count; index++) {
    const scheduledTime = epochMs(plus(now, minutes(-60)) + index);
    const run = requestedRunId(job, scheduledTime, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
    const request = { v: 1, run, job, schedule: null, scheduledTime, trigger: 'manual', input: undefined } as const;
    await harness.store.createPending(request, { now, requestedBy: 'ada' });
    runs.push(run);
  }
  return runs;
}

describe('more open runs than one pass sends', () => {
  test.each([
    ['whose messages are lost again', true],
    ['which run and are gone from the index', false],
  ])('are sent once each, over as many passes as it takes: runs %s', async (_what, isLost) => {
    const harness = await setup();
    harness.circumstances.losesSent = () => isLost;
    const runs = await pend(harness, 'a', 3000);

    await harness.advanceTo('2027-03-02T02:02:30Z');

    expect(harness.passes.map(({ result }) => result?.resent).filter(Boolean)).toEqual(Array(6).fill(500));
    expect(harness.sent.map(({ run }) => run).sort()).toEqual([...runs].sort());
    await harness.advanceTo('2027-03-02T02:04:30Z');
    expect(harness.sent.length > 3000).toBe(isLost);
  });

  test('are continued after the last row read, though the rows before are gone', async () => {
    const harness = await setup();
    const runs = await pend(harness, 'a', 1200);
    await harness.advanceTo('2027-03-02T01:57:30Z');
    for (const { run } of harness.sent) harness.store.forget(run);
    const { after } = (await harness.store.loadState())?.sweep ?? {};
    expect(after).toBeDefined();

    await harness.advanceTo('2027-03-02T01:59:30Z');

    expect(new Set(harness.sent.map(({ run }) => run))).toEqual(new Set(runs));
    expect((await harness.store.loadState())?.sweep).not.toHaveProperty('after');
  });
});

describe('queues that refuse', () => {
  /** Makes queues refuse. Returns the jobs of all messages that are tried. */
  function refuse(harness: WatchdogHarness, refused: readonly string[]) {
    const tried: string[] = [];
    harness.circumstances.between = (ports) => ({
      ...ports,
      async send(run, options) {
        const { job } = run;
        tried.push(job);
        if (refused.includes(job)) throw new Error('no such queue');
        await ports.send(run, options);
      },
    });
    return tried;
  }

  test('once are not tried again in that pass, and the others are sent', async () => {
    const harness = await setup();
    for (const job of ['a', 'b']) await pend(harness, job, 30);
    const tried = refuse(harness, ['a']);

    await harness.advanceTo('2027-03-02T01:57:30Z');

    expect(tried.filter((job) => job === 'a')).toHaveLength(1);
    expect(tried.filter((job) => job === 'b')).toHaveLength(30);
    expect(String(harness.passes.at(-1)?.error)).toContain('cannot be sent again: Error: no such queue');
  });

  test('are no more than three in a pass: nothing more is sent after them', async () => {
    const harness = await setup();
    for (const job of JOBS) await pend(harness, job, 5);
    const tried = refuse(harness, JOBS);

    await harness.advanceTo('2027-03-02T01:57:30Z');

    expect(tried).toHaveLength(3);
  });
});

test('a run of a job that has left the app is not sent, though every object has a member of its name', async () => {
  const harness = await setup();
  await pend(harness, 'constructor', 1);

  await harness.advanceTo('2027-03-02T01:57:30Z');

  expect(harness.sent).toEqual([]);
  expect(harness.passes.every(({ error }) => error === undefined)).toBe(true);
});

test('a rescue that does not end delays no alert', async () => {
  const harness = await setup();
  harness.circumstances.fires = () => undefined;
  harness.circumstances.between = (ports) => ({
    ...ports,
    store: replaced(ports.store, {
      openRuns: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
    }),
  });

  await harness.advanceTo('2027-03-02T02:03:30Z');

  expect(harness.alerts.map(({ subject }) => subject)).toContain('[dev] a due time missed: nightly');
});

test('a state of an earlier version, without the progress of the rescue, is continued', async () => {
  const harness = await setup();
  harness.circumstances.fires = () => undefined;
  const [run] = await pend(harness, 'b', 1);
  const { sweep, ...earlier } = (await harness.store.loadState()) as WatchState;
  expect(sweep).toEqual(expect.anything());
  await harness.store.saveState({ ...earlier, version: earlier.version + 1 } as WatchState);

  await harness.advanceTo('2027-03-02T02:04:00Z');

  expect(harness.passes.every(({ error }) => error === undefined)).toBe(true);
  expect(harness.sent.map((each) => each.run)).toEqual([run]);
  expect(harness.alerts).toHaveLength(1);
});
