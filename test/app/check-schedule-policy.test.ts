import { describe, expect, test } from 'vitest';
import { defineJob } from '../../lib/entry/belfry.ts';
import { HOUR, MINUTE } from '../../lib/units.ts';
import { checkEntry, problemOf } from './support.ts';

const daily = { cron: '0 2 * * *' };

describe('an entry that says nothing of a setting', () => {
  test('skips what clocks skip, makes up for nothing, is fired at once and on every day', () => {
    expect(checkEntry(daily).policy).toEqual({
      maxLateness: 24 * HOUR,
      catchUp: 0,
      spread: 0,
      dst: 'skip',
      except: [],
      only: [],
    });
  });

  test.each([
    ['the time between two due times', { every: '1 hour' }, 60],
    ['at least 10 minutes', { every: '1 minute' }, 10],
    ['at most a day', { cron: '0 2 * * 1' }, 24 * 60],
    ['a day where it is due once', { at: '2027-07-01T02:00' }, 24 * 60],
    ['the shortest of uneven times', { cron: '0,45 2 * * *' }, 45],
  ])('may be late by %s', (_, when, minutes) => {
    expect(checkEntry(when).policy.maxLateness).toBe(minutes * MINUTE);
  });

  test('may be late by what its job says', () => {
    const job = defineJob('nightly', { maxLateness: '2 hours', run() {} });

    expect(checkEntry(daily, { job }).policy.maxLateness).toBe(2 * HOUR);
    expect(checkEntry({ ...daily, maxLateness: '3 hours' }, { job }).policy.maxLateness).toBe(3 * HOUR);
  });
});

test('every setting is read', () => {
  const options = {
    ...daily,
    timezone: 'Europe/Berlin',
    maxLateness: '90 minutes',
    catchUp: { all: 7 },
    spread: '1.5 hours',
    dst: 'runAfterGap',
    pingUrl: 'https://hc.example.com/ping/1',
    acknowledge: { 'dst-gap': 'it is fine' },
  };

  expect(checkEntry(options).policy).toEqual({
    maxLateness: 90 * MINUTE,
    catchUp: 7,
    spread: 90 * MINUTE,
    dst: 'runAfterGap',
    except: [],
    only: [],
    pingUrl: 'https://hc.example.com/ping/1',
  });
  expect(checkEntry({ ...daily, catchUp: 'latest' }).policy.catchUp).toBe(1);
  expect(checkEntry({ ...daily, catchUp: 'none' }).policy.catchUp).toBe(0);
});

const DURATIONS = "write a number and a unit, such as '10 minutes' or '2 hours'";

