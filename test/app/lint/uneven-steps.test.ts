import { describe, expect, test } from 'vitest';
import { describeUnevenSteps } from '../../../lib/app/lint/uneven-steps.ts';
import { notesOfEntry, warningsOfEntry } from './support.ts';

describe('of a step that does not divide the hour or the day is said when it is due', () => {
  test.each([
    [
      '*/45 * * * *',
      '*/45 in the minute is 0, 45, counted anew each hour: 45 minutes apart, and the last and the next 15 minutes; even are the steps 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30',
    ],
    [
      '0 */5 * * *',
      '*/5 in the hour is 0, 5, 10, 15, 20, counted anew each day: 5 hours apart, and the last and the next 4 hours; even are the steps 1, 2, 3, 4, 6, 8, 12',
    ],
    [
      'cron(10/25 9-17 * * ? *)',
      '10/25 in the minute is 10, 35, counted anew each hour: 25 minutes apart, and the last and the next 35 minutes; even are the steps 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30',
    ],
    ['*/59 * * * *', expect.stringContaining('the last and the next 1 minute; even')],
    ['0 */9 * * mon-fri', expect.stringContaining('*/9 in the hour is 0, 9, 18, counted anew each day')],
  ])('%s', (cron, says) => {
    expect(describeUnevenSteps(cron)).toEqual(says);
  });

  test.each([
    '*/15 * * * *',
    '0 */8 * * *',
    'cron(5/20 * * * ? *)',
    '0 9-17/5 * * *',
    '*/45,50 * * * *',
    '*/90 * * * *',
    '*/45 3 * * *',
    '*/45 */2 * * *',
    '0 */5 1 * *',
    '0 */5 * * 1',
    '0 0 */2 * *',
    '@daily',
  ])('and nothing of %s', (cron) => {
    expect(describeUnevenSteps(cron)).toBeUndefined();
  });
});

test('it is a note at synth: nothing has to be acknowledged', () => {
  expect(notesOfEntry({ cron: '*/45 * * * *' })).toEqual([
    expect.stringMatching(
      /^infra\/schedules\.ts: schedule "x": \*\/45 in the minute is 0, 45, counted anew each hour: /,
    ),
  ]);
  expect(warningsOfEntry({ cron: '*/45 * * * *' })).toEqual([]);
  expect(notesOfEntry({ cron: '*/15 * * * *' })).toEqual([]);
});
