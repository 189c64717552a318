import { describe, expect, test } from 'vitest';
import { parseRunId } from '../../lib/run/run-id.ts';
import { epochMs, plus } from '../../lib/units.ts';
import type { OpenRun, WatchdogPorts, WatchStore } from '../../lib/watchdog/ports.ts';
import { replaced } from '../support/replaced.ts';
import { minutes } from '../support/requests.ts';
import { createWatchdogHarness, type WatchdogHarness } from '../support/watchdog/harness.ts';
import { pendRun } from '../support/watchdog/pend.ts';

const NIGHTLY = 'report/2027-03-02T02:00Z/nightly';
const job = { timeout: '1 minute', overlap: 'allow' } as const;

async function setup(options: { readonly catchUp?: number } = {}) {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    jobs: { report: job, billing: job },
    schedules: { nightly: options, hourly: { job: 'billing', expressions: ['cron(0 * * * ? *)'] } },
  });
  await harness.advanceTo('2027-03-02T01:55:00Z');
  return harness;
}

/** Adds rows before all others, at every reading. */
const withRows =
  (rows: readonly OpenRun[]) =>
  (ports: WatchdogPorts): WatchdogPorts => ({
    ...ports,
    store: replaced(ports.store, {
      async *openRuns(until, after) {
        yield* rows;
        yield* ports.store.openRuns(until, after);
      },
    }),
  });

const isIn = (runs: readonly string[], id: string) => runs.includes(id) || runs.includes(parseRunId(id)?.job ?? '');

/** Has no reader read these records, or all of these jobs. */
const withDamage =
  (...runs: readonly string[]) =>
  (ports: WatchdogPorts): WatchdogPorts => {
    const { store } = ports;
    const damaged = <Record extends { readonly id: string }>(record: Record) =>
      isIn(runs, record.id) ? ({ id: record.id, status: 'unreadable' } as const) : record;
    const calls: Partial<WatchStore> = {
      async get(run) {
        const found = await store.get(run);
        return found && damaged(found);
      },
      recentRecords: async (name, which) => (await store.recentRecords(name, which)).map(damaged),
      async *newestRuns(name) {
        for await (const run of store.newestRuns(name)) yield damaged(run);
      },
    };
    return { ...ports, store: replaced(store, calls) };
  };

const reasons = (harness: WatchdogHarness) =>
  harness.logged.filter(({ event }) => event === 'not-read').map(({ fields }) => String(fields['reason']));
const areDone = ({ passes }: WatchdogHarness) => passes.every(({ error }) => error === undefined);

describe('rows of another kind in the index of open runs', () => {
  const rowOf = (id: string, checkAt = epochMs(0)): OpenRun => ({ id, checkAt, position: `0 ${id}` });
  const rows = [rowOf('GROUP#report|parent'), rowOf('', epochMs(Number.NaN)), rowOf(NIGHTLY, epochMs(Number.NaN))];

  test('are passed over, and runs are rescued as ever', async () => {
    const harness = await setup();
    const run = await pendRun(harness, 'report');
    harness.circumstances.between = withRows(rows);

    await harness.advanceTo('2027-03-02T01:57:30Z');

    expect(areDone(harness)).toBe(true);
    expect(harness.sent.map((each) => each.run)).toEqual([run]);
  });

  test('are logged once a pass, with their number and one of them', async () => {
    const harness = await setup();
    harness.circumstances.between = withRows(rows);

    await harness.advanceTo('2027-03-02T01:57:30Z');

    expect(new Set(reasons(harness))).toEqual(
      new Set([
        '3 rows or records of the table cannot be read by this version and are passed over: "0 GROUP#report|parent"',
      ]),
    );
    expect(reasons(harness)).toHaveLength(
      harness.passes.filter(({ at }) => at > Date.parse('2027-03-02T01:55Z')).length,
    );
  });

  test('are passed over where a job has more rows than a pass sends', async () => {
    const harness = await setup();
    harness.circumstances.losesSent = () => true;
    for (let index = 0; index < 120; index++) await pendRun(harness, 'report', index);
    harness.circumstances.between = withRows(rows);

    await harness.advanceTo('2027-03-02T01:59:30Z');

    expect(areDone(harness)).toBe(true);
    expect(new Set(harness.sent.map(({ run }) => run)).size).toBe(120);
  });
});

