import { afterAll, expect, test } from 'vitest';
import { formatDuration } from '../../../lib/job/duration.ts';
import { type EpochMs, HOUR, MINUTE, type Milliseconds, milliseconds, SECOND } from '../../../lib/units.ts';
import { minutes } from '../../support/requests.ts';
import { note, printTimes, type Ring, setupAlarms } from './alarm-stage.ts';

/** When the alarms ring that lib/cdk deploys, beside what their texts promise. */

type Alarms = ReturnType<typeof setupAlarms>;

afterAll(() => printTimes());

/** The function's timeout of a job with a timeout of ten minutes. */
const KILLED_AFTER = milliseconds(10 * MINUTE + 20 * SECOND);
const A_SECOND = milliseconds(SECOND);

/** Expects that the alarm rang within the time that its text promises, counted from there. */
function expectInTime(scenario: string, alarms: Alarms, suffix: string, from: EpochMs, nth = 0): Ring {
  const promise = alarms.promisesOf(suffix)[nth] ?? milliseconds(0);
  const ring = alarms.ringOf(suffix);
  note(scenario, suffix, ring, from, `≤ ${formatDuration(promise)}`);
  expect(promise).toBeGreaterThan(0);
  expect(ring.rang - from).toBeLessThanOrEqual(promise);
  expect(ring.rang).toBeGreaterThan(from);
  return ring;
}

async function passEachMinute(alarms: Alarms, count: number, kind?: 'failed'): Promise<EpochMs> {
  let last = alarms.clock.now();
  for (let pass = 0; pass < count; pass++) {
    if (pass > 0) await alarms.clock.advanceBy(minutes(1));
    last = alarms.clock.now();
    alarms.invoke('watchdog', A_SECOND, kind);
  }
  return last;
}

/** Has the watchdog do its passes, so that only the scenario rings anything. */
const withWatchdog = async (alarms: Alarms, length: Milliseconds): Promise<EpochMs> =>
  await passEachMinute(alarms, length / MINUTE);

test('a job of ten minutes that is killed at its timeout rings its alarm, which is off again with its period', async () => {
  const alarms = setupAlarms();
  await withWatchdog(alarms, minutes(15));
  const began = alarms.clock.now();

  const ended = alarms.invoke('ten', KILLED_AFTER, 'failed');
  await withWatchdog(alarms, minutes(45));

  const { returned } = expectInTime('killed at its timeout of 10 min', alarms, 'ten-failed', ended);
  // Four periods of five minutes after the invocation began.
  expect((returned ?? 0) - began).toBeLessThanOrEqual(minutes(20) + 5 * SECOND);
  // The time of a killed invocation is its function's timeout.
  expectInTime('killed at its timeout of 10 min', alarms, 'ten-slow', ended);
  expect(alarms.rung()).toEqual(['shop-dev-ten-failed', 'shop-dev-ten-slow']);
});

test('a slow run of eight minutes rings, though its next due time comes and is skipped before it ends', async () => {
  const alarms = setupAlarms();
  await withWatchdog(alarms, minutes(15));

  const ended = alarms.invoke('eight', milliseconds(minutes(8) - A_SECOND));
  await withWatchdog(alarms, minutes(6));
  alarms.invoke('eight', A_SECOND);
  await withWatchdog(alarms, minutes(40));

  const { returned } = expectInTime('slow run of 8 min, next due meanwhile', alarms, 'eight-slow', ended);
  expect(returned).toBeDefined();
  expect(alarms.rung()).toEqual(['shop-dev-eight-slow']);
});

test('a run that failed for good rings the alarm of its job and the one that all share', async () => {
  const alarms = setupAlarms();
  await withWatchdog(alarms, minutes(15));

  const failed = alarms.emit('eight', { runsFailed: 1 });
  await withWatchdog(alarms, minutes(25));

  for (const suffix of ['eight-failed', 'runs-failed']) {
    const { returned } = expectInTime('run failed for good', alarms, suffix, failed);
    expect(returned).toBeDefined();
  }
  expect(alarms.rung().sort()).toEqual(['shop-dev-eight-failed', 'shop-dev-runs-failed']);
});

