import { describe, expect, test } from 'vitest';
import { minutes } from '../support/requests.ts';
import type { TestSchedule } from '../support/watchdog/app.ts';
import type { Behaviour } from '../support/watchdog/functions.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

const RUN = 'report/2027-03-02T02:00Z/nightly';

/** A schedule that is due at two and may be ten minutes late; its message takes so many minutes. */
function setup(delay: number | undefined, { schedule = {}, behaviours = [] as readonly Behaviour['does'][] } = {}) {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    jobs: { report: { timeout: '1 minute', retry: { maxAttempts: 2, backoff: '20 minutes' } } },
    schedules: { nightly: { maxLateness: minutes(10), ...(schedule as TestSchedule) } },
  });
  harness.circumstances.fires = () => (delay === undefined ? undefined : { seconds: delay * 60 });
  harness.circumstances.behaves = (_run, nth) => ({ does: behaviours[nth] ?? 'complete', seconds: 20 });
  return harness;
}

const bodyOf = (trigger: string): string =>
  JSON.stringify({
    v: 1,
    run: RUN,
    job: 'report',
    schedule: 'nightly',
    scheduledTime: '2027-03-02T02:00:00Z',
    trigger,
  });

describe('an original that comes after its due time was recorded as missed', () => {
  test('runs if it is not too late, and its record keeps that it was missed', async () => {
    const harness = setup(9);

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule missed`]);
    expect(harness.alerts).toHaveLength(1);
  });

  test('is skipped if it is too late, and its record has both', async () => {
    const harness = setup(11);

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(harness.story()).toEqual([`${RUN} skipped too-late schedule missed`]);
    expect(harness.functions.executions).toEqual([]);
  });

  test('may come as much later as EventBridge may spread it', async () => {
    const harness = setup(19, { schedule: { spread: minutes(10) } });

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule missed`]);
  });

  test('is a duplicate once a catch-up has run', async () => {
    const harness = setup(8, { schedule: { catchUp: 1 } });

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(harness.story()).toEqual([`${RUN} completed catch-up missed`]);
    expect(harness.functions.executions).toHaveLength(1);
  });
});

describe('a message that comes late while the watchdog is out', () => {
  test('is skipped too: how late a run is does not depend on the watchdog', async () => {
    const harness = setup(11);
    harness.circumstances.isWatching = false;

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(harness.story()).toEqual([`${RUN} skipped too-late schedule`]);
  });
});

describe('lateness is measured once, at the first claim', () => {
  test('a run that began in time and was killed is taken over hours later', async () => {
    const harness = setup(0.1, { behaviours: ['vanish'] });
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-02T04:00:00Z');

    harness.functions.send('report', bodyOf('schedule'));
    await harness.advanceTo('2027-03-02T04:05:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule`]);
  });

  test('a retry is not skipped for it', async () => {
    const harness = setup(0.1, { behaviours: ['fail'] });

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule`]);
    expect(
      harness.functions.executions.map(({ startedAt }) => new Date(startedAt).toISOString().slice(11, 16)),
    ).toEqual(['02:00', '02:20']);
  });

  test('a retry is not skipped for a calendar that was deployed since its first attempt', async () => {
    const harness = setup(0.1, { behaviours: ['fail'] });
    await harness.advanceTo('2027-03-02T02:05:00Z');
    const except = [{ name: 'holidays', days: ['2027-03-02'] }];
    harness.deploy({ schedules: { nightly: { maxLateness: minutes(10), except } } });

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule`]);
    expect(harness.functions.executions).toHaveLength(2);
  });

  test.each([
    ['a calendar', 0.1, { except: [{ name: 'holidays', days: ['2027-03-02'] }] }],
    ['its lateness', 11, {}],
  ])('it is skipped also when the delivery dies that should have recorded it: for %s', async (_why, late, policy) => {
    const harness = setup(late, { schedule: policy });
    const settle = harness.store.settle.bind(harness.store);
    let refused = 0;
    harness.store.settle = async (claimed, settlement) => {
      if (settlement.status === 'skipped' && refused++ === 0) throw new Error('the table is throttled');
      await settle(claimed, settlement);
    };

    await harness.advanceTo('2027-03-02T04:00:00Z');

    expect(refused).toBe(2);
    expect(harness.functions.executions).toEqual([]);
    expect(harness.story()).toEqual([expect.stringContaining(`${RUN} skipped`)]);
  });

  test('a run that was too late stays skipped, also for another copy of its message', async () => {
    const harness = setup(11);
    await harness.advanceTo('2027-03-02T02:30:00Z');

    harness.functions.send('report', bodyOf('schedule'));
    await harness.advanceTo('2027-03-02T02:40:00Z');

    expect(harness.story()).toEqual([`${RUN} skipped too-late schedule missed`]);
  });
});

describe('what a user requests is never too late', () => {
  test.each(['backfill', 'catch-up'])('a %s', async (trigger) => {
    const harness = setup(undefined);
    await harness.advanceTo('2027-03-02T08:00:00Z');

    harness.functions.send('report', bodyOf(trigger));
    await harness.advanceTo('2027-03-02T08:05:00Z');

    expect(harness.story()).toEqual([`${RUN} completed ${trigger} missed`]);
  });

  test('a backfill of a run that was too late', async () => {
    const harness = setup(11);
    await harness.advanceTo('2027-03-02T08:00:00Z');

    harness.functions.send('report', bodyOf('backfill'));
    await harness.advanceTo('2027-03-02T08:05:00Z');

    expect(harness.story()).toEqual([`${RUN} completed backfill missed`]);
  });

  test('a dead letter that is redriven', async () => {
    const harness = setup(0.1, { behaviours: ['fail', 'fail'] });
    await harness.advanceTo('2027-03-02T08:00:00Z');
    expect(harness.story()).toEqual([`${RUN} failed schedule`]);

    for (const deadLetter of harness.functions.deadLetters) harness.functions.redrive('report', deadLetter);
    await harness.advanceTo('2027-03-02T08:05:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule`]);
  });

  test('a dead letter of a due time that was missed: its function had refused the message', async () => {
    const harness = setup(undefined);
    await harness.advanceTo('2027-03-02T08:00:00Z');

    harness.functions.redrive('report', { body: bodyOf('schedule'), attempts: 0 });
    await harness.advanceTo('2027-03-02T08:05:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule missed`]);
  });
});

describe('a late original whose process is killed and whose message is gone', () => {
  test('is rescued, though its due time was checked long before', async () => {
    const harness = setup(8, { behaviours: ['vanish'] });

    await harness.advanceTo('2027-03-02T02:20:00Z');

    expect(harness.story()).toEqual([`${RUN} completed schedule missed`]);
  });
});