describe('a record that cannot be read', () => {
  test('of an open run is passed over and logged, and the others are rescued', async () => {
    const harness = await setup();
    const damaged = await pendRun(harness, 'report');
    const run = await pendRun(harness, 'billing');
    harness.circumstances.between = withDamage(damaged);

    await harness.advanceTo('2027-03-02T01:57:30Z');

    expect(areDone(harness)).toBe(true);
    expect(harness.sent.map((each) => each.run)).toEqual([run]);
    expect([...new Set(reasons(harness))]).toEqual([
      `a row or record of the table cannot be read by this version and is passed over: ${JSON.stringify(damaged)}`,
    ]);
  });

  test('of an open run is reported as waiting, by the index', async () => {
    const harness = await setup();
    harness.circumstances.losesSent = () => true;
    const damaged = await pendRun(harness, 'report');
    harness.circumstances.between = withDamage(damaged);

    await harness.advanceBy(40);

    expect(harness.waiting.at(-1)?.count).toBe(1);
    const alert = harness.alerts.find(({ facts }) => facts.kind === 'runs-waiting');
    expect(alert?.body).toContain(damaged);
    expect(alert?.body).toContain('Why        not read');
  });

  test('of a due time is neither missed nor run again', async () => {
    const harness = await setup({ catchUp: 1 });
    harness.circumstances.between = withDamage(NIGHTLY);

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(areDone(harness)).toBe(true);
    expect(harness.alerts).toEqual([]);
    expect(harness.story()).toContain(`${NIGHTLY} completed schedule`);
    expect(harness.functions.executions.filter(({ run }) => run === NIGHTLY)).toHaveLength(1);
  });

  test('of a due time that is to be caught up is caught up once it can be read', async () => {
    const harness = await setup({ catchUp: 1 });
    harness.circumstances.fires = () => undefined;
    await harness.advanceTo('2027-03-02T02:03:05Z');
    harness.circumstances.fires = () => ({});
    let isDamaged = false;
    harness.circumstances.between = (ports) => ({
      ...(isDamaged ? withDamage(NIGHTLY)(ports) : ports),
      // The catch-up is planned by a pass that cannot send it.
      send: () => Promise.reject(new Error('no queue')),
    });
    await harness.advanceTo('2027-03-02T02:03:30Z');
    isDamaged = true;
    await harness.advanceTo('2027-03-02T02:20:30Z');
    harness.circumstances.between = (ports) => ports;

    await harness.advanceTo('2027-03-02T02:25:00Z');

    expect(harness.story()).toContain(`${NIGHTLY} completed catch-up missed`);
  });

  test('of any run does not end the checks of failures, of outages and of how long runs take', async () => {
    const harness = await setup({ catchUp: 1 });
    harness.circumstances.behaves = () => ({ does: 'fail', seconds: 5 });
    await harness.advanceTo('2027-03-02T02:00:40Z');
    harness.circumstances.fires = () => undefined;
    await harness.advanceTo('2027-03-02T03:10:00Z');
    harness.circumstances.between = withDamage('report', 'billing');

    await harness.advanceTo('2027-03-02T04:10:00Z');

    expect(harness.alerts.map(({ facts }) => facts.kind)).toContain('runs-missed');
    expect(harness.passes.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(reasons(harness).length).toBeGreaterThan(0);
  });
});

test('a row of a run whose record is gone is passed over in silence: the index is behind the table', async () => {
  const harness = await setup();
  const checkAt = plus(harness.now, minutes(-1));
  const run = 'report/2027-03-02T01:00:00.000Z/~01ARZ3NDEKTSV4RRFFQ69G5FAV';
  harness.circumstances.between = withRows([{ id: run, checkAt, position: `0 ${run}` }]);

  await harness.advanceTo('2027-03-02T02:00:00Z');

  expect(areDone(harness)).toBe(true);
  expect(reasons(harness)).toEqual([]);
});
