import { expect, test } from 'vitest';
import { defineJob } from '../../../lib/entry/belfry.ts';
import { warningsOfEntry } from './support.ts';

test('tiny-max-lateness: a daily schedule whose entry gives a run little time to start', () => {
  expect(warningsOfEntry({ cron: '0 12 * * *', maxLateness: '5 minutes' })).toEqual([
    `infra/schedules.ts: schedule "x": a run that starts more than 5 minutes late (maxLateness) is skipped, and the next is due after 1 day at the soonest; write 15 minutes or more, leave maxLateness out, or keep it with acknowledge: { 'tiny-max-lateness': '<reason>' }`,
  ]);
});

test('tiny-max-lateness: the job is named where its own setting is what counts', () => {
  const job = defineJob('strict', { maxLateness: '14 minutes', run() {} });

  expect(warningsOfEntry({ at: '2027-06-01T12:00' }, { job })).toEqual([
    expect.stringContaining(
      'a run that starts more than 14 minutes late (maxLateness, job "strict") is skipped; write',
    ),
  ]);
  expect(warningsOfEntry({ cron: '0 12 * * *', maxLateness: '1 hour' }, { job })).toEqual([]);
});

test.each([
  ['Europe/Berlin', '23 hours'],
  ['Antarctica/Troll', '22 hours'],
])('tiny-max-lateness: daily in a zone with daylight saving is still daily: %s', (timezone, length) => {
  const options = { cron: '0 12 * * *', timezone, maxLateness: '1 minute' as const };

  expect(warningsOfEntry(options)).toEqual([expect.stringContaining(`due after ${length} at the soonest`)]);
});

test.each([
  ['leaves enough time', { cron: '0 12 * * *', maxLateness: '15 minutes' as const }],
  ['is due again soon', { every: '12 hours' as const, maxLateness: '1 minute' as const }],
  ['says nothing of lateness', { cron: '0 12 * * *' }],
  [
    'says why',
    { cron: '0 12 * * *', maxLateness: '1 minute' as const, acknowledge: { 'tiny-max-lateness': 'a bell' } },
  ],
])('tiny-max-lateness: silent where a schedule %s', (_, options) => {
  expect(warningsOfEntry(options)).toEqual([]);
});
