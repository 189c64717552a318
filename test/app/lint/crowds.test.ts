import { expect, test } from 'vitest';
import { defineJob, schedule } from '../../../lib/entry/belfry.ts';
import type { Schedules } from '../../../lib/job/schedule.ts';
import { warningsOf } from './support.ts';

/** Schedules of a job each, named from `a` on. */
function entries(count: number, options: object, first = 'a'): Schedules {
  const ids = Array.from({ length: count }, (_, index) => String.fromCharCode(first.charCodeAt(0) + index));
  const jobOf = (id: string) => defineJob(id, { timeout: '10 seconds', retry: { maxAttempts: 1 }, run() {} });
  return Object.fromEntries(ids.map((id) => [id, schedule(jobOf(id), options as never)]));
}

const midnight = { cron: '0 0 * * *' };

test('crowded-minute: eleven schedules in one minute are told of once', () => {
  expect(warningsOf({ schedules: entries(11, midnight) })).toEqual([
    `infra/schedules.ts: on Sat 2027-01-16 00:00 UTC 11 schedules are due in one minute ("a", "b", "c" and 8 more), and their functions start at once; give them other minutes, write spread: '10 minutes', or keep it with acknowledge: { 'crowded-minute': '<reason>' } in each`,
  ]);
});

test('crowded-minute: ten are no crowd', () => {
  expect(warningsOf({ schedules: entries(10, midnight) })).toEqual([]);
});

test('crowded-minute: the same minute of different zones is one', () => {
  const schedules = {
    ...entries(6, midnight),
    ...entries(5, { cron: '0 1 * * *', timezone: 'Europe/Berlin' }, 'g'),
  };

  expect(warningsOf({ schedules })).toEqual([expect.stringContaining('11 schedules are due in one minute')]);
});

test('crowded-minute: the fullest minute of the week is named, and one that has other schedules', () => {
  const schedules = {
    ...entries(11, { every: '1 hour' }),
    ...entries(2, { cron: '0 6 * * mon' }, 'l'),
    ...entries(11, { cron: '30 7 * * *' }, 'n'),
  };

  expect(warningsOf({ schedules })).toEqual([
    expect.stringContaining(
      'on Mon 2027-01-18 06:00 UTC 13 schedules are due in one minute ("a", "b", "c" and 10 more)',
    ),
    expect.stringContaining(
      'on Sat 2027-01-16 07:30 UTC 11 schedules are due in one minute ("n", "o", "p" and 8 more)',
    ),
  ]);
});

test.each([
  ['is spread', { ...midnight, spread: '10 minutes' }],
  ['acknowledges it', { ...midnight, acknowledge: { 'crowded-minute': 'all is small' } }],
  ['is switched off', { ...midnight, enabled: false }],
  ['is skipped by a calendar all week', { ...midnight, except: '2027-01-01/2027-12-31' }],
  ['is over', { at: '2027-01-01T00:00' }],
  ['is due another week', { at: '2027-01-23T00:00' }],
])('crowded-minute: the eleventh does not count where it %s', (_, options) => {
  expect(warningsOf({ schedules: { ...entries(10, midnight), ...entries(1, options, 'k') } })).toEqual([]);
});
