import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeLargeSteps } from '../../../lib/app/lint/large-steps.ts';
import { readWhen } from '../../../lib/cron/index.ts';
import { frequentCron, frequentEventBridge, midnightCron, midnightEventBridge } from '../../cron/expressions.ts';
import { warningsOfEntry } from './support.ts';

test('large-step: a step past the end of its field, with what is probably meant', () => {
  expect(warningsOfEntry({ cron: '0 */24 * * *' })).toEqual([
    `infra/schedules.ts: schedule "x": */24 in the hour is 0 alone, since 0 + 24 is past 23: write 0 if once a day is meant, or keep it with acknowledge: { 'large-step': '<reason>' }`,
  ]);
  expect(warningsOfEntry({ cron: '0 */24 * * *', acknowledge: { 'large-step': 'so it was in the crontab' } })).toEqual(
    [],
  );
});

describe('of a cron is said, of each large step', () => {
  test.each([
    ['*/60 * * * *', '*/60 in the minute is 0 alone, since 0 + 60 is past 59: write 0 if once an hour is meant'],
    [
      '0 */90 * * * *',
      '*/90 in the minute is 0 alone, since 0 + 90 is past 59: write 0 if once an hour is meant; every 90 minutes is nothing cron can count beyond an hour: choose a step up to 59, or list the times',
    ],
    [
      '*/120 * * * *',
      '*/120 in the minute is 0 alone, since 0 + 120 is past 59: write 0 if once an hour is meant; for every 2 hours write */2 in the hour',
    ],
    [
      '0 */48 * * *',
      '*/48 in the hour is 0 alone, since 0 + 48 is past 23: write 0 if once a day is meant; for every 2 days write */2 in the day of month',
    ],
    ['0 5-23/24 * * *', '5-23/24 in the hour is 5 alone, since 5 + 24 is past 23: write 5 if once a day is meant'],
    [
      '0 10-20/15 * * *',
      '10-20/15 in the hour is 10 alone, since 10 + 15 is past 20: write 10 if once a day is meant; every 15 hours is nothing cron can count beyond a day: choose a step up to 10, or list the times',
    ],
    ['0 0 */31 * *', '*/31 in the day of month is 1 alone, since 1 + 31 is past 31: write 1 if once a month is meant'],
    [
      '0 0 * * */14',
      '*/14 in the day of week is 0 alone, since 0 + 14 is past 6: write 0 if once a week is meant; for every 2 weeks let the job leave out the others',
    ],
    ['0 0 1 */12 *', '*/12 in the month is 1 alone, since 1 + 12 is past 12: write 1 if once a year is meant'],
    [
      'cron(0/60 0 1 1 ? 2027/200)',
      '0/60 in the minute is 0 alone, since 0 + 60 is past 59: write 0 if once an hour is meant; 2027/200 in the year is 2027 alone, since 2027 + 200 is past 2199: write 2027 if once for all is meant',
    ],
  ])('%s', (cron, says) => {
    expect(describeLargeSteps(cron)).toBe(says);
  });

  test.each(['*/59 * * * *', '0 */23 * * *', '7-7/5 * * * *', '@daily', '* * * * *', 'cron(59/7 * * * ? *)'])(
    'nothing where there is none: %s',
    (cron) => {
      expect(describeLargeSteps(cron)).toBeUndefined();
    },
  );
});

const FIELDS = ['minute', 'hour', 'day of month', 'month', 'day of week', 'year'];

/** A cron with a value in place of a step, which another field may have too. */
function replaceIn(cron: string, field: string, { item, value }: { item: string; value: string }): string {
  const [, before = '', inside = '', behind = ''] = /^(cron\()?(.*?)(\))?$/.exec(cron) ?? [];
  const words = inside.split(' ');
  const place = words.length - (before === '' ? 5 : 6) + FIELDS.indexOf(field);
  return `${before}${words.with(place, words[place]?.replace(item, value) ?? '').join(' ')}${behind}`;
}

test('what is said of a large step says the same: with the value in its place nothing is sent otherwise', () => {
  let replaced = 0;
  const written = fc.oneof(frequentCron, midnightCron, frequentEventBridge, midnightEventBridge);
  fc.assert(
    fc.property(written, (cron) => {
      const says = describeLargeSteps(cron);
      fc.pre(says !== undefined);
      const [, item = '', field = '', value = ''] = /^(\S+) in the ([a-z ]+) is (\d+) alone/.exec(says ?? '') ?? [];
      const plain = replaceIn(cron, field, { item, value });
      // Of cron's day fields one that begins with a star asks for both, and a value does not.
      fc.pre(!item.startsWith('*') || /^(cron\(|\S+ \S+ \* \S+ \S+$|.* \*$)/.test(cron));
      replaced += 1;
      const instants = (text: string) => {
        const timetable = readWhen({ cron: text }, 'UTC');
        let after = Date.UTC(2027, 0, 1) as Parameters<typeof timetable.next>[0];
        return Array.from({ length: 20 }, () => {
          after = timetable.next(after) ?? after;
          return after;
        });
      };
      expect(instants(plain)).toEqual(instants(cron));
    }),
    { numRuns: 200, examples: [['*/39 */39,0-0 * * *']] },
  );
  expect(replaced).toBeGreaterThan(100);
});
