import { describe, expect, test } from 'vitest';
import type { RunRequest } from '../../lib/run/ports.ts';
import type { WatchState } from '../../lib/watchdog/state.ts';
import { replaced } from '../support/replaced.ts';
import { createWatchdogHarness, type WatchdogHarness } from '../support/watchdog/harness.ts';
import { pendRun } from '../support/watchdog/pend.ts';

const JOBS = ['a', 'b', 'c', 'd', 'e'] as const;

/** Jobs that allow overlap, and a schedule of one of them. */
async function setup(names: readonly string[] = JOBS) {
  const job = { timeout: '1 minute', overlap: 'allow' } as const;
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    jobs: Object.fromEntries(names.map((name) => [name, job])),
    schedules: { nightly: { job: names[0] ?? '' } },
  });
  await harness.advanceTo('2027-03-02T01:55:00Z');
  return harness;
}

/** What requests leave whose messages are lost. */
async function pend(harness: WatchdogHarness, job: string, count: number): Promise<readonly string[]> {
  const runs: string[] = [];
  for (let index = 0; index < count; index++) runs.push(await pendRun(harness, job, index));
  return runs;
}

const resentBy = ({ passes }: WatchdogHarness) => passes.map(({ result }) => result?.resent).filter(Boolean);
const progressOf = async ({ store }: WatchdogHarness) => (await store.loadState())?.sweep;

describe('more open runs of a job than one pass sends', () => {
  test.each([
    ['whose messages are lost again', true],
    ['which run and are gone from the index', false],
  ])('are sent once each, fifty a pass: runs %s', async (_what, isLost) => {
    const harness = await setup();
    harness.circumstances.losesSent = () => isLost;
    const runs = await pend(harness, 'a', 300);

    await harness.advanceTo('2027-03-02T02:02:30Z');

    expect(resentBy(harness)).toEqual(Array(6).fill(50));
    expect(harness.sent.map(({ run }) => run).sort()).toEqual([...runs].sort());
    await harness.advanceTo('2027-03-02T02:04:30Z');
    expect(harness.sent.length > 300).toBe(isLost);
  });

  test('are continued after the last row sent, though the rows before are gone', async () => {
    const harness = await setup();
    const runs = await pend(harness, 'a', 120);
    await harness.advanceTo('2027-03-02T01:57:30Z');
    for (const { run } of harness.sent) harness.store.forget(run);
    expect((await progressOf(harness))?.behind).toMatchObject({ a: { after: expect.any(String) } });

    await harness.advanceTo('2027-03-02T02:00:30Z');

    expect(new Set(harness.sent.map(({ run }) => run))).toEqual(new Set(runs));
    expect(await progressOf(harness)).not.toHaveProperty('behind');
  });

  test('have no turn passed over that came while they were sent', async () => {
    const harness = await setup();
    harness.circumstances.losesSent = () => true;
    await pend(harness, 'a', 120);
    await harness.advanceTo('2027-03-02T01:56:30Z');
    const later = await pendRun(harness, 'a', 500);

    await harness.advanceTo('2027-03-02T02:03:30Z');

    expect(harness.sent.filter(({ run }) => run === later).length).toBeGreaterThan(0);
  });
});

describe('the runs of many jobs', () => {
  test('are sent five hundred a pass, each job the same, and the rest by the next', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `job-${index}`);
    const harness = await setup(names);
    for (const name of names) await pend(harness, name, 40);

    await harness.advanceTo('2027-03-02T01:57:30Z');

    const counts = names.map((name) => harness.sent.filter(({ queue }) => queue === `app-dev-${name}`).length);
    expect(new Set(counts)).toEqual(new Set([25]));
    await harness.advanceTo('2027-03-02T01:58:30Z');
    expect(resentBy(harness)).toEqual([500, 300]);
  });

  test('wait for no job whose queue is full, and are sent at their turn', async () => {
    const harness = await setup();
    harness.circumstances.losesSent = () => true;
    harness.untaken.set('app-dev-a', 7000);
    await pend(harness, 'a', 3000);
    const runs = await pend(harness, 'b', 3);

    await harness.advanceTo('2027-03-02T02:30:30Z');

    for (const run of runs) {
      const sends = harness.sent.filter((each) => each.run === run).map(({ at }) => new Date(at).toISOString());
      expect(sends.map((at) => at.slice(11, 16))).toEqual(['01:57', '01:59', '02:03', '02:11', '02:27']);
    }
  });
});

