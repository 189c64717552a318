import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { requestedRunId } from '../../lib/run/run-id.ts';
import { IncompleteLookError } from '../../lib/watchdog/errors.ts';
import type { Behaviour } from '../support/watchdog/functions.ts';
import { createWatchdogHarness, type WatchdogHarness } from '../support/watchdog/harness.ts';

const NIGHTLY = { nightly: { expressions: ['cron(0 2 * * ? *)'] } };
const INPUT = z.optional(z.object({ region: z.string() }));
const RUN = 'report/2027-03-02T02:00Z/nightly';

/** A schedule due at two, whose executions have these behaviours, one after the other; the rest complete. */
function setup(behaviours: readonly Behaviour['does'][] = [], maxAttempts = 3) {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    jobs: { report: { input: INPUT, timeout: '1 minute', retry: { maxAttempts, backoff: '1 minute' } } },
    schedules: NIGHTLY,
  });
  harness.circumstances.behaves = (_run, nth) => ({ does: behaviours[nth] ?? 'complete', seconds: 20 });
  return harness;
}

const sends = (harness: WatchdogHarness, run = RUN) =>
  harness.sent.filter((each) => each.run === run).map(({ at }) => new Date(at).toISOString().slice(11, 16));

/** What `requestRun` leaves when its message is lost. */
async function pend(harness: WatchdogHarness, job = 'report'): Promise<string> {
  const run = requestedRunId(job, harness.now, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
  const request = { v: 1, run, job, schedule: null, scheduledTime: harness.now, trigger: 'manual' } as const;
  await harness.store.createPending({ ...request, input: { region: 'eu' } }, { now: harness.now, requestedBy: 'ada' });
  return run;
}

describe('a record that a user has removed', () => {
  test('is missed at the next pass, when its run has ended', async () => {
    const harness = setup();
    await harness.advanceTo('2027-03-02T02:01:00Z');
    harness.store.forget(RUN);

    await harness.advanceTo('2027-03-02T02:10:00Z');

    expect(harness.story()).toEqual([`${RUN} missed schedule missed`]);
    expect(harness.alerts).toHaveLength(1);
  });

  test('while its run is in progress is re-created by that run’s own message', async () => {
    const harness = setup();
    await harness.advanceTo('2027-03-02T02:00:10Z');
    harness.store.forget(RUN);

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule`]);
    expect(harness.functions.executions).toHaveLength(2);
  });
});

describe('a run whose process was killed and whose message is gone', () => {
  test('in its first delivery is found when its due time is checked, and taken over after its lease', async () => {
    const harness = setup(['vanish']);

    await harness.advanceTo('2027-03-02T02:04:00Z');
    expect(harness.story()).toEqual([`${RUN} running schedule`]);
    await harness.advanceTo('2027-03-02T02:10:00Z');

    expect(await harness.store.get(RUN)).toMatchObject({
      status: 'completed',
      attempts: [{ outcome: 'lost' }, { cause: 'crash', outcome: 'completed' }],
    });
    expect(sends(harness)).toEqual(['02:05']);
    expect(harness.alerts).toEqual([]);
  });

  test('is found in the first passes after hours without one, not hours later', async () => {
    const harness = setup(['vanish']);
    await harness.advanceTo('2027-03-02T01:59:30Z');
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T08:00:30Z');
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-02T08:05:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule`]);
  });

  test('in its last attempt is closed as failed, with its dead letter and an alert', async () => {
    const harness = setup(['fail', 'vanish'], 2);

    await harness.advanceTo('2027-03-02T02:15:00Z');

    expect(await harness.store.get(RUN)).toMatchObject({ status: 'failed', error: { name: 'LostAttemptError' } });
    expect(harness.functions.deadLetters.map(({ run, attempts }) => [run, attempts])).toEqual([[RUN, 2]]);
    expect(harness.functions.alerts.map(({ subject }) => subject)).toEqual([`${RUN} failed`]);
  });

  test('in a later attempt is taken over as well', async () => {
    const harness = setup(['fail', 'vanish']);

    await harness.advanceTo('2027-03-02T02:15:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule`]);
  });

  test('is not sent while it has its lease', async () => {
    const harness = createWatchdogHarness({
      start: '2027-03-02T01:50:30Z',
      jobs: { report: { timeout: '14 minutes' } },
      schedules: NIGHTLY,
    });
    harness.circumstances.behaves = () => ({ does: 'complete', seconds: 13 * 60 });

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule`]);
    expect(harness.sent).toEqual([]);
  });
});

describe('a run that waits for its next attempt and whose message is gone', () => {
  test('is sent again two minutes after that attempt was due', async () => {
    const harness = setup(['fail']);
    await harness.advanceTo('2027-03-02T02:00:40Z');
    harness.functions.lose(RUN);

    await harness.advanceTo('2027-03-02T02:10:00Z');

    expect(sends(harness)).toEqual(['02:04']);
    expect(harness.story()).toEqual([`${RUN} completed schedule`]);
  });
});

describe('a run that a user requested and whose message was lost', () => {
  test('is sent two minutes later, with its input, and runs', async () => {
    const harness = setup();
    await harness.advanceTo('2027-03-02T01:55:00Z');
    const run = await pend(harness);

    await harness.advanceTo('2027-03-02T01:59:00Z');

    expect(sends(harness, run)).toEqual(['01:57']);
    expect(harness.functions.executions).toMatchObject([{ run, input: { region: 'eu' } }]);
    expect(await harness.store.get(run)).toMatchObject({ status: 'completed', trigger: 'manual', requestedBy: 'ada' });
  });

  test('is sent after 2, 4, 8, 16 and 32 minutes and then hourly as long as it does not run, not at each pass', async () => {
    const harness = setup();
    await harness.advanceTo('2027-03-02T01:55:00Z');
    const run = await pend(harness);
    harness.circumstances.losesSent = () => true;

    await harness.advanceTo('2027-03-02T04:10:00Z');

    expect(sends(harness, run)).toEqual(['01:57', '01:59', '02:03', '02:11', '02:27', '03:27']);
  });

  test('is sent at the first pass after hours without one, once', async () => {
    const harness = setup();
    await harness.advanceTo('2027-03-02T01:55:00Z');
    harness.circumstances.isWatching = false;
    const run = await pend(harness);
    harness.circumstances.losesSent = () => true;
    await harness.advanceTo('2027-03-02T08:00:30Z');
    harness.circumstances.isWatching = true;

    await harness.advanceTo('2027-03-02T08:26:00Z');

    expect(sends(harness, run)).toEqual(['08:01']);
  });

  test('is logged and not sent when its job has left the app', async () => {
    const harness = setup();
    await harness.advanceTo('2027-03-02T01:55:00Z');
    const run = await pend(harness);

    harness.deploy({ schedules: {}, jobs: {} });
    await harness.advanceTo('2027-03-02T02:00:00Z');

    expect(harness.sent).toEqual([]);
    expect(harness.loggedRuns('not-sent')).toEqual([run, run]);
    expect(harness.passes.every(({ error }) => error === undefined)).toBe(true);
  });

  test('that cannot be sent is a problem of the pass, which does and saves everything else', async () => {
    const harness = setup();
    harness.circumstances.fires = () => undefined;
    await harness.advanceTo('2027-03-02T02:01:05Z');
    const run = await pend(harness);
    harness.circumstances.between = (ports) => ({ ...ports, send: () => Promise.reject(new Error('no queue')) });

    await harness.advanceTo('2027-03-02T02:03:30Z');

    const [last, ...before] = [...harness.passes].reverse();
    expect(last?.error).toBeInstanceOf(IncompleteLookError);
    expect(String(last?.error)).toContain(`run ${run} cannot be sent again: Error: no queue`);
    expect(before.every(({ error }) => error === undefined)).toBe(true);
    expect(harness.story()).toContain(`${RUN} missed schedule missed`);
    expect(harness.alerts).toHaveLength(1);
    expect((await harness.store.loadState())?.lookedAt).toBe(last?.at);
  });
});

describe('a run whose schedule is not in the app any more', () => {
  test('is logged and not sent: only its own message had its input', async () => {
    const harness = setup(['fail']);
    await harness.advanceTo('2027-03-02T02:00:40Z');
    harness.functions.lose(RUN);

    harness.deploy({ schedules: {} });
    await harness.advanceTo('2027-03-02T02:05:00Z');

    expect(harness.sent).toEqual([]);
    expect(harness.loggedRuns('not-sent')).toEqual([RUN]);
  });
});

test('a run of a schedule that was given to another job goes on with the input that it began with', async () => {
  const input = z.object({ id: z.string() });
  const jobs = { report: { input, retry: { maxAttempts: 3, backoff: '10 minutes' } }, billing: { input } } as const;
  const nightly = { input: { id: 'eu' } };
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', jobs, schedules: { nightly } });
  harness.circumstances.behaves = () => ({ does: 'fail', seconds: 5 });
  await harness.advanceTo('2027-03-02T02:01:30Z');
  harness.functions.lose('report/2027-03-02T02:00Z/nightly');

  harness.deploy({ jobs, schedules: { nightly: { job: 'billing', input: { id: 'customer-7' } } } });
  await harness.advanceTo('2027-03-02T03:00:00Z');

  const executions = harness.functions.executions.filter(({ run }) => run === 'report/2027-03-02T02:00Z/nightly');
  expect(executions.map((each) => [each.attempt, each.input])).toEqual([
    [1, { id: 'eu' }],
    [2, { id: 'eu' }],
    [3, { id: 'eu' }],
  ]);
});
