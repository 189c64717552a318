import { describe, expect, test } from 'vitest';
import { defineJob, schedule } from '../../../lib/entry/belfry.ts';
import { warningsOf, warningsOfEntry } from './support.ts';

const withTimeout = (timeout: `${number} minutes`, overlap: 'skip' | 'allow' = 'skip') =>
  defineJob('long', { timeout, overlap, retry: { maxAttempts: 1 }, run() {} });

describe('interval-shorter-than-timeout', () => {
  test('names both times and what becomes of what is due meanwhile', () => {
    expect(warningsOfEntry({ every: '5 minutes' }, { job: withTimeout('6 minutes') })).toEqual([
      `infra/schedules.ts: schedule "x": it may be due again after 5 minutes, and a run may take 6 minutes (the job's timeout): with overlap: 'skip' what is due meanwhile is skipped; shorten the timeout, make it due less often, or keep it with acknowledge: { 'interval-shorter-than-timeout': '<reason>' }`,
    ]);
  });

  test('says that runs go side by side where that is allowed', () => {
    expect(warningsOfEntry({ every: '5 minutes' }, { job: withTimeout('6 minutes', 'allow') })).toEqual([
      expect.stringContaining("with overlap: 'allow' both run at once"),
    ]);
  });

  test('looks for the shortest of uneven times between runs', () => {
    expect(warningsOfEntry({ cron: '0,4 2 * * *' }, { job: withTimeout('5 minutes') })).toEqual([
      expect.stringContaining('it may be due again after 4 minutes'),
    ]);
  });

  test.each([
    ['as long as the timeout', { every: '5 minutes' as const }],
    ['acknowledged', { every: '1 minute' as const, acknowledge: { 'interval-shorter-than-timeout': 'usually 3 s' } }],
    ['none, as it is due once', { at: '2027-06-01T02:00' }],
  ])('is silent where the time between runs is %s', (_, options) => {
    expect(warningsOfEntry(options, { job: withTimeout('5 minutes') })).toEqual([]);
  });
});

describe('schedules of one job', () => {
  const job = withTimeout('5 minutes');
  const both = (cron: string, options: object = {}) => ({
    first: schedule(job, { cron: '0 2 * * *' }),
    second: schedule(job, { cron, ...options }),
  });

  test('that are due at once: the later entry is told', () => {
    expect(warningsOf({ schedules: both('0 2 * * *') })).toEqual([
      `infra/schedules.ts: schedule "second": on Sat 2027-01-16 02:00 UTC it is due at the same time as schedule "first" of the same job, and a run may take 5 minutes (the job's timeout): with overlap: 'skip' what is due meanwhile is skipped; put them further apart, allow overlap, or keep it with acknowledge: { 'interval-shorter-than-timeout': '<reason>' }`,
    ]);
  });

  test('that are due sooner after one another than a run may take', () => {
    expect(warningsOf({ schedules: both('4 2 * * *') })).toEqual([
      expect.stringContaining(
        'schedule "second": on Sat 2027-01-16 02:04 UTC it is due 4 minutes after schedule "first"',
      ),
    ]);
  });

  test('that meet where one runs after a gap', () => {
    const [timezone, acknowledge] = ['Europe/Berlin', { 'dst-repeat': 'once is right' }];
    const schedules = {
      gap: schedule(job, { cron: '30 2 * * *', timezone, dst: 'runAfterGap', acknowledge }),
      three: schedule(job, { cron: '0 3 * * *', timezone }),
    };

    expect(warningsOf({ schedules, now: '2027-03-25T00:00:00Z' })).toEqual([
      expect.stringContaining(
        'schedule "three": on Sun 2027-03-28 01:00 UTC it is due at the same time as schedule "gap"',
      ),
    ]);
    expect(warningsOf({ schedules, now: '2027-03-01T00:00:00Z' })).toEqual([]);
  });

  test.each([
    ['are far enough apart', both('5 2 * * *')],
    ['never meet on a day', both('0 2 * * *', { except: '2027-01-01/2027-12-31' })],
    ['acknowledge it', both('0 2 * * *', { acknowledge: { 'interval-shorter-than-timeout': 'either will do' } })],
    ['are not both switched on', both('0 2 * * *', { enabled: ['prod'] })],
  ])('are left alone where they %s', (_, schedules) => {
    expect(warningsOf({ schedules })).toEqual([]);
  });

  test('are left alone where overlap is allowed', () => {
    const allowed = withTimeout('5 minutes', 'allow');
    const entry = schedule(allowed, { cron: '0 2 * * *' });

    expect(warningsOf({ schedules: { first: entry, second: entry } })).toEqual([]);
  });
});

describe('retries-outlast-interval', () => {
  const retried = defineJob('long', { run() {} });

  test('adds up attempts and waits', () => {
    expect(warningsOfEntry({ every: '4 minutes' }, { job: retried })).toEqual([
      `infra/schedules.ts: schedule "x": it may be due again after 4 minutes, and a run that is retried may take 270 seconds (3 attempts of 1 minute and 90 seconds of waits): with overlap: 'skip' what is due meanwhile is skipped; retry less, shorten the timeout, make it due less often, or keep it with acknowledge: { 'retries-outlast-interval': '<reason>' }`,
    ]);
  });

  test('takes each wait up to its limit', () => {
    const backoff = { initial: '10 minutes', factor: 10, max: '20 minutes' } as const;
    const job = defineJob('long', { timeout: '10 seconds', retry: { maxAttempts: 4, backoff }, run() {} });

    expect(warningsOfEntry({ every: '30 minutes' }, { job })).toEqual([
      expect.stringContaining('(4 attempts of 10 seconds and 50 minutes of waits)'),
    ]);
    expect(warningsOfEntry({ every: '1 hour' }, { job })).toEqual([]);
  });

  test('is silent where one attempt is too long already: that is said instead', () => {
    const acknowledge = { 'interval-shorter-than-timeout': 'usually 3 s' };
    const job = defineJob('long', { timeout: '5 minutes', run() {} });

    expect(warningsOfEntry({ every: '4 minutes', acknowledge }, { job })).toEqual([]);
  });

  test.each([
    ['all attempts fit', { every: '5 minutes' as const }],
    ['it is acknowledged', { every: '4 minutes' as const, acknowledge: { 'retries-outlast-interval': 'rare' } }],
    ['it is due once', { at: '2027-06-01T02:00' }],
  ])('is silent where %s', (_, options) => {
    expect(warningsOfEntry(options, { job: retried })).toEqual([]);
  });
});
