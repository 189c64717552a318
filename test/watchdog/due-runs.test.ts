import { describe, expect, test } from 'vitest';
import type { OpenRun } from '../../lib/watchdog/ports.ts';
import { replaced } from '../support/replaced.ts';
import { createWatchdogHarness, type WatchdogHarness } from '../support/watchdog/harness.ts';
import { delayRun, pendRun } from '../support/watchdog/pend.ts';

async function setup(names: readonly string[] = ['gone', 'billing']) {
  const job = { timeout: '1 minute', overlap: 'allow' } as const;
  const jobs = Object.fromEntries(names.map((name) => [name, job]));
  const harness = createWatchdogHarness({ start: '2027-03-02T08:50:30Z', jobs, schedules: {} });
  await harness.advanceTo('2027-03-02T08:55:00Z');
  return { harness, jobs };
}

async function delay(harness: WatchdogHarness, job: string, sendAt: string, count: number) {
  const runs: string[] = [];
  for (let index = 0; index < count; index++) runs.push(await delayRun(harness, job, sendAt, index));
  return runs;
}

const minuteOf = (at: number) => new Date(at).toISOString().slice(11, 16);
const sendsOf = (harness: WatchdogHarness, run: string) =>
  harness.sent.filter((each) => each.run === run).map(({ at }) => minuteOf(at));
const startsOf = (harness: WatchdogHarness, run: string) =>
  harness.functions.executions.filter((each) => each.run === run).map(({ startedAt }) => startedAt);
const errors = ({ passes }: WatchdogHarness) => passes.filter(({ error }) => error !== undefined);

/** Refuses the messages of a job. Returns the runs of all messages that are tried. */
function refuse(harness: WatchdogHarness, refused: string) {
  const tried: string[] = [];
  harness.circumstances.between = (ports) => ({
    ...ports,
    async send(run, options) {
      tried.push(run.run);
      if (run.job === refused) throw new Error('no such queue');
      await ports.send(run, options);
    },
  });
  return tried;
}

describe('a run that is to be sent at a time', () => {
  test.each(['09:30:00', '09:30:17', '09:30:59'])('starts in its second, once: at %s', async (time) => {
    const { harness } = await setup();
    const sendAt = `2027-03-02T${time}Z`;
    const run = await delayRun(harness, 'billing', sendAt);

    await harness.advanceTo('2027-03-02T10:30:00Z');

    const [startedAt = 0, ...others] = startsOf(harness, run);
    expect(startedAt - Date.parse(sendAt)).toBeGreaterThanOrEqual(0);
    expect(startedAt - Date.parse(sendAt)).toBeLessThan(1000);
    expect(others).toEqual([]);
    expect(sendsOf(harness, run)).toHaveLength(1);
    expect(harness.loggedRuns('due-run-sent')).toEqual([run]);
  });

  test('is sent by the next pass when its time is past: one whose sender has died', async () => {
    const { harness } = await setup();
    const run = await delayRun(harness, 'billing', '2027-03-02T08:55:00Z');

    await harness.advanceTo('2027-03-02T08:55:30Z');

    expect(sendsOf(harness, run)).toEqual(['08:55']);
    expect(harness.passes.at(-1)?.result).toMatchObject({ dueSent: 1, resent: 0 });
  });

  test('is rescued like any other once it is sent, two minutes after its time', async () => {
    const { harness } = await setup();
    const run = await delayRun(harness, 'billing', '2027-03-02T09:30:00Z');
    let lost = 0;
    harness.circumstances.losesSent = () => lost++ < 1;

    await harness.advanceTo('2027-03-02T10:00:00Z');

    expect(sendsOf(harness, run)).toEqual(['09:28', '09:32']);
    expect(harness.story()).toEqual([`${run} completed enqueue`]);
  });

  test('is not reported as waiting before its time, however long that is ahead', async () => {
    const { harness } = await setup();
    await delayRun(harness, 'billing', '2027-03-02T12:00:00Z');
    harness.circumstances.losesSent = () => true;

    await harness.advanceTo('2027-03-02T12:10:00Z');
    expect(harness.waiting).toEqual([]);
    await harness.advanceTo('2027-03-02T12:40:00Z');

    expect(harness.waiting.at(-1)?.count).toBe(1);
  });

  test('is not sent when it was cancelled before', async () => {
    const { harness } = await setup();
    const run = await delayRun(harness, 'billing', '2027-03-02T09:30:00Z');
    harness.store.forget(run);

    await harness.advanceTo('2027-03-02T10:00:00Z');

    expect(harness.sent).toEqual([]);
    expect(errors(harness)).toEqual([]);
  });

  test('is sent by the next pass where a pass dies between the message and the row', async () => {
    const { harness } = await setup();
    const run = await delayRun(harness, 'billing', '2027-03-02T09:30:00Z');
    let dies = true;
    harness.circumstances.between = (ports) => ({
      ...ports,
      async send(request, options) {
        await ports.send(request, options);
        if (dies) await new Promise(() => {});
      },
    });
    await harness.advanceTo('2027-03-02T09:28:30Z');
    dies = false;

    await harness.advanceTo('2027-03-02T10:00:00Z');

    expect(sendsOf(harness, run)).toEqual(['09:28', '09:29']);
    expect(startsOf(harness, run)).toHaveLength(1);
  });
});

