import { describe, expect, test } from 'vitest';
import { calendar } from '../../lib/entry/belfry.ts';
import { checkEntry, problemOf, untyped } from './support.ts';

const daily = { cron: '0 2 * * *' };
const DAYS = "'2027-12-24', or a range with both ends included, '2027-12-24/2027-12-31'";

describe('days are read', () => {
  test('one, a range, a list, and calendars among them, each under its name', () => {
    const holidays = calendar('holidays', ['2027-12-31', '2027-12-24/2027-12-26', '2027-12-31']);

    expect(
      checkEntry({ ...daily, except: ['2027-05-01', holidays], only: '2027-01-01/2028-12-31' }).policy,
    ).toMatchObject({
      except: [
        { name: '2027-05-01', days: ['2027-05-01'] },
        { name: 'holidays', days: ['2027-12-24/2027-12-26', '2027-12-31'] },
      ],
      only: [{ name: '2027-01-01/2028-12-31', days: ['2027-01-01/2028-12-31'] }],
    });
  });

  test('from a file, by its path', () => {
    const paths: string[] = [];
    const readCalendarFile = (path: string) => {
      paths.push(path);
      return ['2027-12-24'];
    };
    const closed = calendar('closed', { ics: 'infra/closed.ics' });

    const { policy } = checkEntry({ ...daily, except: closed }, { readCalendarFile });

    expect(policy.except).toEqual([{ name: 'closed', days: ['2027-12-24'] }]);
    expect(paths).toEqual(['infra/closed.ics']);
  });
});

describe('days that are none are pointed at', () => {
  test.each<[string, unknown, string]>([
    [
      'in another order',
      '24.12.2027',
      `except "24.12.2027": not a date; write ${DAYS}
                                              ^^^^^^^^^^`,
    ],
    [
      'in a month that no year has',
      '2027-13-01',
      `except "2027-13-01": there is no month 13; allowed are 01 to 12
                                                   ^^`,
    ],
    [
      'after the end of their month',
      '2027-02-29',
      `except "2027-02-29": there is no such day; 2027-02 has 28 days
                                                      ^^`,
    ],
    [
      'at the far end of a range',
      '2027-12-24/2027-12-32',
      `except "2027-12-24/2027-12-32": there is no such day; 2027-12 has 31 days
                                                                 ^^`,
    ],
    [
      'in a range without an end',
      '2027-12-24/',
      `except "2027-12-24/": the range has no end; write ${DAYS}
                                                         ^`,
    ],
    [
      'in a range with three ends',
      '2027-12-24/2027-12-25/2027-12-26',
      `except "2027-12-24/2027-12-25/2027-12-26": a range has two ends; write ${DAYS}
                                                                   ^^^^^^^^^^^`,
    ],
    [
      'in a range that runs backwards',
      '2027-12-31/2027-12-24',
      `except "2027-12-31/2027-12-24": the range runs backwards; write '2027-12-24/2027-12-31'
                                              ^^^^^^^^^^^^^^^^^^^^^`,
    ],
    [
      'with a time of day',
      '2027-12-24T12:00',
      `except "2027-12-24T12:00": not a date; write ${DAYS}
                                              ^^^^^^^^^^^^^^^^`,
    ],
    [
      'with nothing in them',
      '',
      `except "": not a date; write ${DAYS}
                                              ^`,
    ],
    [
      'in a calendar',
      calendar('holidays', ['2027-12-24', untyped('2027-12-42')]),
      `except: calendar "holidays" "2027-12-42": there is no such day; 2027-12 has 31 days
                                                                           ^^`,
    ],
  ])('%s', (_, except, problem) => {
    expect(problemOf({ ...daily, except })).toBe(`infra/schedules.ts: schedule "daily": ${problem}`);
  });
});

describe('what is no calendar is told', () => {
  const ALLOWED = "allowed are days, such as '2027-12-24' or '2027-12-24/2027-12-31', and calendar('<name>', …)";

  test.each<[string, object, string]>([
    ['an empty list', { except: [] }, 'except is empty; write days, or leave it out'],
    ['a number', { only: 20271224 }, `only holds 20271224; ${ALLOWED}`],
    ['a date of JavaScript', { except: new Date(0) }, `except holds an object; ${ALLOWED}`],
    ['nothing, as an import in a circle gives it', { except: [undefined] }, `except holds undefined; ${ALLOWED}`],
    ['null', { only: null }, `only holds null; ${ALLOWED}`],
    ['a list in a list', { except: [['2027-12-24']] }, `except holds a list; ${ALLOWED}`],
    [
      'a calendar without days',
      { except: calendar('holidays', []) },
      'except: calendar "holidays": it has no days; give it some, or leave it out',
    ],
    [
      'a calendar of null',
      { except: calendar('holidays', untyped(null)) },
      `except: calendar "holidays": its days are null; write a list of them, or { ics: '<file>' }`,
    ],
    [
      'a calendar whose days were forgotten',
      { except: untyped(calendar)('holidays') },
      `except: calendar "holidays": its days are missing; write a list of them, or { ics: '<file>' }`,
    ],
    [
      'a calendar of a file under another name',
      { except: calendar('closed', untyped({ isc: 'infra/closed.ics' })) },
      'except: calendar "closed": isc is not a field; write ics',
    ],
    [
      'a calendar of a file without a path',
      { except: calendar('closed', { ics: '' }) },
      `except: calendar "closed": the path of its file is empty; write { ics: '<file>' }`,
    ],
    [
      'a calendar of one text',
      { except: calendar('holidays', untyped('2027-12-24')) },
      `except: calendar "holidays": its days are "2027-12-24"; write a list of them, or { ics: '<file>' }`,
    ],
    [
      'a calendar of a file without a name',
      { only: calendar('open', untyped({ ics: 3 })) },
      `only: calendar "open": its days are an object; write a list of them, or { ics: '<file>' }`,
    ],
    [
      'a day that is no text',
      { except: calendar('holidays', [untyped(2027)]) },
      `except: calendar "holidays": 2027 is not a day; write ${DAYS}`,
    ],
  ])('%s', (_, settings, problem) => {
    expect(problemOf({ ...daily, ...settings })).toBe(`infra/schedules.ts: schedule "daily": ${problem}`);
  });

  test('a name that records could not carry', () => {
    expect(problemOf({ ...daily, except: calendar('Swedish holidays', ['2027-12-24']) })).toBe(
      `infra/schedules.ts: schedule "daily": except: calendar "Swedish holidays": allowed are lower-case letters, digits, . and -, first a letter or a digit, at most 40 characters
                                                        ^`,
    );
  });

  test('a file that cannot be used, in the words of its reader', () => {
    const readCalendarFile = () => {
      throw new Error('infra/closed.ics: it is a folder');
    };
    const except = calendar('closed', { ics: 'infra/closed.ics' });

    expect(problemOf({ ...daily, except }, { readCalendarFile })).toBe(
      'infra/schedules.ts: schedule "daily": except: calendar "closed": infra/closed.ics: it is a folder',
    );
  });
});
