import { describe, expect, test } from 'vitest';
import { calendar } from '../../../lib/entry/belfry.ts';
import { warningsOfEntry } from './support.ts';

const daily = { cron: '0 12 * * *' };
const holidays = calendar('holidays', ['2027-04-01', '2027-03-26/2027-03-29', '2027-04-05/2027-04-15']);

describe('calendar-ends: a calendar of except', () => {
  test.each([
    ['2027-01-15T00:00:00Z', 'ends on 2027-04-15: later due times are not skipped'],
    ['2027-04-15T23:59:00Z', 'ends on 2027-04-15: later due times are not skipped'],
    ['2027-04-16T00:00:00Z', 'ended on 2027-04-15: due times are not skipped'],
    ['2030-01-01T00:00:00Z', 'ended on 2027-04-15: due times are not skipped'],
  ])('speaks from 90 days before its end on: %s', (now, finding) => {
    expect(warningsOfEntry({ ...daily, except: holidays }, { now })).toEqual([
      `infra/schedules.ts: schedule "x": calendar "holidays" of except ${finding}; add the days to come, or keep it with acknowledge: { 'calendar-ends': '<reason>' }`,
    ]);
  });

  test.each([
    ['there is time', { ...daily, except: holidays }, '2027-01-14T23:59:00Z'],
    ['it is acknowledged', { ...daily, except: holidays, acknowledge: { 'calendar-ends': 'one summer' } }, undefined],
    [
      'the schedule ends too',
      { cron: 'cron(0 12 ? 4 * 2027)', except: calendar('a', ['2027-04-30']) },
      '2027-04-01T00:00:00Z',
    ],
    [
      'the day stands in the entry itself',
      { ...daily, except: ['2027-02-01', '2027-02-03/2027-02-05'] as const },
      undefined,
    ],
  ])('is silent where %s', (_, options, now) => {
    expect(warningsOfEntry(options, now === undefined ? {} : { now })).toEqual([]);
  });

  test('each is named that ends', () => {
    const except = [holidays, calendar('far', ['2029-01-01']), calendar('summer', ['2027-02-01'])];

    expect(warningsOfEntry({ ...daily, except })).toEqual([
      expect.stringMatching(
        /^[^;]*"holidays" of except ends on 2027-04-15[^;]*; calendar "summer" of except ends on 2027-02-01[^;]*; add/,
      ),
    ]);
  });

  test('a file is no different', () => {
    const options = { ...daily, except: calendar('closed', { ics: 'infra/closed.ics' }) };

    expect(warningsOfEntry(options, { readCalendarFile: () => ['2027-02-01'] })).toEqual([
      expect.stringContaining('calendar "closed" of except ends on 2027-02-01'),
    ]);
  });
});

describe('never-runs', () => {
  const saturdays = { cron: '0 16 * * sat', timezone: 'Europe/Berlin' };

  test('speaks where no due time is on a day of only, and leaves out that it ends', () => {
    expect(warningsOfEntry({ ...saturdays, only: '2027-12-24' })).toEqual([
      `infra/schedules.ts: schedule "x": no run is to come in the next nine years: no due time is on a day of only ("2027-12-24", up to Fri 2027-12-24); correct the days or the due times, or keep it with acknowledge: { 'never-runs': '<reason>' }`,
    ]);
  });

  test.each<[string, Parameters<typeof warningsOfEntry>[0], string]>([
    ['only is over', { ...daily, only: '2027-01-15' }, 'only ("2027-01-15", up to Fri 2027-01-15);'],
    [
      'except takes all that only leaves',
      { ...daily, only: '2027-12-24', except: '2027-12-24' },
      'only ("2027-12-24", up to Fri 2027-12-24) that except ("2027-12-24") leaves;',
    ],
    [
      'except takes all',
      { every: '5 minutes', except: calendar('closed', ['2027-01-01/2099-12-31']) },
      'next nine years: except ("closed") skips every due time;',
    ],
    ['except takes the one', { at: '2027-12-24T09:00', except: '2027-12-24' }, 'except ("2027-12-24") skips'],
    [
      'the day is another in the zone',
      { at: '2027-12-24T23:30', timezone: 'Asia/Tokyo', only: '2027-12-25' },
      'no run is to come',
    ],
  ])('speaks where %s', (_, options, finding) => {
    expect(warningsOfEntry(options)).toEqual([expect.stringContaining(finding)]);
  });

  test.each<[string, Parameters<typeof warningsOfEntry>[0]]>([
    ['one due time is left', { ...saturdays, only: ['2027-12-24/2027-12-25', '2030-01-01'] }],
    ['it is due each minute, and runs on one day far ahead', { every: '1 minute', only: ['2030-05-01', '2034-05-01'] }],
    [
      'the first day after years begins where clocks skip midnight',
      {
        cron: '0 1 25 4 *',
        timezone: 'Africa/Cairo',
        only: '2031-04-25',
        acknowledge: { 'dst-gap': 'never' },
      },
    ],
    ['it says why', { ...saturdays, only: '2027-12-24', acknowledge: { 'never-runs': 'a switch' } }],
  ])('is silent where %s', (_, options) => {
    expect(warningsOfEntry(options)).toEqual([]);
  });
});

describe('calendar-ends: only', () => {
  const season = calendar('season', ['2027-05-01/2027-07-14']);

  test('speaks from 180 days before its end on', () => {
    expect(warningsOfEntry({ ...daily, only: season }, { now: '2027-01-15T12:00:00Z' })).toEqual([
      `infra/schedules.ts: schedule "x": only ("season") ends on 2027-07-14: after it every due time is skipped; add the days to come, or keep it with acknowledge: { 'calendar-ends': '<reason>' }`,
    ]);
  });

  test('is silent while another calendar, or a day in the entry, goes on', () => {
    expect(warningsOfEntry({ ...daily, only: season }, { now: '2027-01-14T12:00:00Z' })).toEqual([]);
    expect(warningsOfEntry({ ...daily, only: [season, '2028-05-01/2028-07-14'] })).toEqual([]);
  });
});