describe('runs that cannot be sent', () => {
  const AT = '2027-03-02T09:00:00Z';

  test('of a queue that is gone hold up no run of another job, which starts in its second', async () => {
    const { harness } = await setup();
    await delay(harness, 'gone', AT, 2500);
    const run = await delayRun(harness, 'billing', '2027-03-02T09:30:00Z');
    const unsent = await delayRun(harness, 'billing', '2027-03-02T09:31:00Z', 1);
    refuse(harness, 'gone');

    await harness.advanceTo('2027-03-02T09:40:00Z');

    expect(startsOf(harness, run).map((at) => at - Date.parse('2027-03-02T09:30:00Z') < 1000)).toEqual([true]);
    expect(startsOf(harness, unsent).map((at) => at - Date.parse('2027-03-02T09:31:00Z') < 1000)).toEqual([true]);
  });

  test('are moved on, 2, 4, 8, 16 and 32 minutes after their time and then hourly', async () => {
    const { harness } = await setup();
    const run = await delayRun(harness, 'gone', AT);
    const tried = refuse(harness, 'gone');
    const minutes: string[] = [];
    for (let before = 0; harness.now < Date.parse('2027-03-02T12:00:00Z'); before = tried.length) {
      await harness.advanceBy(1);
      if (tried.length > before) minutes.push(minuteOf(harness.passes.at(-1)?.at ?? 0));
    }

    expect(new Set(tried)).toEqual(new Set([run]));
    const ahead = ['08:58', '08:59', '09:00'];
    expect(minutes).toEqual([...ahead, '09:02', '09:04', '09:08', '09:16', '09:32', '10:32', '11:32']);
  });

  test('are tried three times a pass and reported once, and are all sent when their queue is back', async () => {
    const { harness } = await setup();
    const runs = await delay(harness, 'gone', AT, 300);
    const tried = refuse(harness, 'gone');
    await harness.advanceTo('2027-03-02T08:58:30Z');

    expect(tried).toHaveLength(3);
    expect(harness.passes.at(-1)?.error).toHaveProperty('problems', [
      expect.stringMatching(/^run gone\/.* cannot be sent again: Error: no such queue, and 299 more of its job$/),
    ]);
    harness.circumstances.between = (ports) => ports;
    await harness.advanceTo('2027-03-02T09:10:00Z');

    expect(harness.sent.map(({ run }) => run).sort()).toEqual([...runs].sort());
  });

  test('since their job has left the app are logged once for each job, and sent when it is back', async () => {
    const { harness, jobs } = await setup();
    const runs = await delay(harness, 'gone', AT, 30);
    const { gone: _, ...others } = jobs;
    harness.deploy({ jobs: others, schedules: {} });
    await harness.advanceTo('2027-03-02T08:58:30Z');

    expect(harness.loggedRuns('not-sent')).toEqual([runs[0]]);
    expect(harness.logged.find(({ event }) => event === 'not-sent')?.fields).toMatchObject({
      reason: 'its job or its schedule is not in the app any more, and 29 more of its job',
    });
    expect(errors(harness)).toEqual([]);
    harness.deploy({ jobs, schedules: {} });
    await harness.advanceTo('2027-03-02T09:10:00Z');

    expect(harness.functions.executions.map(({ run }) => run).sort()).toEqual([...runs].sort());
  });

  test('for the one at fault do not keep the rest of its job', async () => {
    const { harness } = await setup();
    const runs = await delay(harness, 'billing', AT, 40);
    harness.circumstances.between = (ports) => ({
      ...ports,
      async send(run, options) {
        if (run.run === runs[0]) throw new Error('the body is refused');
        await ports.send(run, options);
      },
    });

    await harness.advanceTo('2027-03-02T08:58:30Z');

    expect(harness.sent).toHaveLength(39);
  });
});