describe('a setting that is not allowed', () => {
  test.each<[string, object, string]>([
    ['a number for a lateness', { maxLateness: 15 }, `maxLateness 15 is not a duration; ${DURATIONS}`],
    ['a lateness without a unit', { maxLateness: '15' }, `maxLateness "15" is not a duration; ${DURATIONS}`],
    ['no lateness at all', { maxLateness: null }, `maxLateness null is not a duration; ${DURATIONS}`],
    [
      'a lateness of seconds',
      { maxLateness: '59 seconds' },
      'maxLateness "59 seconds" is out of bounds; allowed are 1 minute to 24 hours',
    ],
    [
      'a lateness of days',
      { maxLateness: '2 days' },
      'maxLateness "2 days" is out of bounds; allowed are 1 minute to 24 hours',
    ],
    [
      'a spread of half a minute',
      { spread: '90 seconds' },
      `spread "90 seconds" is not whole minutes, in which EventBridge counts it; write '2 minutes'`,
    ],
    ['a spread without a unit', { spread: '10' }, `spread "10" is not a duration; ${DURATIONS}`],
    [
      'no spread at all',
      { spread: '0 minutes' },
      'spread "0 minutes" is out of bounds; allowed are 1 minute to 24 hours',
    ],
    [
      'a spread as long as the time between',
      { spread: '1 day' },
      "spread '1 day' is not shorter than the time between two due times, 1 day: a due time could be fired after the next; write less, or leave it out",
    ],
    [
      'an unknown catch-up',
      { catchUp: 'all' },
      `catchUp "all" is unknown; allowed are 'none', 'latest' and { all: 1 to 100 }`,
    ],
    ['a catch-up of none', { catchUp: { all: 0 } }, 'catchUp.all 0 is out of bounds; allowed are 1 to 100'],
    ['a catch-up of too many', { catchUp: { all: 101 } }, 'catchUp.all 101 is out of bounds; allowed are 1 to 100'],
    ['a catch-up of a half', { catchUp: { all: 1.5 } }, 'catchUp.all 1.5 is not a whole number; allowed are 1 to 100'],
    ['a catch-up of something else', { catchUp: { latest: 3 } }, 'catchUp.latest is not a field; allowed are all'],
    ['a catch-up with a slip', { catchUp: { al: 5 } }, 'catchUp.al is not a field; write catchUp.all'],
    [
      'a catch-up of nothing',
      { catchUp: {} },
      `catchUp an object is unknown; allowed are 'none', 'latest' and { all: 1 to 100 }`,
    ],
    [
      'a catch-up by yes',
      { catchUp: true },
      `catchUp true is unknown; allowed are 'none', 'latest' and { all: 1 to 100 }`,
    ],
    ['an unknown choice for clock changes', { dst: 'run' }, `dst "run" is unknown; allowed are 'skip', 'runAfterGap'`],
    [
      'an address without a scheme',
      { pingUrl: 'hc.example.com' },
      'pingUrl "hc.example.com" is not a URL to call; write one that begins with https://',
    ],
    [
      'an address of a file',
      { pingUrl: 'file:///etc/passwd' },
      'pingUrl "file:///etc/passwd" is not a URL to call; write one that begins with https://',
    ],
    [
      'an address with a password',
      { pingUrl: 'https://me:secret@hc.example.com/1' },
      'pingUrl names a user or a password, which fetch does not take in a URL; write a URL without',
    ],
    ['an address that is none', { pingUrl: 7 }, 'pingUrl 7 is not a URL to call; write one that begins with https://'],
    [
      'an acknowledgement by a list',
      { acknowledge: ['dst-gap'] },
      "acknowledge a list is not an object; write { '<warning>': '<reason>' }",
    ],
    [
      'an acknowledgement by name',
      { acknowledge: 'dst-gap' },
      `acknowledge "dst-gap" is not an object; write { '<warning>': '<reason>' }`,
    ],
    [
      'an acknowledgement of what is no warning',
      { acknowledge: { 'dst-gaps': 'fine' } },
      'acknowledge names the warning "dst-gaps", which is none; there are dst-gap, dst-repeat, interval-shorter-than-timeout, retries-outlast-interval, crowded-minute, tiny-max-lateness, calendar-ends, never-runs, large-step, old-zone-data',
    ],
    [
      'an acknowledgement without a reason',
      { acknowledge: { 'dst-gap': ' ' } },
      'acknowledge gives no reason for dst-gap; write one, for the next reader of the entry',
    ],
    [
      'an acknowledgement by yes',
      { acknowledge: { 'dst-gap': true } },
      'acknowledge gives no reason for dst-gap; write one, for the next reader of the entry',
    ],
  ])('%s', (_, settings, problem) => {
    expect(problemOf({ ...daily, ...settings })).toBe(`infra/schedules.ts: schedule "daily": ${problem}`);
  });

  test.each([
    { every: '1 day', dst: 'skip' },
    { at: '2027-07-01T02:00', dst: 'runAfterGap' },
  ])('clock changes beside anything but cron: %o', (options) => {
    expect(problemOf(options)).toBe(
      'infra/schedules.ts: schedule "daily": dst goes with cron only: every counts in UTC, and at is refused where the clocks skip it; leave it out',
    );
  });

  test('all of an entry is told at once', () => {
    const wrong = {
      ...daily,
      maxLateness: 1,
      spread: 2,
      catchUp: 3,
      dst: 4,
      pingUrl: 5,
      acknowledge: 6,
      except: 7,
      only: 8,
    };

    const named = problemOf(wrong)
      .split('\n')
      .map((line) => /^infra\/schedules\.ts: schedule "daily": (\w+) /.exec(line)?.[1]);

    expect(named.sort()).toEqual([
      'acknowledge',
      'catchUp',
      'dst',
      'except',
      'maxLateness',
      'only',
      'pingUrl',
      'spread',
    ]);
  });
});

test('the lateness of a job is held to the same bounds', () => {
  const job = defineJob('nightly', { maxLateness: '30 seconds', run() {} });

  expect(problemOf(daily, { job })).toContain(
    `functions/nightly.ts: job "nightly": maxLateness '30 seconds' is out of bounds; allowed are 1 minute to 24 hours`,
  );
});
