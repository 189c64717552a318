import { describe, expect, test } from 'vitest';
import { type EveryInterval, readEventBridge, readWhen } from '../../lib/cron/index.ts';
import { epochMs, toIso } from '../../lib/units.ts';

const dueIn2027 = (cron: string) =>
  [...readWhen({ cron }, 'UTC').between(epochMs(Date.UTC(2027, 0, 1) - 1), epochMs(Date.UTC(2028, 0, 1) - 1))].map(
    (due) => toIso(due).slice(0, 16),
  );

describe('five-field cron', () => {
  test.each([
    ['0 2 * * *', 'cron(0 2 * * ? *)'],
    ['  0\t2 *  * * ', 'cron(0 2 * * ? *)'],
    ['05 02 * * *', 'cron(5 2 * * ? *)'],
    ['* * * * *', 'cron(* * * * ? *)'],
    ['*/1 */1 */1 */1 */1', 'cron(* * * * ? *)'],
    ['*/15 * * * *', 'cron(0/15 * * * ? *)'],
    ['0-59/15 * * * *', 'cron(0/15 * * * ? *)'],
    ['5-59/15 * * * *', 'cron(5/15 * * * ? *)'],
    ['10-40/10 * * * *', 'cron(10,20,30,40 * * * ? *)'],
    // One more step from 25 would still be in the hour, so 0/25 would be wrong.
    ['0-40/25 * * * *', 'cron(0,25 * * * ? *)'],
    ['0-50/1 * * * *', 'cron(0-50 * * * ? *)'],
    ['*/20,5 * * * *', 'cron(0,5,20,40 * * * ? *)'],
    ['0,30 9-17 * * *', 'cron(0,30 9-17 * * ? *)'],
    ['30 7 * * MON-FRI', 'cron(30 7 ? * MON-FRI *)'],
    ['30 7 * * mon,Wed', 'cron(30 7 ? * MON,WED *)'],
    ['30 7 * * 1-5', 'cron(30 7 ? * MON-FRI *)'],
    ['30 7 * * 0', 'cron(30 7 ? * SUN *)'],
    ['30 7 * * 7', 'cron(30 7 ? * SUN *)'],
    ['30 7 * * 0,7', 'cron(30 7 ? * SUN *)'],
    ['30 7 * * 5-7', 'cron(30 7 ? * SUN,FRI,SAT *)'],
    ['30 7 * * */2', 'cron(30 7 ? * SUN,TUE,THU,SAT *)'],
    ['0 0 1 JAN,jul *', 'cron(0 0 1 JAN,JUL ? *)'],
    ['0 0 1 */3 *', 'cron(0 0 1 1/3 ? *)'],
    ['0 0 */2 * *', 'cron(0 0 1/2 * ? *)'],
    ['0 0 1-31 * *', 'cron(0 0 * * ? *)'],
    ['0 0 29 2 *', 'cron(0 0 29 2 ? *)'],
    ['@hourly', 'cron(0 * * * ? *)'],
    ['@daily', 'cron(0 0 * * ? *)'],
    ['@midnight', 'cron(0 0 * * ? *)'],
    ['@weekly', 'cron(0 0 ? * SUN *)'],
    ['@monthly', 'cron(0 0 1 * ? *)'],
    ['@yearly', 'cron(0 0 1 1 ? *)'],
    ['@annually', 'cron(0 0 1 1 ? *)'],
    ['@Daily', 'cron(0 0 * * ? *)'],
  ])('%j becomes %s', (cron, expression) => {
    expect(readWhen({ cron }, 'UTC').expressions).toEqual([expression]);
  });

  test.each([
    ['0 9 13 * FRI', ['cron(0 9 13 * ? *)', 'cron(0 9 ? * FRI *)']],
    ['0 9 1,15 6 1-5', ['cron(0 9 1,15 6 ? *)', 'cron(0 9 ? 6 MON-FRI *)']],
    ['0 9 1-31/2 * MON', ['cron(0 9 1/2 * ? *)', 'cron(0 9 ? * MON *)']],
  ])('%j, with both day fields restricted, becomes two expressions', (cron, expressions) => {
    expect(readWhen({ cron }, 'UTC').expressions).toEqual(expressions);
  });

  test.each(['0 9 1-31 * MON', '0 9 13 * 0-6', '0 9 13 * 1-7', '0 9 5,* * MON'])(
    '%j, with a day field that leaves no day out, is every day in one expression',
    (cron) => {
      expect(readWhen({ cron }, 'UTC').expressions).toEqual(['cron(0 9 * * ? *)']);
    },
  );

  test.each(['0 9 */1 * MON', '0 9 *,5 * MON'])('%j is Mondays, as a leading star asks for both fields', (cron) => {
    expect(readWhen({ cron }, 'UTC').expressions).toEqual(['cron(0 9 ? * MON *)']);
  });
});

