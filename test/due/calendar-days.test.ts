import { describe, expect, test } from 'vitest';
import { calendarOfDate, calendarThatSkips } from '../../lib/due/calendar-days.ts';
import { epochMs } from '../../lib/units.ts';

const holidays = { name: 'holidays', days: ['2027-05-01', '2027-12-24/2027-12-26'] };
const summer = { name: 'summer', days: ['2027-06-01/2027-08-31'] };
const term = { name: 'term', days: ['2027-09-01/2027-12-31'] };

describe('the calendar by which a day is skipped', () => {
  test.each([
    ['2027-04-30', undefined],
    ['2027-05-01', 'holidays'],
    ['2027-12-23', undefined],
    ['2027-12-24', 'holidays'],
    ['2027-12-26', 'holidays'],
    ['2027-12-27', undefined],
  ])('except: %s', (date, expected) => {
    expect(calendarOfDate(date, { except: [holidays], only: [] })).toBe(expected);
  });

  test.each([
    ['2027-05-31', 'summer, term'],
    ['2027-06-01', undefined],
    ['2027-08-31', undefined],
    ['2027-09-01', undefined],
    ['2028-01-01', 'summer, term'],
  ])('only: %s is on no list, so all are named', (date, expected) => {
    expect(calendarOfDate(date, { except: [], only: [summer, term] })).toBe(expected);
  });

  test('a day in both is skipped, by except', () => {
    expect(calendarOfDate('2027-12-24', { except: [holidays], only: [term] })).toBe('holidays');
  });

  test('of several that except it, the first is named', () => {
    expect(calendarOfDate('2027-12-24', { except: [term, holidays], only: [] })).toBe('term');
  });
});

test.each([
  ['2027-04-30T21:59Z', 'Europe/Berlin', undefined],
  ['2027-04-30T22:00Z', 'Europe/Berlin', 'holidays'],
  ['2027-05-01T21:59Z', 'Europe/Berlin', 'holidays'],
  ['2027-05-01T22:00Z', 'Europe/Berlin', undefined],
  ['2027-04-30T22:00Z', 'UTC', undefined],
  // The zone of the earliest dates, and that of the latest.
  ['2027-04-30T10:00Z', 'Pacific/Kiritimati', 'holidays'],
  ['2027-05-02T10:59Z', 'Pacific/Pago_Pago', 'holidays'],
  ['2027-05-02T11:00Z', 'Pacific/Pago_Pago', undefined],
])('an instant counts by the date that its zone shows: %s in %s', (time, timezone, expected) => {
  expect(calendarThatSkips(epochMs(Date.parse(time)), timezone, { except: [holidays], only: [] })).toBe(expected);
});

test('no calendar, nothing skipped', () => {
  expect(calendarThatSkips(epochMs(0), 'Europe/Berlin', { except: [], only: [] })).toBeUndefined();
});
