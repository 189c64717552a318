import { describe, expect, test } from 'vitest';
import { readEventBridge, readWhen } from '../../lib/cron/index.ts';
import { epochMs, toIso } from '../../lib/units.ts';

const instant = (iso: string) => epochMs(Date.parse(iso));

test('next is strictly after the instant, to the millisecond', () => {
  const timetable = readWhen({ cron: '0 2 * * *' }, 'UTC');

  expect(timetable.next(epochMs(Date.UTC(2027, 0, 1, 2) - 1))).toBe(Date.UTC(2027, 0, 1, 2));
  expect(timetable.next(epochMs(Date.UTC(2027, 0, 1, 2)))).toBe(Date.UTC(2027, 0, 2, 2));
});

test('between leaves out its start and holds its end', () => {
  const timetable = readWhen({ cron: '0 * * * *' }, 'UTC');

  const due = [...timetable.between(instant('2027-01-01T01:00Z'), instant('2027-01-01T03:00Z'))];

  expect(due.map(toIso)).toEqual(['2027-01-01T02:00:00.000Z', '2027-01-01T03:00:00.000Z']);
});

test('between may be iterated again', () => {
  const due = readWhen({ cron: '0 * * * *' }, 'UTC').between(
    instant('2027-01-01T01:00Z'),
    instant('2027-01-01T03:00Z'),
  );

  expect([...due]).toEqual([...due]);
});

test('between is empty when it ends before it starts', () => {
  const timetable = readWhen({ cron: '* * * * *' }, 'UTC');

  expect([...timetable.between(instant('2027-01-02T00:00Z'), instant('2027-01-01T00:00Z'))]).toEqual([]);
});

test('a due time that both day fields pick comes once', () => {
  const timetable = readWhen({ cron: '0 9 13 * FRI' }, 'UTC');

  const due = [...timetable.between(instant('2026-11-05T00:00Z'), instant('2026-11-21T00:00Z'))];

  // Friday the 13th of November 2026 among them.
  expect(due.map((at) => toIso(at).slice(0, 10))).toEqual(['2026-11-06', '2026-11-13', '2026-11-20']);
});

test('keeps the time zone as it was written', () => {
  expect(readWhen({ cron: '0 2 * * *' }, 'Asia/Kolkata').timezone).toBe('Asia/Kolkata');
});

describe('far away', () => {
  test('finds a leap day decades ahead', () => {
    const timetable = readEventBridge('cron(0 0 29 2 ? 2096)', 'Europe/Stockholm');

    expect(timetable.next(instant('2026-01-01T00:00Z'))).toBe(Date.parse('2096-02-28T23:00Z'));
  });

  test('knows that 2100 is no leap year', () => {
    const timetable = readWhen({ cron: '0 0 29 2 *' }, 'UTC');

    expect(timetable.next(instant('2096-03-01T00:00Z'))).toBe(Date.UTC(2104, 1, 29));
  });

  test('starts with the local year 1970', () => {
    const timetable = readWhen({ cron: '0 0 1 1 *' }, 'Asia/Tokyo');

    expect(timetable.next(epochMs(Number.NEGATIVE_INFINITY))).toBe(Date.parse('1969-12-31T15:00Z'));
  });

  test('ends with the local year 2199', () => {
    const timetable = readWhen({ cron: '59 23 31 12 *' }, 'America/New_York');

    expect(timetable.next(instant('2199-06-01T00:00Z'))).toBe(Date.parse('2200-01-01T04:59Z'));
    expect(timetable.next(instant('2200-01-01T04:59Z'))).toBeUndefined();
    expect(timetable.next(epochMs(Number.POSITIVE_INFINITY))).toBeUndefined();
  });

  test('has nothing after the last year it names', () => {
    const timetable = readWhen({ cron: 'cron(0 0 1 1 ? 2025)' }, 'UTC');

    expect(timetable.next(instant('2026-01-01T00:00Z'))).toBeUndefined();
  });

  test('daylight saving goes on in 2150', () => {
    const timetable = readWhen({ cron: '0 12 1 1,7 *' }, 'Europe/Stockholm');

    const due = [...timetable.between(instant('2150-01-01T00:00Z'), instant('2150-12-31T00:00Z'))];

    expect(due.map(toIso)).toEqual(['2150-01-01T11:00:00.000Z', '2150-07-01T10:00:00.000Z']);
  });
});

describe('time zones', () => {
  test.each(['UTC', 'Etc/UTC', 'GMT', 'Europe/Kyiv', 'Europe/Kiev', 'Asia/Kolkata', 'US/Eastern', 'Etc/GMT+5', 'CET'])(
    'knows %s',
    (timezone) => {
      expect(readWhen({ cron: '0 2 * * *' }, timezone).timezone).toBe(timezone);
    },
  );

  test.each([
    'Africa/Porto-Novo',
    'America/Port-au-Prince',
    'America/North_Dakota/New_Salem',
    'Antarctica/McMurdo',
    'Antarctica/DumontDUrville',
  ])('knows %s by its odd spelling', (timezone) => {
    expect(readWhen({ cron: '0 2 * * *' }, timezone).timezone).toBe(timezone);
  });

  test('knows every name that Intl lists', () => {
    const read = Intl.supportedValuesOf('timeZone').map((name) => readEventBridge('cron(0 2 * * ? *)', name).timezone);

    expect(read).toEqual(Intl.supportedValuesOf('timeZone'));
  });

  test('every counts in UTC by any of its names', () => {
    expect(readWhen({ every: '1 day' }, 'Etc/UTC').next(epochMs(0))).toBe(86_400_000);
  });
});

describe('clock changes that touch due times', () => {
  const nightly = readWhen({ cron: '30 2 * * *' }, 'Europe/Berlin');
  const touchedIn = (from: string, to: string) =>
    [...nightly.touchedChanges(epochMs(Date.parse(from)), epochMs(Date.parse(to)))].map(({ kind, at, times }) => [
      kind,
      new Date(at).toISOString(),
      times.length,
    ]);

  test('are the gap and the repeat of a year, each with the due time that it holds', () => {
    expect(touchedIn('2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z')).toEqual([
      ['gap', '2027-03-28T01:00:00.000Z', 1],
      ['repeat', '2027-10-31T01:00:00.000Z', 1],
    ]);
  });

  test('are those of the time in which expressions can be due, however far one asks', () => {
    expect(touchedIn('0001-01-01T00:00:00Z', '1979-01-01T00:00:00Z')).toEqual([]);
    expect(touchedIn('2199-12-31T00:00:00Z', '9999-01-01T00:00:00Z')).toEqual([]);
  });
});