describe('EventBridge cron', () => {
  test.each([
    ['cron(0 2 * * ? *)', 'cron(0 2 * * ? *)'],
    [' cron( 00  2 ? *  mon-fri * ) ', 'cron(0 2 ? * MON-FRI *)'],
    ['cron(*/5 * * * ? *)', 'cron(0/5 * * * ? *)'],
    ['cron(0/10 * ? * MON-FRI *)', 'cron(0/10 * ? * MON-FRI *)'],
    ['cron(0 0/1 * * ? *)', 'cron(0 * * * ? *)'],
    ['cron(15 10 ? * 6L 2022-2023)', 'cron(15 10 ? * 6L 2022-2023)'],
    ['cron(0 0 l * ? *)', 'cron(0 0 L * ? *)'],
    ['cron(0 0 03w * ? *)', 'cron(0 0 3W * ? *)'],
    ['cron(0 0 31W 1,3,5,7,8,10,12 ? *)', 'cron(0 0 31W 1,3,5,7,8,10,12 ? *)'],
    ['cron(0 0 ? * 3#2 *)', 'cron(0 0 ? * 3#2 *)'],
    ['cron(0 0 ? * L *)', 'cron(0 0 ? * L *)'],
    ['cron(0 0 ? * WED,2 *)', 'cron(0 0 ? * WED,2 *)'],
    ['cron(0 0 29 2 ? 2096)', 'cron(0 0 29 2 ? 2096)'],
    ['cron(0 0 1 1 ? 1970-2199)', 'cron(0 0 1 1 ? *)'],
  ])('%j is sent as %s', (cron, expression) => {
    expect(readWhen({ cron }, 'UTC').expressions).toEqual([expression]);
    expect(readEventBridge(cron, 'UTC').expressions).toEqual([expression]);
  });

  test.each([
    ['L, the last day of the month', 'cron(0 0 L 1-4 ? *)', ['01-31', '02-28', '03-31', '04-30']],
    ['15W, the weekday nearest to the 15th', 'cron(0 0 15W 1,5,8 ? *)', ['01-15', '05-14', '08-16']],
    ['1W on a Saturday, which stays in the month', 'cron(0 0 1W 5 ? *)', ['05-03']],
    ['31W on a Sunday, which stays in the month', 'cron(0 0 31W 1,10 ? *)', ['01-29', '10-29']],
    ['6L, the last Friday', 'cron(0 0 ? 1-3 6L *)', ['01-29', '02-26', '03-26']],
    ['3#2, the second Tuesday', 'cron(0 0 ? 1-3 3#2 *)', ['01-12', '02-09', '03-09']],
    ['2#5, the fifth Monday of months that have one', 'cron(0 0 ? * 2#5 *)', ['03-29', '05-31', '08-30', '11-29']],
    ['L among weekdays, Saturday', 'cron(0 0 ? 2 L *)', ['02-06', '02-13', '02-20', '02-27']],
    ['1, which is Sunday', 'cron(0 0 ? 2 1 *)', ['02-07', '02-14', '02-21', '02-28']],
  ])('understands %s', (_, cron, days) => {
    expect(dueIn2027(cron)).toEqual(days.map((day) => `2027-${day}T00:00`));
  });
});

describe('every', () => {
  test.each<[EveryInterval, string]>([
    ['1 minute', 'cron(* * * * ? *)'],
    ['2 minutes', 'cron(0/2 * * * ? *)'],
    ['3 minutes', 'cron(0/3 * * * ? *)'],
    ['4 minutes', 'cron(0/4 * * * ? *)'],
    ['5 minutes', 'cron(0/5 * * * ? *)'],
    ['6 minutes', 'cron(0/6 * * * ? *)'],
    ['10 minutes', 'cron(0/10 * * * ? *)'],
    ['12 minutes', 'cron(0/12 * * * ? *)'],
    ['15 minutes', 'cron(0/15 * * * ? *)'],
    ['20 minutes', 'cron(0/20 * * * ? *)'],
    ['30 minutes', 'cron(0/30 * * * ? *)'],
    ['1 hour', 'cron(0 * * * ? *)'],
    ['2 hours', 'cron(0 0/2 * * ? *)'],
    ['3 hours', 'cron(0 0/3 * * ? *)'],
    ['4 hours', 'cron(0 0/4 * * ? *)'],
    ['6 hours', 'cron(0 0/6 * * ? *)'],
    ['8 hours', 'cron(0 0/8 * * ? *)'],
    ['12 hours', 'cron(0 0/12 * * ? *)'],
    ['1 day', 'cron(0 0 * * ? *)'],
  ])('%s becomes %s and keeps its distance over a year end', (every, expression) => {
    const timetable = readWhen({ every }, 'UTC');
    const around = [...timetable.between(epochMs(Date.UTC(2027, 11, 30)), epochMs(Date.UTC(2028, 0, 2)))];

    expect(timetable.expressions).toEqual([expression]);
    const distances = around.slice(1).map((due, index) => due - (around[index] ?? 0));
    const [amount = 0, unit = ''] = every.split(' ');
    const length = { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit.charAt(0)] ?? 0;
    expect(new Set(distances)).toEqual(new Set([Number(amount) * length]));
  });
});

describe('at', () => {
  test.each(['2027-07-01T02:00', '2027-07-01T02:00:00', ' 2027-07-01T02:00 '])('%j is due once', (at) => {
    const timetable = readWhen({ at }, 'Europe/Stockholm');

    expect(timetable.expressions).toEqual(['at(2027-07-01T02:00:00)']);
    expect([...timetable.between(epochMs(0), epochMs(Date.UTC(2190, 0, 1)))].map(toIso)).toEqual([
      '2027-07-01T00:00:00.000Z',
    ]);
  });

  test('is due no more once it is past', () => {
    const timetable = readWhen({ at: '2027-07-01T02:00' }, 'UTC');

    expect(timetable.next(epochMs(Date.UTC(2027, 6, 1, 2) - 1))).toBe(Date.UTC(2027, 6, 1, 2));
    expect(timetable.next(epochMs(Date.UTC(2027, 6, 1, 2)))).toBeUndefined();
  });

  test('is read back from EventBridge', () => {
    const timetable = readEventBridge('at(2027-07-01T02:00:00)', 'Europe/Stockholm');

    expect(timetable.next(epochMs(0))).toBe(Date.UTC(2027, 6, 1, 0));
  });
});
