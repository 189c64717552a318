import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidExpressionError, readWhen } from '../../../lib/cron/index.ts';
import { dueTimesOf } from '../../../lib/local/scheduler/due-times.ts';
import { createScheduler } from '../../../lib/local/scheduler/index.ts';
import { DAY, epochMs } from '../../../lib/units.ts';
import { scanned } from '../../cron/compare.ts';
import {
  frequentCron,
  frequentEventBridge,
  midnightCron,
  midnightEventBridge,
  withSecondsFirst,
} from '../../cron/expressions.ts';
import { dueAmong } from '../../cron/oracle.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { MINIMAL, RESIDENCE, RecordingTarget } from './setup.ts';

const NOW = '2027-03-26T12:00:00Z';
const timezone = 'Europe/Berlin';
/** Clocks go forward in it. */
const window = scanned({ timezone, from: Date.parse(NOW), to: Date.parse(NOW) + 3 * DAY });

const clock = new VirtualClock(NOW);
const scheduler = createScheduler({ residence: RESIDENCE, clock, target: new RecordingTarget(clock) });
let count = 0;

/** The status with which the embedded cloud answers CreateSchedule. */
function create(expression: string): number {
  count += 1;
  const body = JSON.stringify({
    ...MINIMAL,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: timezone,
    ClientToken: `t${count}`,
  });
  const path = `/schedules/s${count}`;
  return scheduler.handle({ method: 'POST', path, query: new URLSearchParams(), headers: {}, body }).status;
}

const written = fc.oneof(
  ...[frequentCron, midnightCron, frequentEventBridge, midnightEventBridge].map((cron) =>
    cron.map((expression) => ({ expression, meaning: expression })),
  ),
  withSecondsFirst,
);

test('whatever cron is accepted, the embedded cloud takes what is sent for it, and is due when the scan says', () => {
  let dueTimes = 0;
  const property = fc.property(written, ({ expression, meaning }) => {
    const { expressions } = readWhen({ cron: expression }, timezone);
    const expected = dueAmong(meaning, window.readings);
    dueTimes += expected.length;

    expect(expressions.map(create)).toEqual(expressions.map(() => 200));
    const due = expressions.flatMap((sent) => [
      ...dueTimesOf({ expression: sent, timezone, startsAt: undefined, endsAt: undefined, anchor: epochMs(0) }).between(
        epochMs(window.from),
        epochMs(window.to),
      ),
    ]);
    expect([...new Set(due)].sort((a, b) => a - b)).toEqual(expected);
  });

  fc.assert(property, { numRuns: 400 });

  expect(dueTimes).toBeGreaterThan(10_000);
});

/** Six fields in the letters of both kinds: most are refused. */
const six = fc
  .tuple(
    fc.constantFrom('0', '00', '30', '*', '*/10'),
    fc.constantFrom('0', '*/60', '15', '?'),
    fc.constantFrom('2', '*', '*/24', '?', 'L'),
    fc.constantFrom('1', '*', '?', '15W', '1/31', 'L'),
    fc.constantFrom('*', '?', '*/12', 'JAN'),
    fc.constantFrom('*', '?', '1', 'MON', '6L', 'FRI#2', '2-6', '2027'),
  )
  .map((fields) => fields.join(' '));

test('of six fields the bare ones and those of EventBridge are never both accepted', () => {
  const isAccepted = (cron: string): boolean => {
    try {
      readWhen({ cron }, 'UTC');
      return true;
    } catch (error) {
      if (error instanceof InvalidExpressionError) return false;
      throw error;
    }
  };
  const accepted = { bare: 0, eventBridge: 0 };

  fc.assert(
    fc.property(six, (fields) => {
      const [bare, eventBridge] = [isAccepted(fields), isAccepted(`cron(${fields})`)];
      if (bare) accepted.bare += 1;
      if (eventBridge) accepted.eventBridge += 1;
      expect(bare && eventBridge).toBe(false);
      expect(eventBridge).toBe(create(`cron(${fields})`) === 200);
    }),
    { numRuns: 3000 },
  );

  expect(Math.min(accepted.bare, accepted.eventBridge)).toBeGreaterThan(20);
});
