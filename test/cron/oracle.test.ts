import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEventBridge, readWhen } from '../../lib/cron/index.ts';
import { epochMs } from '../../lib/units.ts';
import { frequentCron, midnightCron, midnightEventBridge } from './expressions.ts';
import { findTransitions, type Scan, scanDueTimes } from './oracle.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONES = [
  ...['Europe/Stockholm', 'Europe/London', 'Europe/Dublin', 'America/New_York', 'America/St_Johns', 'America/Havana'],
  ...['Australia/Lord_Howe', 'Pacific/Auckland', 'Pacific/Chatham', 'Africa/Casablanca', 'Africa/Cairo', 'Asia/Beirut'],
  ...['Asia/Gaza', 'America/Santiago', 'America/Scoresbysund', 'Antarctica/Troll', 'Asia/Kolkata', 'UTC'],
];

type Window = Omit<Scan, 'expression'>;

/** A day or two in which the clocks change, in zones where they do. */
const turbulentDays: fc.Arbitrary<Window> = fc
  .record({ timezone: fc.constantFrom(...ZONES), year: fc.integer({ min: 2020, max: 2037 }), which: fc.nat() })
  .chain(({ timezone, year, which }) => {
    const transitions = findTransitions(timezone, Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
    const middle = transitions[which % transitions.length] ?? Date.UTC(year, which % 12, 1);
    return fc.record({
      timezone: fc.constant(timezone),
      from: fc.integer({ min: middle - DAY, max: middle + 3 * HOUR }),
      to: fc.integer({ min: middle + 3 * HOUR, max: middle + DAY }),
    });
  });

/** Two years, to be looked at by the day. */
const years: fc.Arbitrary<Window> = fc
  .integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2037, 0, 1) })
  .map((from) => ({ timezone: 'UTC', from, to: from + 731 * DAY, stepMinutes: 24 * 60 }));

const dueIn = (timetable: ReturnType<typeof readWhen>, { from, to }: Window) => [
  ...timetable.between(epochMs(from), epochMs(to)),
];

describe('against a scan of every minute', () => {
  test('due times agree around clock changes', () => {
    const property = fc.property(frequentCron, turbulentDays, (expression, window) => {
      const timetable = readWhen({ cron: expression }, window.timezone);

      expect(dueIn(timetable, window)).toEqual(scanDueTimes({ expression, ...window }));
    });

    fc.assert(property, { numRuns: 180 });
  });

  test('the next due time is the first that the scan finds', () => {
    const property = fc.property(frequentCron, turbulentDays, (expression, window) => {
      const next = readWhen({ cron: expression }, window.timezone).next(epochMs(window.from));

      const found = scanDueTimes({ expression, ...window });
      expect(found[0] ?? 'later').toBe(next !== undefined && next <= window.to ? next : 'later');
    });

    fc.assert(property, { numRuns: 100 });
  });

  test('the days of five-field cron agree', () => {
    const property = fc.property(midnightCron, years, (expression, window) => {
      const timetable = readWhen({ cron: expression }, 'UTC');

      expect(dueIn(timetable, window)).toEqual(scanDueTimes({ expression, ...window }));
    });

    fc.assert(property, { numRuns: 120 });
  });

  test('the days of EventBridge agree', () => {
    const property = fc.property(midnightEventBridge, years, (expression, window) => {
      const timetable = readEventBridge(expression, 'UTC');

      expect(dueIn(timetable, window)).toEqual(scanDueTimes({ expression, ...window }));
    });

    fc.assert(property, { numRuns: 150 });
  });

  test('what is sent to EventBridge means what the user wrote', () => {
    const property = fc.property(frequentCron, turbulentDays, (expression, window) => {
      const { expressions } = readWhen({ cron: expression }, window.timezone);

      const sent = expressions.flatMap((sent) => scanDueTimes({ expression: sent, ...window }));
      const ascending = [...new Set(sent)].sort((a, b) => a - b);
      expect(ascending).toEqual(scanDueTimes({ expression, ...window }));
    });

    fc.assert(property, { numRuns: 50 });
  });

  test('what is sent to EventBridge reads as the same due times', () => {
    const property = fc.property(fc.oneof(midnightCron, midnightEventBridge), years, (expression, window) => {
      const timetable = readWhen({ cron: expression }, 'UTC');

      const sent = timetable.expressions.flatMap((sent) => dueIn(readEventBridge(sent, 'UTC'), window));
      expect([...new Set(sent)].sort((a, b) => a - b)).toEqual(dueIn(timetable, window));
    });

    fc.assert(property, { numRuns: 100 });
  });
});

test('every clock change of every zone from 2020 to 2037 agrees with the scan', () => {
  const expression = '*/15 * * * *';
  const changes = Intl.supportedValuesOf('timeZone').flatMap((timezone) =>
    findTransitions(timezone, Date.UTC(2020, 0, 1), Date.UTC(2038, 0, 1)).map((at) => ({ timezone, at })),
  );

  const differing = changes.filter(({ timezone, at }) => {
    const window = { timezone, from: at - 3 * HOUR, to: at + 3 * HOUR, stepMinutes: 15 };
    const due = dueIn(readWhen({ cron: expression }, timezone), window);
    return due.join() !== scanDueTimes({ expression, ...window }).join();
  });

  expect(changes.length).toBeGreaterThan(4000);
  expect(differing).toEqual([]);
});
