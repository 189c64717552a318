import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWhen, type When } from '../../lib/cron/index.ts';
import { describeExpressions } from '../../lib/forecast/describe-expression.ts';
import { frequentCron, frequentEventBridge, midnightCron, midnightEventBridge } from '../cron/expressions.ts';

const describeWhen = (when: When): string => describeExpressions(readWhen(when, 'UTC').expressions);

describe('says', () => {
  test.each([
    ['* * * * *', 'every minute'],
    ['*/5 * * * *', 'every 5 minutes'],
    ['5-59/15 * * * *', 'every 15 minutes, starting at 5 minutes past the hour'],
    ['@hourly', 'every hour'],
    ['0 */2 * * *', 'on the hour, every 2 hours'],
    ['0 2 * * *', 'at 02:00'],
    ['30 7 * * 1-5', 'at 07:30, Monday through Friday'],
    ['*/15 9-17 * * MON-FRI', 'every 15 minutes, between 09:00 and 17:59, Monday through Friday'],
    ['0 9,17 * * *', 'at 09:00 and 17:00'],
    ['0 0 * * 0', 'at 00:00, only on Sunday'],
    ['0 0 * * 5-7', 'at 00:00, only on Sunday, Friday, and Saturday'],
    ['0 0 1 JAN,JUL *', 'at 00:00, on day 1 of the month, only in January and July'],
    ['0 0 29 2 *', 'at 00:00, on day 29 of the month, only in February'],
    ['0 9 13 * FRI', 'at 09:00, on day 13 of the month, or at 09:00, only on Friday'],
    ['cron(0 0 L * ? *)', 'at 00:00, on the last day of the month'],
    ['cron(0 0 15W * ? *)', 'at 00:00, on the weekday nearest day 15 of the month'],
    ['cron(0 0 1W * ? *)', 'at 00:00, on the first weekday of the month'],
    ['cron(0 0 31W 1,10 ? *)', 'at 00:00, on the weekday nearest day 31 of the month, only in January and October'],
    ['cron(0 0 ? * L *)', 'at 00:00, only on Saturday'],
    ['cron(0 0 ? * 2-6 *)', 'at 00:00, Monday through Friday'],
    ['cron(0 0 ? * WED,2 *)', 'at 00:00, only on Wednesday and Monday'],
    ['cron(0 0 1 1 ? 2027)', 'at 00:00, on day 1 of the month, only in January, only in 2027'],
    ['cron(15 10 ? * 6L 2027-2028)', 'at 10:15, on the last Friday of the month, 2027 through 2028'],
    ['cron(0 0 1 1 ? 2027,2030)', 'at 00:00, on day 1 of the month, only in January, only in 2027 and 2030'],
  ])('%s: %s', (cron, words) => {
    expect(describeWhen({ cron })).toBe(words);
  });

  test('a time that comes once', () => {
    expect(describeWhen({ at: '2027-01-01T02:00' })).toBe('once, at 2027-01-01 02:00');
  });

  test('an interval', () => {
    expect(describeWhen({ every: '5 minutes' })).toBe('every 5 minutes');
    expect(describeWhen({ every: '1 day' })).toBe('at 00:00');
  });

  test('what is no such expression, as it stands', () => {
    expect(describeExpressions(['rate(5 minutes)'])).toBe('rate(5 minutes)');
  });
});

describe('says it otherwise than cronstrue, which is wrong about', () => {
  test.each([
    ['minutes that do not divide an hour', '*/25 * * * *', 'at 0, 25, and 50 minutes past the hour'],
    ['minutes of the second half hour', '30-59/15 * * * *', 'at 30 and 45 minutes past the hour'],
    ['hours that do not divide a day', '0 */9 * * *', 'at 00:00, 09:00 and 18:00'],
    ['hours of an afternoon', '0 12-23/6 * * *', 'at 12:00 and 18:00'],
    [
      'months that do not divide a year',
      '0 0 1 */5 *',
      'at 00:00, on day 1 of the month, only in January, June, and November',
    ],
    ['every minute of some hours', '* 9,17 * * *', 'every minute in the hours of 09:00 and 17:00'],
    ['steps in some hours', '*/5 9,17 * * *', 'every 5 minutes in the hours of 09:00 and 17:00'],
    ['minutes of some hours', '5,10 9,17 * * *', 'at 5 and 10 minutes past 09:00 and 17:00'],
    ['a range of minutes of some hours', '0-4 9,17 * * *', 'minutes 0 through 4 past 09:00 and 17:00'],
    ['the last year', 'cron(0 0 1 * ? 2028/4)', 'at 00:00, on day 1 of the month, every 4 years, 2028 through 2199'],
  ])('%s', (_, cron, words) => {
    expect(describeWhen({ cron })).toBe(words);
  });
});

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const weekdaysIn = (words: string) => WEEKDAYS.filter((name) => words.includes(name));

describe('names the weekday', () => {
  test.each(WEEKDAYS.map((name, index) => ({ name, number: index + 1 })))('$name for $number', ({ name, number }) => {
    const days = [`${number}`, `${number}L`, `${number}#1`, `${number}#5`, name.slice(0, 3)];

    const said = days.map((day) => describeWhen({ cron: `cron(0 9 ? * ${day} *)` }));

    expect(said.map(weekdaysIn)).toEqual(days.map(() => [name]));
    expect(describeWhen({ cron: `0 9 * * ${number - 1}` })).toBe(`at 09:00, only on ${name}`);
  });

  test('of any list', () => {
    const property = fc.property(fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1, maxLength: 6 }), (numbers) => {
      const words = describeWhen({ cron: `cron(0 9 ? * ${numbers.join()} *)` });

      expect(weekdaysIn(words)).toEqual(numbers.map((number) => WEEKDAYS[number - 1]));
    });

    fc.assert(property, { numRuns: 200 });
  });
});

test('whatever can be scheduled is said in one line, and in whole words', () => {
  const anyCron = fc.oneof(frequentCron, frequentEventBridge, midnightCron, midnightEventBridge);
  const property = fc.property(anyCron, (cron) => {
    expect(describeWhen({ cron })).toMatch(/^(?!.*(undefined|NaN|null|9999|[*?#/\n]))(at|every|on|minutes?) /);
  });

  fc.assert(property, { numRuns: 3000 });
});
