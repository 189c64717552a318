import { describe, expect, test } from 'vitest';
import { DAY } from '../../lib/units.ts';
import { differenceIn, type ScannedWindow, scanned, Tally } from './compare.ts';
import type { Window } from './oracle.ts';
import { changesOf } from './zones.ts';

/** What calendars and clocks have in rare places, each against the scan. */

const byTheDay = (fromYear: number, toYear: number): ScannedWindow =>
  scanned({ timezone: 'UTC', from: Date.UTC(fromYear, 0, 1) - 1, to: Date.UTC(toYear, 0, 1), stepMinutes: 24 * 60 });

const from1 = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

interface Corner {
  readonly what: string;
  readonly windows: () => readonly ScannedWindow[];
  readonly expressions: readonly string[];
  readonly least: { readonly cases: number; readonly dueTimes: number };
}

const MONTH_ENDS = [
  ...['* * * * *', '59 23 * * *', '0 0 1 * *', '0 0 31 * *', '59 23 31 12 *', '0 0 1 1 *', '0 0 28-31 * *'],
  ...['cron(59 23 L * ? *)', 'cron(0 0 L * ? *)', 'cron(0 12 1W * ? *)', 'cron(0 12 28W * ? *)', 'cron(0 0 ? * 1#1 *)'],
  ...['cron(0 0 ? * 7L *)', 'cron(0 0 1 1 ? 2028)', 'cron(59 23 31 12 ? 2027)', 'cron(* 0,23 L 2,12 ? *)'],
];

const monthEnds = (timezone: string): ScannedWindow[] =>
  from1(14).map((month) => {
    const border = Date.UTC(2027, month, 1);
    return scanned({ timezone, from: border - DAY, to: border + DAY });
  });

const CALENDAR: readonly Corner[] = [
  {
    what: 'leap days from 2088 to 2112, without one in 2100',
    windows: () => [byTheDay(2088, 2113)],
    expressions: [
      ...['0 0 29 2 *', '0 0 29 2 MON', '0 0 28,29 FEB *', '0 0 1 3 *', '0 0 29 */1 *', '0 0 29-31 * *'],
      ...['cron(0 0 29 2 ? *)', 'cron(0 0 29 2 ? 2096-2104)', 'cron(0 0 L 2 ? *)', 'cron(0 0 28W 2 ? *)'],
      ...['cron(0 0 ? 2 1#5 *)', 'cron(0 0 ? 2 2L *)', 'cron(0 0 29 2 ? 2088/4)', 'cron(0 0 31 12 ? *)'],
    ],
    least: { cases: 14, dueTimes: 1295 },
  },
  {
    what: 'W, L and # in each month, around a whole cycle of the calendar and around 2100',
    windows: () => [byTheDay(2024, 2052), byTheDay(2096, 2105)],
    expressions: [
      ...from1(28).map((day) => `cron(0 0 ${day}W * ? *)`),
      ...['cron(0 0 29W 1,3-12 ? *)', 'cron(0 0 30W 1,3-12 ? *)', 'cron(0 0 31W 1,3,5,7,8,10,12 ? *)'],
      ...from1(7).flatMap((n) => [`cron(0 0 ? * ${n}L *)`, ...from1(5).map((nth) => `cron(0 0 ? * ${n}#${nth} *)`)]),
    ],
    least: { cases: 146, dueTimes: 30_000 },
  },
  {
    what: 'the ends of months and years, by the minute',
    windows: () =>
      ['UTC', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'America/St_Johns', 'Pacific/Pago_Pago'].flatMap(monthEnds),
    expressions: MONTH_ENDS,
    least: { cases: 1100, dueTimes: 200_000 },
  },
];

const EVERY_KIND = [
  ...['* * * * *', '*/7 * * * *', '30 * * * *', '0 0 * * *', '0 2 * * *', '15 2 * * *', '30 2 * * *', '45 1 * * *'],
  ...['59 23 * * *', '*/30 1-3 * * SUN', '0 */3 1-7 * *', 'cron(0/10 0-4 ? * 1L *)', 'cron(0,15,30,45 * L * ? *)'],
];

/** Two days on each side of an instant. */
const around = (timezone: string, instant: number): Window => ({
  timezone,
  from: instant - 2 * DAY,
  to: instant + 2 * DAY,
});

