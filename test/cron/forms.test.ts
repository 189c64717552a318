import { expect, test } from 'vitest';
import { type Difference, differenceIn, type ScannedWindow, scanned, Tally } from './compare.ts';

/**
 * Every form of both grammars, each against the scan: minute by minute through a leap year in a zone with daylight
 * saving, and day by day through a whole cycle of the calendar.
 */

const leapYear = scanned({ timezone: 'Europe/Berlin', from: Date.UTC(2027, 11, 30), to: Date.UTC(2029, 0, 2) });

/** 28 years: every weekday has been every date's. */
const calendarCycle = scanned({
  timezone: 'UTC',
  from: Date.UTC(2024, 0, 1) - 1,
  to: Date.UTC(2052, 0, 1),
  stepMinutes: 24 * 60,
});

/** Times of day: looked at by the minute. From crontab(5), and from what crons agree on. */
const CRON_TIMES = [
  ...['* * * * *', '0 * * * *', '59 * * * *', '05 09 * * *', '0 0 * * *', '59 23 * * *', '  0\t2  * * * '],
  ...['*/1 * * * *', '*/5 * * * *', '*/7 * * * *', '*/59 * * * *', '0-59 * * * *', '10-20 * * * *', '7-7 * * * *'],
  ...['0,30 * * * *', '30,0,30 * * * *', '0-4,30-34 * * * *', '10-40/10 * * * *', '0-59/15 * * * *', '5-59/25 * * * *'],
  ...['*/20,5 * * * *', '1,2-3,10-30/10,*/30 * * * *', '0 */2 * * *', '0 */5 * * *', '0 */23 * * *', '0 0-23/2 * * *'],
  ...['0 9-17 * * *', '0 9-17/4 * * *', '0 0,12 * * *', '0 22-23,0-2 * * *', '0 0-23 * * *', '*/15 1-3 * * *'],
  ...['30 2 * * *', '0 3 * * *', '59 1 * * *', '23 0-23/2 * * *', '5 4 * * SUN', '0 22 * * 1-5', '5 0 * * *'],
  ...['15 14 1 * *', '30 4 1,15 * 5', '* 2 28-31 * *', '*/10 2-3 * MAR,OCT SUN'],
];

/** Steps past the end of what they count through: the first value alone. */
const LARGE_STEPS = [
  ...['*/60 * * * *', '*/90 * * * *', '0 */24 * * *', '0 */48 * * *', '0 5-23/24 * * *', '0 10-20/15 * * *'],
  ...['10-40/35 * * * *', '*/60,5-9/7 */24 * * *', '0 0 */31 * *', '0 0 */99 * *', '0 0 1 */12 *', '0 0 1 FEB-MAY/9 *'],
  ...['0 0 * * */7', '0 0 * * */14', '0 0 * * MON-FRI/8', '0 0 3-9/9 * 2-4/6', '*/99999999999999999999 0 * * *'],
];

/** Six fields with a second of 0, and the five they mean. */
const SECONDS_FIRST = [
  ...['0 0 2 * * *', '0 */5 * * * *', '00 30 7 * * MON-FRI', '0 0 */6 1,15 * *', '0  0\t0 13 * fri', '0 0 0 1 JAN *'],
  ...['0 * * * * *', '000 */60 */24 * * *', '0 0 3 */2 * *', '0 0 0 * * */2', '0 15 10 * 2-4/6 SUN'],
].map((written) => [written, written.trim().split(/\s+/).slice(1).join(' ')] as const);

/** Days of five-field cron, due at midnight: looked at by the day. */
const CRON_DAYS = [
  ...['0 0 1 * *', '0 0 31 * *', '0 0 1-7 * *', '0 0 1,15 * *', '0 0 */2 * *', '0 0 */30 * *', '0 0 1-31/3 * *'],
  ...['0 0 5-25/10 * *', '0 0 29 2 *', '0 0 30,31 1-2 *', '0 0 1-31 * *', '0 0 01 * *', '0 0 28-31 FEB *'],
  ...['0 0 * 1 *', '0 0 * 12 *', '0 0 * JAN *', '0 0 * jan,Jul,DEC *', '0 0 * jun-aug *', '0 0 1 */3 *', '0 0 1 */5 *'],
  ...[
    '0 0 1 2-12/2 *',
    '0 0 1 FEB-DEC/5 *',
    '0 0 1 1-12 *',
    '0 0 1 1,3-5,*/6 *',
    '0 0 * * 0',
    '0 0 * * 7',
    '0 0 * * 6',
  ],
  ...[
    '0 0 * * SUN',
    '0 0 * * sat',
    '0 0 * * Mon,wEd',
    '0 0 * * 1-5',
    '0 0 * * MON-FRI',
    '0 0 * * sun-tue',
    '0 0 * * 0,7',
  ],
  ...['0 0 * * 5-7', '0 0 * * 0-7', '0 0 * * 0-6', '0 0 * * */2', '0 0 * * */6', '0 0 * * 1-5/2', '0 0 * * 1-7/3'],
  ...['0 0 * * MON-SAT/2', '0 0 * * 1,3-4,*/3', '0 0 13 * FRI', '0 0 1,15 * 1-5', '0 0 1-7 * 0', '0 0 1-31/2 * 7'],
  ...[
    '0 0 1 1 MON',
    '0 0 */1 * MON',
    '0 0 *,5 * MON',
    '0 0 1 * */1',
    '0 0 1-31 * MON',
    '0 0 13 * 0-6',
    '0 0 5,* * MON',
  ],
];

