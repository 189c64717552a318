import { expect, test } from 'vitest';
import { type EpochMs, epochMs, MINUTE } from '../../lib/units.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';
import { pendRun } from '../support/watchdog/pend.ts';

const BACKLOG = 10_000;
const DONE_A_MINUTE = 10;
const MEASURED = 45 * MINUTE;
/** The first time that the watchdog sends a run whose message is lost. */
const TURN = 2 * MINUTE;

/**
 * 10,000 runs of one job wait in its queue, ten are done a minute. Meanwhile each minute a run of another job is requested
 * whose message is lost. A run is late from two minutes after its time on.
 *
 * @returns how late the watchdog sends each of the other job's runs, in minutes
 */
async function measureLateness(): Promise<readonly number[]> {
  const job = { timeout: '1 minute', overlap: 'allow' } as const;
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    jobs: { bulk: job, payroll: job },
    schedules: {},
  });
  harness.circumstances.losesSent = () => true;
  const backlog: string[] = [];
  for (let index = 0; index < BACKLOG; index++) backlog.push(await pendRun(harness, 'bulk', index));
  const requestedAt = new Map<string, EpochMs>();
  for (let past = 0; past < MEASURED; past += MINUTE) {
    requestedAt.set(await pendRun(harness, 'payroll'), harness.now);
    for (const run of backlog.splice(0, DONE_A_MINUTE)) harness.store.forget(run);
    await harness.advanceBy(1);
    for (const { run } of harness.sent) if (run.startsWith('payroll/')) harness.store.forget(run);
  }
  await harness.advanceBy(3);
  return [...requestedAt].map(([run, at]) => {
    const sentAt = harness.sent.find((each) => each.run === run)?.at ?? epochMs(Number.POSITIVE_INFINITY);
    return (sentAt - at - TURN) / MINUTE;
  });
}

test('a run of another job is sent at most one minute late, while 10,000 of one job wait', async () => {
  expect(Math.max(...(await measureLateness()))).toBeLessThanOrEqual(1);
});
