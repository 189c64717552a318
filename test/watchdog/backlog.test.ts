import { describe, expect, test } from 'vitest';
import { type EpochMs, epochMs, MINUTE, plus } from '../../lib/units.ts';
import type { OpenRun } from '../../lib/watchdog/ports.ts';
import { replaced } from '../support/replaced.ts';
import { minutes } from '../support/requests.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';
import { delayRun, pendRun } from '../support/watchdog/pend.ts';

const BACKLOG = 10_000;
const DONE_A_MINUTE = 10;
const MEASURED = 12 * MINUTE;
/** The first time that the watchdog sends a run whose message is lost. */
const TURN = 2 * MINUTE;

function setup() {
  const job = { timeout: '1 minute', overlap: 'allow' } as const;
  const jobs = { bulk: job, payroll: job };
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', jobs, schedules: {} });
  harness.circumstances.losesSent = () => true;
  return harness;
}

/**
 * 10,000 runs of one job wait, ten are done a minute. Meanwhile each minute a run of another job is requested whose message
 * is lost, and one that is to be sent five minutes later. A run is late from two minutes after its time on, one that
 * nothing has sent yet from its time on.
 *
 * @param areQueued whether the messages of the 10,000 are in their queue, or lost as well
 * @returns how late the other job's runs are sent, in minutes, and how many messages the 10,000 get
 */
async function measure(areQueued: boolean) {
  const harness = setup();
  const backlog: string[] = [];
  for (let index = 0; index < BACKLOG; index++) backlog.push(await pendRun(harness, 'bulk', index));
  const lateFrom = new Map<string, EpochMs>();
  for (let past = 0; past < MEASURED; past += MINUTE) {
    const sendAt = plus(harness.now, minutes(5));
    lateFrom.set(await pendRun(harness, 'payroll'), epochMs(harness.now + TURN));
    lateFrom.set(await delayRun(harness, 'payroll', new Date(sendAt).toISOString()), sendAt);
    for (const run of backlog.splice(0, DONE_A_MINUTE)) harness.store.forget(run);
    harness.untaken.set('app-dev-bulk', areQueued ? backlog.length : 0);
    await harness.advanceBy(1);
    for (const { run } of harness.sent) if (run.startsWith('payroll/')) harness.store.forget(run);
  }
  await harness.advanceBy(6);
  const sentAt = new Map(harness.sent.toReversed().map(({ run, at }) => [run, at]));
  return {
    lateness: [...lateFrom].map(([run, from]) => ((sentAt.get(run) ?? Number.POSITIVE_INFINITY) - from) / MINUTE),
    messages: harness.sent.filter(({ run }) => run.startsWith('bulk/')).length,
  };
}

describe('while 10,000 runs of one job wait', () => {
  test('a run of another job is sent at most one minute late, and none of them gets a second message', async () => {
    const { lateness, messages } = await measure(true);

    expect(lateness).toHaveLength(24);
    expect(Math.max(...lateness)).toBeLessThanOrEqual(1);
    expect(messages).toBe(0);
  });

  test('whose messages are lost, a run of another job is sent at most one minute late, and they fifty a pass', async () => {
    const { lateness, messages } = await measure(false);

    expect(Math.max(...lateness)).toBeLessThanOrEqual(1);
    expect(messages).toBeGreaterThanOrEqual(15 * 50);
    expect(messages).toBeLessThanOrEqual(19 * 50);
  });
});

test('the last of more than 100,000 open runs is sent at the second pass', async () => {
  const harness = setup();
  await harness.advanceTo('2027-03-02T01:55:00Z');
  const run = await pendRun(harness, 'payroll');
  const checkAt = harness.now;
  await harness.advanceTo('2027-03-02T01:56:30Z');
  const rowAt = (index: number, id = `bulk/2027-03-02T01:00Z/s-${index}`): OpenRun => ({
    id,
    checkAt,
    position: String(index).padStart(6, '0'),
  });
  harness.circumstances.between = (ports) => ({
    ...ports,
    store: replaced(ports.store, {
      async *openRuns(_until, after = '') {
        for (let index = Number(after || -1) + 1; index < 100_010; index++) yield rowAt(index);
        yield rowAt(100_010, run);
      },
    }),
  });

  await harness.advanceTo('2027-03-02T01:57:30Z');
  expect(harness.sent).toEqual([]);
  expect((await harness.store.loadState())?.sweep.after).toBe('099999');
  await harness.advanceTo('2027-03-02T01:58:30Z');

  expect(harness.sent.map((each) => each.run)).toEqual([run]);
  expect((await harness.store.loadState())?.sweep).not.toHaveProperty('after');
});