test.each(['runs-missed', 'runs-waiting'] as const)('what a pass finds rings %s', async (suffix) => {
  const alarms = setupAlarms();
  await withWatchdog(alarms, minutes(15));
  const due = alarms.clock.now();

  // The pass after it.
  await withWatchdog(alarms, minutes(2));
  alarms.emit('eight', suffix === 'runs-missed' ? { runsMissed: 1 } : { runsWaiting: 1 });
  await withWatchdog(alarms, minutes(20));

  expect(expectInTime('found by the watchdog', alarms, suffix, due).returned).toBeDefined();
  expect(alarms.rung()).toEqual([`shop-dev-${suffix}`]);
});

test.each([
  ['ten-dead-letters', 'ten-dlq'],
  ['undelivered', 'undelivered'],
])(
  'what lies in a dead-letter queue keeps %s on after six hours without new metrics, until it is gone',
  async (suffix, queue) => {
    const alarms = setupAlarms();
    await withWatchdog(alarms, minutes(15));

    const came = alarms.fill(queue, 1);
    await withWatchdog(alarms, milliseconds(7 * HOUR));
    const after = alarms.stateOf(suffix);
    const taken = alarms.fill(queue, 0);
    await withWatchdog(alarms, minutes(10));

    expect(after).toBe('ALARM');
    const { returned } = expectInTime('message in a dead-letter queue for 7 h', alarms, suffix, came);
    expect(returned).toBeGreaterThan(taken);
    expect(alarms.rung()).toEqual([`shop-dev-${suffix}`]);
  },
);

test.each([
  ['a queue that slept is late by a quarter of an hour', minutes(15)],
  ['a queue that was active is not', minutes(0)],
])('a dead letter rings in time: %s', async (_case, late) => {
  const alarms = setupAlarms();
  await withWatchdog(alarms, milliseconds(7 * HOUR));
  const came = alarms.clock.now();

  await alarms.clock.advanceBy(late);
  alarms.fill('ten-dlq', 1);
  await alarms.clock.advanceBy(minutes(5));

  const scenario = late > 0 ? 'dead letter in a queue that slept' : 'dead letter in an active queue';
  expectInTime(scenario, alarms, 'ten-dead-letters', came, late > 0 ? 1 : 0);
});

test.each([
  ['is not invoked any more', undefined],
  ['fails with every pass', 'failed'],
] as const)('a watchdog that %s rings between 15 and 16 minutes after its last complete pass', async (what, kind) => {
  const alarms = setupAlarms();
  const last = await passEachMinute(alarms, 20);

  await alarms.clock.advanceBy(minutes(1));
  if (kind === undefined) await alarms.clock.advanceBy(minutes(25));
  else await passEachMinute(alarms, 25, kind);
  const again = alarms.clock.now();
  await passEachMinute(alarms, 5);

  const [earliest = milliseconds(0), latest = milliseconds(0)] = alarms.promisesOf('watchdog-silent');
  const ring = alarms.ringOf('watchdog-silent');
  note(`watchdog ${what}`, 'watchdog-silent', ring, last, `${earliest / MINUTE} to ${latest / MINUTE} min`);
  expect(ring.rang - last).toBeGreaterThanOrEqual(earliest);
  expect(ring.rang - last).toBeLessThanOrEqual(latest);
  expect([earliest, latest]).toEqual([minutes(15), minutes(16)]);
  expect((ring.returned ?? 0) - again).toBeLessThanOrEqual(minutes(2));
  expect(alarms.rung()).toEqual(['shop-dev-watchdog-silent']);
});

test('a first deployment rings nothing, though the first pass comes 25 minutes after the alarm', async () => {
  const alarms = setupAlarms();

  await alarms.clock.advanceBy(minutes(25));
  const before = alarms.stateOf('watchdog-silent');
  await passEachMinute(alarms, 60);

  expect(before).toBe('INSUFFICIENT_DATA');
  expect(alarms.stateOf('watchdog-silent')).toBe('OK');
  expect(alarms.rung()).toEqual([]);
});

test('a watchdog that never does a pass after its first deployment rings when the wait of its alarm is over', async () => {
  const alarms = setupAlarms();

  await alarms.clock.advanceBy(minutes(60));

  const [, , wait = milliseconds(0)] = alarms.promisesOf('watchdog-silent');
  const ring = alarms.ringOf('watchdog-silent');
  note('watchdog never ran since its creation', 'watchdog-silent', ring, alarms.start, `${wait / MINUTE} min`);
  expect(wait).toBe(minutes(30));
  expect(ring.rang - alarms.start).toBeGreaterThanOrEqual(wait);
  expect(ring.rang - alarms.start).toBeLessThanOrEqual(wait + MINUTE);
});
