import { describe, expect, test } from 'vitest';
import type { Behaviour } from '../support/watchdog/functions.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

const EVERY_TEN = ['cron(0/10 * * * ? *)'];

interface Setup {
  /** @default every ten minutes */
  readonly expressions?: readonly string[];
  readonly catchUp: number;
  readonly overlap?: 'skip' | 'allow';
  /** The due times whose messages are dropped: `02:00`. */
  readonly dropped: readonly string[];
  readonly behaves?: (run: { id: string; trigger: string }) => Behaviour | undefined;
}

/** A schedule that is due every ten minutes by default. */
function setup({ expressions = EVERY_TEN, catchUp, overlap = 'skip', dropped, behaves }: Setup) {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    jobs: { report: { overlap, timeout: '14 minutes', retry: { maxAttempts: 1 } } },
    schedules: { ten: { expressions, catchUp } },
  });
  harness.circumstances.fires = (_name, at) => (dropped.includes(timeOf(at)) ? undefined : {});
  harness.circumstances.behaves = (run) => behaves?.(run) ?? { does: 'complete', seconds: 5 };
  return {
    harness,
    /** `02:00 completed` of each run that is a catch-up. */
    caughtUp: () =>
      harness
        .story()
        .filter((line) => line.includes('catch-up'))
        .map((line) => line.replace(/^report\/2027-03-02T(..:..)Z\/ten (\w+) catch-up missed$/, '$1 $2')),
    /** The due times of executions in the order they began, those of catch-ups only. */
    order: () =>
      harness.functions.executions.filter(({ trigger }) => trigger === 'catch-up').map(({ run }) => run.slice(18, 23)),
  };
}

const timeOf = (at: number) => new Date(at).toISOString().slice(11, 16);
const isoOf = (at: number | undefined) => new Date(at ?? 0).toISOString().slice(11, 19);

describe('a schedule that catches up with the latest', () => {
  test('runs a missed due time once it is found, and its record keeps that it was missed', async () => {
    const { harness, caughtUp } = setup({ catchUp: 1, dropped: ['02:00'] });

    await harness.advanceTo('2027-03-02T02:09:00Z');

    expect(caughtUp()).toEqual(['02:00 completed']);
    expect(harness.sent.map(({ run, trigger, queue }) => [run, trigger, queue])).toEqual([
      ['report/2027-03-02T02:00Z/ten', 'catch-up', 'app-dev-report'],
    ]);
    expect(await harness.store.get('report/2027-03-02T02:00Z/ten')).toMatchObject({
      trigger: 'catch-up',
      status: 'completed',
      missedAt: Date.parse('2027-03-02T02:03:10Z'),
    });
    expect(harness.alerts[0]?.body).toContain('the newest missed one is run, as soon as it is known which that is');
  });

  test('runs the newest of those that successive passes find, once the next due time is known to have run', async () => {
    const dropped = ['02:00', '02:01'];
    const { harness, caughtUp } = setup({ expressions: ['cron(* * * * ? *)'], catchUp: 1, dropped });

    await harness.advanceTo('2027-03-02T02:04:50Z');
    const atFirst = harness.sent.length;
    await harness.advanceTo('2027-03-02T02:09:00Z');

    expect(harness.alerts.map(({ subject }) => subject)).toEqual([
      '[dev] a due time missed: ten',
      '[dev] over: ten: 2 due times missed, 1 caught up',
    ]);
    expect(atFirst).toBe(0);
    expect(caughtUp()).toEqual(['02:01 completed']);
  });

  test('runs the newest of those that one pass finds, and no other', async () => {
    const { harness, caughtUp, order } = setup({ catchUp: 1, dropped: [] });
    harness.circumstances.fires = (_name, at) => (timeOf(at) < '03:00' ? undefined : {});
    await harness.advanceTo('2027-03-02T01:55:00Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T02:55:00Z');
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-02T03:09:00Z');

    expect(order()).toEqual(['02:50']);
    expect(caughtUp()).toEqual(['02:50 completed']);
    expect(harness.alerts.map(({ subject }) => subject)).toEqual([
      '[dev] 6 due times missed: ten',
      '[dev] over: ten: 6 due times missed, 1 caught up',
    ]);
    expect(harness.story().filter((line) => line.includes(' missed schedule'))).toHaveLength(5);
  });

  test('leaves a run to its late original, should that be faster', async () => {
    const { harness } = setup({ catchUp: 1, dropped: [] });
    harness.circumstances.losesSent = () => true;
    harness.circumstances.fires = (_name, at) => (timeOf(at) === '02:00' ? { seconds: 260 } : {});

    await harness.advanceTo('2027-03-02T02:40:00Z');

    expect(harness.story()[0]).toBe('report/2027-03-02T02:00Z/ten completed schedule missed');
    expect(harness.sent).toHaveLength(1);
  });
});