describe('more runs than one pass sends', () => {
  test('are sent two thousand a pass, each job the same, and what one does not need goes to the others', async () => {
    const { harness } = await setup(['big', 'bigger', 'small']);
    await delay(harness, 'big', '2027-03-02T09:00:00Z', 1500);
    await delay(harness, 'bigger', '2027-03-02T09:00:00Z', 1500);
    await delay(harness, 'small', '2027-03-02T09:00:00Z', 10);

    await harness.advanceTo('2027-03-02T08:58:30Z');

    const counts = ['big', 'bigger', 'small'].map(
      (job) => harness.sent.filter(({ queue }) => queue === `app-dev-${job}`).length,
    );
    expect(counts).toEqual([995, 995, 10]);
    await harness.advanceTo('2027-03-02T08:59:30Z');
    expect(harness.sent).toHaveLength(3010);
  });

  test('have no more than eighty messages in flight, of however many jobs', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `job-${index}`);
    const { harness } = await setup(names);
    for (const name of names) await delay(harness, name, '2027-03-02T09:00:00Z', 30);
    let [inFlight, most] = [0, 0];
    harness.circumstances.between = (ports) => ({
      ...ports,
      async send(run, options) {
        most = Math.max(most, ++inFlight);
        await harness.sleep(100);
        inFlight -= 1;
        await ports.send(run, options);
      },
    });

    await harness.advanceTo('2027-03-02T08:58:30Z');

    expect(harness.sent).toHaveLength(900);
    expect(most).toBe(80);
  });

  test('are sent the oldest first, in whatever order the index has them', async () => {
    const { harness } = await setup();
    await delay(harness, 'billing', '2027-03-02T09:00:00Z', 2010);
    const oldest = await delayRun(harness, 'billing', '2027-03-02T08:58:30Z', 3000);
    harness.circumstances.between = (ports) => ({
      ...ports,
      store: replaced(ports.store, {
        async *dueRuns(until) {
          const rows: OpenRun[] = [];
          for await (const row of ports.store.dueRuns(until)) rows.unshift(row);
          yield* rows;
        },
      }),
    });
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T08:58:05Z');
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-02T08:58:20Z');

    expect(harness.sent).toHaveLength(2000);
    expect(harness.sent[0]?.run).toBe(oldest);
  });

  test('are left where they are when the pass has spent its time on them', async () => {
    const { harness } = await setup();
    await delay(harness, 'billing', '2027-03-02T09:00:00Z', 100);
    harness.circumstances.between = (ports) => ({
      ...ports,
      async send(run, options) {
        await harness.sleep(8_000);
        await ports.send(run, options);
      },
    });

    await harness.advanceTo('2027-03-02T08:58:59Z');

    // 1, 2, 4 and 8 at once, in eight seconds each.
    expect(harness.sent).toHaveLength(15);
    expect(errors(harness)).toEqual([]);
  });

  test('are sent before open runs are rescued', async () => {
    const { harness } = await setup();
    const open = await pendRun(harness, 'billing');
    harness.circumstances.losesSent = () => true;
    await harness.advanceTo('2027-03-02T08:56:30Z');
    const due = await delayRun(harness, 'billing', '2027-03-02T08:57:10Z');

    await harness.advanceTo('2027-03-02T08:57:30Z');

    expect(harness.sent.map(({ run }) => run)).toEqual([due, open]);
  });
});