const MACROS = [
  ...[
    ['@hourly', '0 * * * *'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@weekly', '0 0 * * 0'],
  ],
  ...[
    ['@monthly', '0 0 1 * *'],
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
    ['@DAILY', '0 0 * * *'],
  ],
] as const satisfies readonly (readonly [string, string])[];

/** Times of day of EventBridge, by the table of fields and wildcards that AWS documents, its examples included. */
const EVENTBRIDGE_TIMES = [
  ...[
    '* * * * ? *',
    '* * ? * * *',
    '0 * * * ? *',
    '59 23 * * ? *',
    '05 09 * * ? *',
    '0,30 * * * ? *',
    '0-10 * * * ? *',
  ],
  ...['1/10 * * * ? *', '*/5 * * * ? *', '0/7 * * * ? *', '30/15 * * * ? *', '59/59 * * * ? *', '5-7,0/20 * * * ? *'],
  ...[
    '0 0/2 * * ? *',
    '0 */5 * * ? *',
    '0 8/4 * * ? *',
    '0 9-17 * * ? *',
    '0 0,12,18-20 * * ? *',
    '0 0-3,12/6 * * ? *',
  ],
  ...['0 10 * * ? *', '15 12 * * ? *', '0 18 ? * MON-FRI *', '0 8 1 * ? *', '0/10 * ? * MON-FRI *'],
  ...['0/5 8-17 ? * MON-FRI *', '30 2 * * ? *', '0/15 1-3 ? * SUN *', '15 10 ? * 6L 2028-2029', '59 23 L * ? *'],
  ...['0/60 * * * ? *', '*/60 * * * ? *', '30/45 * * * ? *', '0 0/24 * * ? *', '0 5/99 * * ? *', '5,0/60 * * * ? *'],
].map((fields) => `cron(${fields})`);

/** Days of EventBridge, due at midnight. */
const EVENTBRIDGE_DAYS = [
  ...['1/31 * ?', '*/40 * ?', '1 1/12 ?', '1 */24 ?'],
  ...['1 * ?', '31 * ?', '* * ?', '1-15 * ?', '1,15,31 * ?', '1/2 * ?', '*/2 * ?', '5/7 * ?', '1,10-12,20/5 * ?'],
  ...['* 1 ?', '* JAN,FEB,MAR ?', '* jan,Dec ?', '1 JUN-AUG ?', '1 1/3 ?', '1 */5 ?', '1 FEB/4 ?', '1 1,3-5,10/1 ?'],
  ...['L * ?', 'l * ?', 'L 2 ?', 'L FEB,APR-JUN ?', 'L 1/3 ?', '1W * ?', '2W * ?', '3W * ?', '3w * ?', '15W * ?'],
  ...['27W * ?', '28W * ?', '28W 2 ?', '29W 1,3-12 ?', '30W 1,3-12 ?', '31W 1,3,5,7,8,10,12 ?', '15W JAN/6 ?'],
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((n) => [
    `? * ${n}`,
    `? * ${n}L`,
    ...[1, 2, 3, 4, 5].map((nth) => `? * ${n}#${nth}`),
  ]),
  ...[
    '? * L',
    '? * l',
    '? * *',
    '? * SUN',
    '? * sat',
    '? * Mon,wEd',
    '? * MON-FRI',
    '? * SUN-TUE',
    '? * 2-6',
    '? * 1,7',
  ],
  ...['? * TUE,2,FRI-SAT', '? * 1-7', '? 2 2#5', '? FEB 3#5', '? 6-8 2#1', '? 12 6L', '? JAN/2 1L'],
].map((days) => `cron(0 0 ${days} *)`);

const YEARS = [
  ...[
    '2030',
    '2028/300',
    '2028-2030',
    '2030,2032',
    '2028/4',
    '2025/2',
    '*/3',
    '2026,2030-2032,2040/5',
    '1970-2030',
    '2040-2199',
  ],
].flatMap((years) => [`cron(0 0 1 1 ? ${years})`, `cron(0 0 29 1-3 ? ${years})`, `cron(0 0 ? 5 2#1 ${years})`]);

interface Table {
  readonly window: ScannedWindow;
  readonly expressions: readonly (string | readonly [written: string, meaning: string])[];
}

function compare(tables: readonly Table[]): { readonly tally: Tally; readonly differences: readonly Difference[] } {
  const tally = new Tally();
  const differences = tables.flatMap(({ window, expressions }) =>
    expressions.flatMap((each) => {
      const [expression, meaning] = typeof each === 'string' ? [each, each] : each;
      return differenceIn(window, { expression, meaning, tally }) ?? [];
    }),
  );
  return { tally, differences };
}

test('every form of five-field cron is due when the scan says', () => {
  const { tally, differences } = compare([
    { window: leapYear, expressions: [...CRON_TIMES, ...LARGE_STEPS, ...SECONDS_FIRST, ...CRON_DAYS, ...MACROS] },
    { window: calendarCycle, expressions: [...CRON_DAYS, ...MACROS.slice(1)] },
  ]);

  expect(differences).toEqual([]);
  tally.expectAtLeast('forms of five-field cron', { cases: 194, dueTimes: 3_000_000 });
});

test("every form of EventBridge's six fields is due when the scan says", () => {
  const { tally, differences } = compare([
    { window: leapYear, expressions: [...EVENTBRIDGE_TIMES, ...EVENTBRIDGE_DAYS, ...YEARS] },
    { window: calendarCycle, expressions: [...EVENTBRIDGE_DAYS, ...YEARS] },
  ]);

  expect(differences).toEqual([]);
  tally.expectAtLeast("forms of EventBridge's six fields", { cases: 303, dueTimes: 1_760_000 });
});
