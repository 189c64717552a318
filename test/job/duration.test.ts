import { describe, expect, test } from 'vitest';
import { durationFormat, formatDuration, readDuration } from '../../lib/job/duration.ts';
import { milliseconds } from '../../lib/units.ts';

describe('a duration', () => {
  test.each([
    ['1 second', 1000],
    ['90 seconds', 90_000],
    ['1.5 hours', 5_400_000],
    ['0 seconds', 0],
    ['30 days', 2_592_000_000],
  ])('%s is %d ms', (text, length) => {
    expect(readDuration(text)).toBe(length);
  });

  test.each([
    30,
    '30',
    '30s',
    '30  seconds',
    ' 30 seconds',
    '-5 minutes',
    '1e3 seconds',
    'five minutes',
    '5 Minutes',
    '',
    null,
    undefined,
    {},
  ])('is not %j', (value) => {
    expect(readDuration(value)).toBeUndefined();
  });

  test.each([
    [60_000, '1 minute'],
    [5_400_000, '90 minutes'],
    [1500, '1.5 seconds'],
    [86_400_000, '1 day'],
    [0, '0 seconds'],
  ])('%d ms reads %s', (length, text) => {
    expect(formatDuration(milliseconds(length))).toBe(text);
    expect(readDuration(text)).toBe(length);
  });
});

test.each([
  [{ min: '1 minute', max: '1 hour' }, "'10 minutes'"],
  [{ min: '1 minute', max: '24 hours' }, "'10 minutes' or '2 hours'"],
  [{ min: '30 days', max: '400 days' }, "'90 days'"],
] as const)('the examples of a message are within %o', (bounds, examples) => {
  expect(durationFormat(bounds)).toBe(`a number and a unit, such as ${examples}`);
});
