import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEventBridge } from '../../lib/cron/index.ts';
import { DAY, epochMs, HOUR } from '../../lib/units.ts';
import { countOf } from '../support/thorough.ts';
import { differenceIn, read, type ScannedWindow, scanned, Tally } from './compare.ts';
import { frequentCron, frequentEventBridge, midnightCron, midnightEventBridge } from './expressions.ts';
import { dueAmong, findTransitions, type Window } from './oracle.ts';
import { ALL_ZONES } from './zones.ts';

/** Random expressions, zones and windows. A window's clocks are read once, for several expressions. */

const yearIn = (min: number, max: number) => fc.integer({ min, max });

/** Up to a day and a half, to the millisecond, in any zone; in every other one the clocks change if they do that year. */
const days: fc.Arbitrary<Window> = fc
  .record({
    timezone: fc.constantFrom(...ALL_ZONES),
    // Before, Monrovia's clocks were off by half a minute, which a look at every minute cannot see.
    year: yearIn(1973, 2150),
    which: fc.nat(),
    turbulent: fc.boolean(),
  })
  .chain(({ timezone, year, which, turbulent }) => {
    const [start, end] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
    const transitions = turbulent ? findTransitions(timezone, start, end) : [];
    const middle = transitions[which % transitions.length] ?? start + (which % (end - start));
    return fc.record({
      timezone: fc.constant(timezone),
      from: fc.integer({ min: middle - DAY, max: middle + 3 * HOUR }),
      to: fc.integer({ min: middle + 3 * HOUR, max: middle + DAY / 2 }),
    });
  });

/** Two years, to be looked at by the day. */
const years: fc.Arbitrary<Window> = yearIn(1970, 2190)
  .chain((year) => fc.integer({ min: Date.UTC(year, 0, 1), max: Date.UTC(year + 1, 0, 1) }))
  .map((from) => ({ timezone: 'UTC', from, to: from + 731 * DAY, stepMinutes: 24 * 60 }));

const several = (expression: fc.Arbitrary<string>) => fc.array(expression, { minLength: 5, maxLength: 5 });

/** Runs a check of one expression over random windows, five expressions each. */
function forRandom(
  { window, expression, windows }: { window: fc.Arbitrary<Window>; expression: fc.Arbitrary<string>; windows: number },
  check: (window: ScannedWindow, expression: string) => void,
): void {
  const property = fc.property(window, several(expression), (drawn, expressions) => {
    const seen = scanned(drawn);
    for (const each of expressions) check(seen, each);
  });
  fc.assert(property, { numRuns: windows });
}

test('random crons of both grammars are due when the scan of every minute says, in any zone', () => {
  const tally = new Tally();

  forRandom(
    { window: days, expression: fc.oneof(frequentCron, frequentEventBridge), windows: countOf(800, 300) },
    (window, expression) => expect(differenceIn(window, { expression, tally })).toBeUndefined(),
  );

  tally.expectAtLeast('random crons by the minute', { cases: countOf(4000, 1500), dueTimes: countOf(100_000, 36_000) });
});

test('random days of both grammars are due when the scan of every day says', () => {
  const tally = new Tally();

  forRandom(
    { window: years, expression: fc.oneof(midnightCron, midnightEventBridge), windows: countOf(800, 300) },
    (window, expression) => expect(differenceIn(window, { expression, tally })).toBeUndefined(),
  );

  tally.expectAtLeast('random crons by the day', { cases: countOf(4000, 1500), dueTimes: countOf(100_000, 36_000) });
});

const ascending = (times: readonly number[]) => [...new Set(times)].sort((a, b) => a - b);

test('what is sent to EventBridge means what the user wrote', () => {
  const tally = new Tally();
  const check = (window: ScannedWindow, expression: string) => {
    const { timezone, from, to, readings } = window;
    const { expressions: sent } = read(expression, timezone);
    const expected = dueAmong(expression, readings);
    tally.cases++;
    tally.dueTimes += expected.length;

    expect(ascending(sent.flatMap((each) => dueAmong(each, readings)))).toEqual(expected);
    const readBack = sent.flatMap((each) => [...readEventBridge(each, timezone).between(epochMs(from), epochMs(to))]);
    expect(ascending(readBack)).toEqual(expected);
  };

  forRandom(
    { window: days, expression: fc.oneof(frequentCron, frequentEventBridge), windows: countOf(150, 60) },
    check,
  );
  forRandom(
    { window: years, expression: fc.oneof(midnightCron, midnightEventBridge), windows: countOf(150, 60) },
    check,
  );

  tally.expectAtLeast('random crons as they are sent', {
    cases: countOf(1500, 600),
    dueTimes: countOf(30_000, 12_000),
  });
});
