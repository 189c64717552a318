import { expect, test } from 'vitest';
import { requestedRunId } from '../../lib/run/run-id.ts';
import { oneIn } from '../support/thorough.ts';
import { BREAKS, type Break, Breaker } from '../support/watchdog/breaking.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

const EVERY_FIVE = ['cron(0/5 * * * ? *)'];
const PENDING = requestedRunId('nightly', Date.parse('2027-03-28T00:58:20Z') as never, '01ARZ3NDEKTSV4RRFFQ69G5FAV');

/**
 * An hour in which everything happens that a pass deals with: missed due times, with and without catch-up, a day
 * that a calendar leaves out, a gap of the clocks, a killed run and a lost one, a schedule that is changed.
 *
 * The call of that number, counted from 00:59, breaks.
 */
async function happen(nth: number, how: Break) {
  const job = { timeout: '2 minutes', overlap: 'allow' } as const;
  const jobs = { report: job, billing: job, nightly: job };
  const schedules = {
    all: { expressions: EVERY_FIVE, catchUp: 3 },
    latest: { expressions: EVERY_FIVE, catchUp: 1, job: 'billing' },
    none: { expressions: EVERY_FIVE, except: [{ name: 'holidays', days: ['2027-03-29'] }] },
    closed: { expressions: ['cron(0 1 * * ? *)'], except: [{ name: 'holidays', days: ['2027-03-28'] }] },
    gap: { expressions: ['cron(30 2 * * ? *)'], timezone: 'Europe/Berlin', dst: 'runAfterGap', job: 'nightly' },
    killed: { expressions: ['cron(58 * * * ? *)'], job: 'report' },
  } as const;
  const harness = createWatchdogHarness({ start: '2027-03-28T00:45:30Z', jobs, schedules });
  const breaker = new Breaker(nth, how);
  harness.circumstances.fires = (name, at) =>
    name === 'killed' || at < Date.parse('2027-03-28T00:50Z') || at > Date.parse('2027-03-28T00:56Z') ? {} : undefined;
  harness.circumstances.behaves = (run, before) => ({
    does: run.schedule === 'killed' && before === 0 ? 'vanish' : 'complete',
    seconds: run.trigger === 'catch-up' ? 70 : 10,
  });
  await harness.advanceTo('2027-03-28T00:49:30Z');
  harness.circumstances.isWatching = false;
  await harness.advanceTo('2027-03-28T00:58:20Z');
  const request = { v: 1, run: PENDING, job: 'nightly', schedule: null, trigger: 'manual', input: undefined } as const;
  const scheduledTime = harness.now;
  await harness.store.createPending({ ...request, scheduledTime }, { now: scheduledTime, requestedBy: 'ada' });
  harness.circumstances.isWatching = true;

  // From the pass at 00:59:10, the first after nine minutes, to the one that finds what was due at 01:00.
  harness.circumstances.between = (ports) =>
    harness.now < Date.parse('2027-03-28T01:04Z') ? breaker.between(ports) : ports;
  await harness.advanceTo('2027-03-28T01:01:30Z');
  harness.deploy({
    jobs,
    schedules: { ...schedules, none: { ...schedules.none, expressions: ['cron(0/15 * * * ? *)'] } },
  });
  await harness.advanceTo('2027-03-28T01:30:00Z');
  return { harness, breaker };
}

test('whatever call of a pass fails, the next passes come to the same end', async () => {
  const { harness: undisturbed, breaker } = await happen(0, 'no-request');
  const end = undisturbed.story();
  const missed = undisturbed.store.all().flatMap(({ id, missedAt }) => (missedAt === undefined ? [] : [id]));
  expect(breaker.calls).toBeGreaterThan(60);
  expect(missed).toHaveLength(6);
  expect(end.filter((line) => line.includes('catch-up missed'))).toHaveLength(3);
  expect(end).toContain('report/2027-03-28T01:00Z/closed skipped calendar holidays schedule');
  expect(end).toContain('nightly/2027-03-28T01:00Z/gap completed schedule');
  expect(end).toContain(`${PENDING} completed manual`);

  const differences: string[] = [];
  const calls = Array.from({ length: breaker.calls }, (_, index) => index + 1);
  for (const [offset, how] of BREAKS.entries()) {
    for (const nth of oneIn(BREAKS.length, calls, offset)) {
      const { harness, breaker: broken } = await happen(nth, how);
      const where = `${how} at call ${nth} (${broken.broken})`;
      const story = harness.story();
      for (const line of end.filter((each) => !story.includes(each))) differences.push(`${where}: not ${line}`);
      for (const line of story.filter((each) => !end.includes(each))) differences.push(`${where}: ${line}`);
      const alerted = harness.alerts.map(({ body }) => body).join('\n');
      for (const run of missed.filter((each) => !alerted.includes(each)))
        differences.push(`${where}: no alert of ${run}`);
      const counted = harness.counts.reduce((sum, { count }) => sum + count, 0);
      if (counted < missed.length) differences.push(`${where}: counted ${counted} of ${missed.length}`);
      const caughtUp = harness.functions.executions.filter(
        ({ trigger, job }) => trigger === 'catch-up' && job === 'report',
      );
      for (const [index, { startedAt, run }] of caughtUp.entries()) {
        if (startedAt < (caughtUp[index - 1]?.endedAt ?? 0)) differences.push(`${where}: ${run} is not alone`);
      }
    }
  }

  expect(differences).toEqual([]);
});