const aroundChanges = (timezone: string): ScannedWindow[] =>
  changesOf(timezone, Date.UTC(2024, 0, 1), Date.UTC(2032, 0, 1)).map(({ at }) => scanned(around(timezone, at)));

const CLOCKS: readonly Corner[] = [
  ...[
    ['Australia/Lord_Howe', 'whose summer is half an hour', 15],
    ['Antarctica/Troll', 'whose summer is two hours', 16],
    ['Africa/Casablanca', 'whose clocks go back in Ramadan', 15],
    ['Europe/Dublin', 'whose winter is the exception', 16],
    ['America/Scoresbysund', 'which changes before midnight', 15],
    ['Asia/Beirut', 'which skips midnight', 16],
  ].map(([timezone = '', what, changes]) => ({
    what: `${timezone}, ${what}`,
    windows: () => aroundChanges(String(timezone)),
    expressions: EVERY_KIND,
    least: { cases: Number(changes) * EVERY_KIND.length, dueTimes: 100_000 },
  })),
  {
    what: 'zones that crossed the date line',
    windows: () =>
      [
        around('Pacific/Apia', Date.UTC(2011, 11, 30, 10)),
        around('Pacific/Fakaofo', Date.UTC(2011, 11, 30, 11)),
        around('Pacific/Kwajalein', Date.UTC(1993, 7, 21, 12)),
        around('Pacific/Enderbury', Date.UTC(1995, 0, 1, 11)),
        around('Pacific/Kanton', Date.UTC(1995, 0, 1, 11)),
        around('Pacific/Kiritimati', Date.UTC(1995, 0, 1, 10)),
      ].map(scanned),
    expressions: [...EVERY_KIND, '0 12 30,31 12 *', '0 12 1 1 *', '0 12 20-22 8 *', 'cron(0 0 L 12 ? *)'],
    least: { cases: 102, dueTimes: 30_000 },
  },
  {
    what: 'zones whose clocks changed twice within a week',
    windows: () =>
      [
        { timezone: 'America/Recife', from: Date.UTC(2000, 9, 6), to: Date.UTC(2000, 9, 17) },
        { timezone: 'America/Noronha', from: Date.UTC(2000, 9, 6), to: Date.UTC(2000, 9, 17) },
        { timezone: 'Asia/Gaza', from: Date.UTC(2040, 9, 18), to: Date.UTC(2040, 9, 29) },
        { timezone: 'Asia/Gaza', from: Date.UTC(2054, 2, 26), to: Date.UTC(2054, 3, 6) },
      ].map(scanned),
    expressions: EVERY_KIND,
    least: { cases: 52, dueTimes: 60_000 },
  },
  {
    what: 'zones without daylight saving',
    windows: () =>
      ['UTC', 'Asia/Kolkata', 'Asia/Tokyo', 'Asia/Kathmandu', 'Africa/Lagos', 'America/Phoenix', 'Pacific/Marquesas']
        .flatMap((timezone) => [Date.UTC(2027, 2, 28), Date.UTC(2027, 9, 31)].map((day) => around(timezone, day)))
        .map(scanned),
    expressions: EVERY_KIND,
    least: { cases: 182, dueTimes: 90_000 },
  },
  {
    what: 'Monrovia, 44 minutes and 30 seconds behind until 1972',
    windows: () => [
      scanned({
        timezone: 'Africa/Monrovia',
        from: Date.UTC(1971, 11, 28),
        to: Date.UTC(1972, 0, 6),
        // Its whole minutes are our half ones.
        stepMinutes: 0.5,
      }),
    ],
    expressions: EVERY_KIND,
    least: { cases: 13, dueTimes: 10_000 },
  },
];

describe.each([
  ['the calendar', CALENDAR],
  ['clocks', CLOCKS],
] as const)('corners of %s', (_, corners) => {
  test.each(corners)('$what', ({ what, windows, expressions, least }) => {
    const tally = new Tally();

    const differences = windows().flatMap((window) =>
      expressions.flatMap((expression) => differenceIn(window, { expression, tally }) ?? []),
    );

    expect(differences).toEqual([]);
    tally.expectAtLeast(what, least);
  });
});
