import { describe, expect, test } from 'vitest';
import { warningsOfEntry } from './support.ts';

const BERLIN = { timezone: 'Europe/Berlin' };

describe('dst-gap', () => {
  test('names the day, the time and the jump of a run that clocks skip in the coming year', () => {
    expect(warningsOfEntry({ cron: '30 2 * * *', ...BERLIN, acknowledge: { 'dst-repeat': 'once is right' } })).toEqual([
      `infra/schedules.ts: schedule "x": on Sun 2027-03-28 Europe/Berlin has no 02:30 (clocks go from 02:00 to 03:00): the run is left out that day; choose a time that every day has, write dst: 'runAfterGap' for one run as soon as the clocks have changed, or keep it with acknowledge: { 'dst-gap': '<reason>' }`,
    ]);
  });

  test.each([
    ['is acknowledged', { cron: '30 2 * * *', ...BERLIN, acknowledge: { 'dst-gap': 'a', 'dst-repeat': 'b' } }],
    ['runs after the gap', { cron: '30 2 28 3 *', ...BERLIN, dst: 'runAfterGap' as const }],
    ['is due before the gap', { cron: '59 1 28 3 *', ...BERLIN }],
    ['is due right after the gap', { cron: '0 3 28 3 *', ...BERLIN }],
    ['is due on another day of the week', { cron: '30 2 * * mon-sat', ...BERLIN }],
    ['is skipped on that day anyway', { cron: '30 2 28 3 *', ...BERLIN, except: '2027-03-28' as const }],
    ['is in a zone without clock changes', { cron: '30 2 * * *', timezone: 'Asia/Tokyo' }],
    ['is in UTC', { cron: '30 2 * * *' }],
  ])('is silent where the schedule %s', (_, options) => {
    expect(warningsOfEntry(options)).toEqual([]);
  });

  test.each([
    ['every five minutes', '*/5 * 28 3 *'],
    ['every hour', '30 * 28 3 *'],
    ['twice an hour, unevenly', '0,10 * 28 3 *'],
    ['at the full hours around the gap', '0 1,2,3 28 3 *'],
  ])('is silent where the schedule is due %s: no time between runs is longer than on other days', (_, cron) => {
    expect(warningsOfEntry({ cron, ...BERLIN })).toEqual([]);
  });

  test.each([
    ['every two hours', '0 */2 28 3 *', '02:00'],
    ['twice a day', '0 2,14 28 3 *', '02:00'],
    ['in the two hours from the gap on', '0,30 2-3 28 3 *', '02:00, 02:30'],
    ['in the gap only, many times', '*/10 2 28 3 *', '02:00 to 02:50'],
  ])('speaks where the schedule is due %s', (_, cron, times) => {
    expect(warningsOfEntry({ cron, ...BERLIN })).toEqual([
      expect.stringContaining(`on Sun 2027-03-28 Europe/Berlin has no ${times} (clocks`),
    ]);
  });

  test('knows jumps of half an hour', () => {
    expect(warningsOfEntry({ cron: '15 2 3 10 *', timezone: 'Australia/Lord_Howe' })).toEqual([
      expect.stringContaining(
        'on Sun 2027-10-03 Australia/Lord_Howe has no 02:15 (clocks go from 02:00 to 02:30): the run is left out',
      ),
    ]);
  });

  test.each([
    [
      'after the one of this year',
      '30 2 * 3 *',
      '2027-03-28T01:00:00Z',
      [expect.stringContaining('on Sun 2028-03-26')],
    ],
    ['before it', '30 2 * 3 *', '2027-02-01T00:00:00Z', [expect.stringContaining('on Sun 2027-03-28')]],
    ['more than a year before it', 'cron(30 2 * 3 ? 2027)', '2026-03-01T00:00:00Z', []],
  ])('looks a year ahead: %s', (_, cron, now, warnings) => {
    expect(warningsOfEntry({ cron, ...BERLIN }, { now })).toEqual(warnings);
  });
});

describe('dst-repeat', () => {
  test('says that a repeated time runs once', () => {
    expect(warningsOfEntry({ cron: '30 2 * 10 *', ...BERLIN })).toEqual([
      `infra/schedules.ts: schedule "x": on Sun 2027-10-31 Europe/Berlin has 02:30 twice (clocks go back from 03:00 to 02:00): it runs once, the first time; choose a time that every day has once, count in UTC, or keep it with acknowledge: { 'dst-repeat': '<reason>' }`,
    ]);
  });

  test.each([
    ['*/5 * 31 10 *', '02:00 to 02:55 twice', 'each runs once, the first time, then nothing for 65 minutes;'],
    ['30 * 31 10 *', '02:30 twice', 'it runs once, the first time, then nothing for 2 hours;'],
    ['0,30 * 31 10 *', '02:00, 02:30 twice', 'each runs once, the first time, then nothing for 90 minutes;'],
  ])('says how long a schedule that is due often pauses: %s', (cron, times, pause) => {
    const [warning, ...others] = warningsOfEntry({ cron, ...BERLIN });

    expect(others).toEqual([]);
    expect(warning).toContain(`on Sun 2027-10-31 Europe/Berlin has ${times}`);
    expect(warning).toContain(pause);
  });

  test.each([
    ['is acknowledged', { cron: '30 2 31 10 *', ...BERLIN, acknowledge: { 'dst-repeat': 'once is right' } }],
    ['is due when the repeat is over', { cron: '0 3 31 10 *', ...BERLIN }],
    ['is due before the repeat', { cron: '59 1 31 10 *', ...BERLIN }],
    ['is skipped on that day anyway', { cron: '30 2 31 10 *', ...BERLIN, only: '2027-11-01/2029-11-01' as const }],
    ['counts in UTC', { every: '5 minutes' as const }],
  ])('is silent where the schedule %s', (_, options) => {
    expect(warningsOfEntry(options)).toEqual([]);
  });

  test('is not silenced by the acknowledgement of a gap', () => {
    const options = { cron: '30 2 * * *', ...BERLIN, acknowledge: { 'dst-gap': 'the next day is enough' } };

    expect(warningsOfEntry(options)).toEqual([expect.stringContaining('02:30 twice')]);
  });
});