describe('a schedule that catches up with three', () => {
  /** Six due times of an hour without schedules firing and without a pass. */
  async function afterAnHourOff(options: Omit<Setup, 'dropped'>) {
    const world = setup({ ...options, dropped: [] });
    const { harness } = world;
    harness.circumstances.fires = (_name, at) => (timeOf(at) < '03:00' ? undefined : {});
    await harness.advanceTo('2027-03-02T01:55:00Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T02:55:00Z');
    harness.circumstances.isWatching = true;
    return world;
  }

  test('runs the newest three, the oldest of them first', async () => {
    const { harness, order, caughtUp } = await afterAnHourOff({ catchUp: 3 });

    await harness.advanceTo('2027-03-02T03:30:00Z');

    expect(order()).toEqual(['02:30', '02:40', '02:50']);
    expect(caughtUp()).toEqual(['02:30 completed', '02:40 completed', '02:50 completed']);
    expect(harness.sent).toHaveLength(3);
    expect(harness.alerts[0]?.body).toContain('up to 3 of the newest are run, one after the other');
  });

  test.each(['skip', 'allow'] as const)(
    'runs them one at a time, the next only when the last has ended: overlap %s',
    async (overlap) => {
      const { harness, caughtUp } = await afterAnHourOff({
        catchUp: 3,
        overlap,
        behaves: ({ trigger }) => (trigger === 'catch-up' ? { does: 'complete', seconds: 150 } : undefined),
      });

      await harness.advanceTo('2027-03-02T03:59:00Z');

      const runs = harness.functions.executions.filter(({ trigger }) => trigger === 'catch-up');
      expect(caughtUp()).toEqual(['02:30 completed', '02:40 completed', '02:50 completed']);
      for (const [index, { startedAt }] of runs.entries()) {
        if (index > 0) expect(startedAt).toBeGreaterThan(runs[index - 1]?.endedAt ?? Number.POSITIVE_INFINITY);
      }
    },
  );

  test('waits for a run in progress and is not skipped for it, though the job does not allow overlap', async () => {
    const { harness } = setup({
      catchUp: 1,
      dropped: ['02:10'],
      behaves: ({ trigger }) => (trigger === 'schedule' ? { does: 'complete', seconds: 800 } : undefined),
    });

    await harness.advanceTo('2027-03-02T02:13:30Z');
    expect(await harness.store.get('report/2027-03-02T02:10Z/ten')).toMatchObject({ status: 'retrying', attempt: 0 });
    await harness.advanceTo('2027-03-02T02:19:00Z');

    expect(harness.story().slice(0, 2)).toEqual([
      'report/2027-03-02T02:00Z/ten completed schedule',
      'report/2027-03-02T02:10Z/ten completed catch-up missed',
    ]);
    const [regular, caughtUp] = harness.functions.executions;
    expect(caughtUp?.startedAt).toBeGreaterThan(regular?.endedAt ?? Number.POSITIVE_INFINITY);
  });

  test('goes on with the next when one fails for good', async () => {
    const { harness, caughtUp } = await afterAnHourOff({
      catchUp: 3,
      behaves: ({ id }) => (id.includes('02:30') ? { does: 'fail', seconds: 5 } : undefined),
    });

    await harness.advanceTo('2027-03-02T03:30:00Z');

    expect(caughtUp()).toEqual(['02:30 failed', '02:40 completed', '02:50 completed']);
    expect(harness.functions.deadLetters.map(({ run }) => run)).toEqual(['report/2027-03-02T02:30Z/ten']);
  });

  test('sends one again whose message is lost, a quarter of an hour later, and the next only after it', async () => {
    const { harness, caughtUp } = await afterAnHourOff({ catchUp: 3 });
    let losses = 1;
    harness.circumstances.losesSent = () => losses-- > 0;

    await harness.advanceTo('2027-03-02T03:59:00Z');

    expect(caughtUp()).toEqual(['02:30 completed', '02:40 completed', '02:50 completed']);
    const sends = harness.sent.map(({ run, at }) => [run.slice(18, 23), isoOf(at)]);
    expect(sends.slice(0, 2)).toEqual([
      ['02:30', '02:55:10'],
      ['02:30', '03:10:10'],
    ]);
    expect(sends).toHaveLength(4);
  });

  test('sends at the next pass what could not be sent', async () => {
    const { harness, caughtUp } = await afterAnHourOff({ catchUp: 3 });
    let failures = 1;
    harness.circumstances.between = (ports) => ({
      ...ports,
      async send(run, options) {
        if (failures-- > 0) throw new Error('no queue');
        await ports.send(run, options);
      },
    });

    await harness.advanceTo('2027-03-02T03:30:00Z');

    expect(harness.passes.filter(({ error }) => error !== undefined).map(({ error }) => String(error))).toEqual([
      expect.stringContaining('run report/2027-03-02T02:30Z/ten cannot be caught up: Error: no queue'),
    ]);
    expect(caughtUp()).toEqual(['02:30 completed', '02:40 completed', '02:50 completed']);
    expect(harness.alerts.map(({ subject }) => subject)).toEqual([
      '[dev] 6 due times missed: ten',
      '[dev] over: ten: 6 due times missed, 3 caught up',
    ]);
  });

  test('gives up what is not in the app any more', async () => {
    const { harness, caughtUp } = await afterAnHourOff({ catchUp: 3 });
    await harness.advanceTo('2027-03-02T02:55:30Z');

    harness.deploy({ schedules: {} });
    await harness.advanceTo('2027-03-02T03:59:00Z');

    expect(caughtUp()).toEqual(['02:30 completed']);
    expect((await harness.store.loadState())?.catchUps).toEqual([]);
  });

  test('keeps the newest three when more are missed before the first has begun', async () => {
    const { harness, order } = await afterAnHourOff({ catchUp: 3 });
    harness.circumstances.losesSent = () => harness.now < Date.parse('2027-03-02T03:15:00Z');
    harness.circumstances.fires = (_name, at) => (timeOf(at) < '03:20' ? undefined : {});

    await harness.advanceTo('2027-03-02T04:30:00Z');

    // The first had been sent, and was lost; of those that waited the newest are kept.
    expect(order()).toEqual(['02:30', '02:50', '03:00', '03:10']);
  });
});

describe('a schedule that does not catch up', () => {
  test('sends nothing', async () => {
    const { harness } = setup({ catchUp: 0, dropped: ['02:00', '02:10'] });

    await harness.advanceTo('2027-03-02T03:00:00Z');

    expect(harness.sent).toEqual([]);
    expect(harness.story().slice(0, 2)).toEqual([
      'report/2027-03-02T02:00Z/ten missed schedule missed',
      'report/2027-03-02T02:10Z/ten missed schedule missed',
    ]);
  });
});