describe('a queue with messages that no function has taken', () => {
  /** Counts how often each queue is asked. */
  function counted(harness: WatchdogHarness) {
    const asked: string[] = [];
    harness.circumstances.between = (ports) => ({
      ...ports,
      async countUntaken(queue) {
        asked.push(queue);
        return ports.countUntaken(queue);
      },
    });
    return asked;
  }

  test('gets no message for the many runs behind it, until they are taken', async () => {
    const harness = await setup();
    harness.untaken.set('app-dev-a', 1);
    const runs = await pend(harness, 'a', 40);
    await harness.advanceTo('2027-03-02T02:20:30Z');
    expect(harness.sent).toEqual([]);

    harness.untaken.clear();
    await harness.advanceTo('2027-03-02T02:22:30Z');

    expect(harness.sent.map(({ run }) => run).sort()).toEqual([...runs].sort());
  });

  test('is asked once a pass, and not where fewer than twenty of its runs have a turn', async () => {
    const harness = await setup();
    const asked = counted(harness);
    await pend(harness, 'a', 20);
    await pend(harness, 'b', 19);
    harness.untaken.set('app-dev-b', 100);

    await harness.advanceTo('2027-03-02T01:57:30Z');

    expect(asked).toEqual(['app-dev-a']);
    expect(resentBy(harness)).toEqual([39]);
  });

  test('is asked for nothing in a pass without open runs', async () => {
    const harness = await setup();
    const asked = counted(harness);

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(asked).toEqual([]);
  });

  test('that does not answer is a problem of the pass, and its runs wait', async () => {
    const harness = await setup();
    await pend(harness, 'a', 20);
    const [run] = await pend(harness, 'b', 1);
    harness.circumstances.between = (ports) => ({ ...ports, countUntaken: () => Promise.reject(new Error('timeout')) });
    await harness.advanceTo('2027-03-02T01:57:30Z');
    expect(String(harness.passes.at(-1)?.error)).toContain(
      'queue app-dev-a cannot be asked for messages: Error: timeout',
    );
    expect(harness.sent.map((each) => each.run)).toEqual([run]);

    harness.circumstances.between = (ports) => ports;
    await harness.advanceTo('2027-03-02T01:58:30Z');

    expect(harness.sent).toHaveLength(21);
  });
});

describe('queues that refuse', () => {
  /** Makes messages be refused. Returns the jobs of all messages that are tried. */
  function refuse(harness: WatchdogHarness, isRefused: (run: RunRequest) => boolean, seconds = 0) {
    const tried: string[] = [];
    harness.circumstances.between = (ports) => ({
      ...ports,
      async send(run, options) {
        tried.push(run.job);
        if (!isRefused(run)) return await ports.send(run, options);
        if (seconds > 0) await harness.sleep(seconds * 1000);
        throw new Error('no such queue');
      },
    });
    return tried;
  }

  test('three times in a row are not tried again in that pass, and the others are sent', async () => {
    const harness = await setup();
    for (const job of ['a', 'b']) await pend(harness, job, 30);
    const tried = refuse(harness, ({ job }) => job === 'a');

    await harness.advanceTo('2027-03-02T01:57:30Z');

    expect(tried.filter((job) => job === 'a')).toHaveLength(3);
    expect(tried.filter((job) => job === 'b')).toHaveLength(30);
  });

  test('are reported once for each job, with one run and the number of the others', async () => {
    const harness = await setup();
    for (const job of ['a', 'b']) await pend(harness, job, 30);
    refuse(harness, ({ job }) => job === 'a');

    await harness.advanceTo('2027-03-02T01:57:30Z');

    expect(harness.passes.at(-1)?.error).toHaveProperty('problems', [
      expect.stringMatching(/^run a\/.* cannot be sent again: Error: no such queue, and 29 more of its job$/),
    ]);
  });

  test('one message do not hold up the others of their job', async () => {
    const harness = await setup();
    const runs = await pend(harness, 'a', 30);
    const tried = refuse(harness, ({ run }) => run === runs[4]);

    await harness.advanceTo('2027-03-02T01:57:30Z');

    expect(tried).toHaveLength(30);
    expect(harness.sent).toHaveLength(29);
  });

  test('after seconds are not tried twice in that pass: they hang', async () => {
    const harness = await setup();
    await pend(harness, 'a', 5);
    const tried = refuse(harness, () => true, 5);

    await harness.advanceTo('2027-03-02T01:57:50Z');

    expect(tried).toEqual(['a']);
  });

  test('of many jobs are no more than the first twenty: nothing is tried after them', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `job-${index}`);
    const harness = await setup(names);
    for (const name of names) await pend(harness, name, 5);
    const tried = refuse(harness, () => true);

    await harness.advanceTo('2027-03-02T01:57:30Z');

    expect(new Set(tried).size).toBe(20);
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
