import { describe, expect, test } from 'vitest';
import { readEventBridge, readWhen } from '../../lib/cron/index.ts';
import { DAY, epochMs, toIso } from '../../lib/units.ts';

interface Case {
  readonly cron: string;
  readonly timezone: string;
  readonly from: string;
  readonly to: string;
}

const dueTimes = ({ cron, timezone, from, to }: Case) =>
  [...readWhen({ cron }, timezone).between(epochMs(Date.parse(from)), epochMs(Date.parse(to)))].map((due) =>
    toIso(due).slice(0, 16),
  );

describe('Europe/Stockholm', () => {
  const timezone = 'Europe/Stockholm';

  test('skips a time in the hour that spring removes, that day only', () => {
    // Clocks went 02:00 → 03:00 on 29 March.
    const window = { timezone, from: '2026-03-27T12:00Z', to: '2026-03-30T12:00Z' };

    expect(dueTimes({ cron: '30 2 * * *', ...window })).toEqual(['2026-03-28T01:30', '2026-03-30T00:30']);
  });

  test('runs at the first minute after the gap, and not at its first', () => {
    const window = { timezone, from: '2026-03-28T12:00Z', to: '2026-03-29T12:00Z' };

    expect(dueTimes({ cron: '0 3 * * *', ...window })).toEqual(['2026-03-29T01:00']);
    expect(dueTimes({ cron: '0 2 * * *', ...window })).toEqual([]);
  });

  test('runs a time that autumn repeats once, the first', () => {
    // Clocks went 03:00 → 02:00 on 25 October, at 01:00Z.
    const window = { timezone, from: '2026-10-24T12:00Z', to: '2026-10-26T12:00Z' };

    expect(dueTimes({ cron: '30 2 * * *', ...window })).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
  });

  test('runs each minute of the repeated hour once when the cron is finer than an hour', () => {
    const window = { timezone, from: '2026-10-24T23:50Z', to: '2026-10-25T02:15Z' };

    expect(dueTimes({ cron: '*/20 * * * *', ...window })).toEqual([
      ...['2026-10-25T00:00', '2026-10-25T00:20', '2026-10-25T00:40'],
      ...['2026-10-25T02:00'],
    ]);
  });

  test('finds the next due time from within the repeated hour', () => {
    const timetable = readWhen({ cron: '30 * * * *' }, timezone);
    const secondTen = epochMs(Date.parse('2026-10-25T01:10Z')); // 02:10 for the second time

    expect(timetable.next(secondTen)).toBe(Date.parse('2026-10-25T02:30Z'));
  });

  test('reads a deployed at() in the gap as never due, and one in the repeat as due the first time', () => {
    expect(readEventBridge('at(2026-03-29T02:30:00)', timezone).next(epochMs(0))).toBeUndefined();
    expect(readEventBridge('at(2026-10-25T02:30:00)', timezone).next(epochMs(0))).toBe(Date.parse('2026-10-25T00:30Z'));
  });

  test('reads a deployed cron whose only time falls into a gap as never due', () => {
    expect(readEventBridge('cron(30 2 29 3 ? 2026)', timezone).next(epochMs(0))).toBeUndefined();
  });
});

describe('America/New_York', () => {
  const timezone = 'America/New_York';

  test('skips 02:30 in spring and runs 01:30 once in autumn', () => {
    const spring = { timezone, from: '2026-03-07T12:00Z', to: '2026-03-09T12:00Z' };
    const autumn = { timezone, from: '2026-10-31T12:00Z', to: '2026-11-02T12:00Z' };

    expect(dueTimes({ cron: '30 2 * * *', ...spring })).toEqual(['2026-03-09T06:30']);
    expect(dueTimes({ cron: '30 1 * * *', ...autumn })).toEqual(['2026-11-01T05:30', '2026-11-02T06:30']);
  });
});

describe("a nightly cron at 02:30 around 2027's clock changes", () => {
  const cron = '30 2 * * *';

  test.each([
    // 02:00 → 03:00 on 28 March, 03:00 → 02:00 on 31 October.
    ['Europe/Berlin', '2027-03-26', ['2027-03-27T01:30', '2027-03-29T00:30', '2027-03-30T00:30']],
    ['Europe/Berlin', '2027-10-29', ['2027-10-30T00:30', '2027-10-31T00:30', '2027-11-01T01:30', '2027-11-02T01:30']],
    // 02:00 → 03:00 on 14 March, 02:00 → 01:00 on 7 November: there 02:30 comes once anyway.
    ['America/New_York', '2027-03-12', ['2027-03-13T07:30', '2027-03-15T06:30', '2027-03-16T06:30']],
    [
      'America/New_York',
      '2027-11-05',
      ['2027-11-06T06:30', '2027-11-07T07:30', '2027-11-08T07:30', '2027-11-09T07:30'],
    ],
  ])('%s, four days from %s', (timezone, day, expected) => {
    const from = Date.parse(`${day}T12:00Z`);

    expect(dueTimes({ cron, timezone, from: toIso(epochMs(from)), to: toIso(epochMs(from + 4 * DAY)) })).toEqual(
      expected,
    );
  });

  test('in New York 01:30 is the time that comes twice, and it is due the first time', () => {
    const window = { timezone: 'America/New_York', from: '2027-11-06T12:00Z', to: '2027-11-08T12:00Z' };

    expect(dueTimes({ cron: '30 1 * * *', ...window })).toEqual(['2027-11-07T05:30', '2027-11-08T06:30']);
  });
});

describe('Australia/Lord_Howe, which moves by half an hour', () => {
  const timezone = 'Australia/Lord_Howe';

  test('skips 02:00 to 02:29 in October', () => {
    const window = { timezone, from: '2026-10-03T14:00Z', to: '2026-10-03T17:00Z' };

    expect(dueTimes({ cron: '*/15 * * * *', ...window })).toEqual([
      ...['2026-10-03T14:15', '2026-10-03T14:30', '2026-10-03T14:45', '2026-10-03T15:00', '2026-10-03T15:15'],
      // 02:30 is the first minute of summer time, at 15:30Z.
      ...['2026-10-03T15:30', '2026-10-03T15:45', '2026-10-03T16:00', '2026-10-03T16:15', '2026-10-03T16:30'],
      ...['2026-10-03T16:45', '2026-10-03T17:00'],
    ]);
    expect(dueTimes({ cron: '15 2 * * *', ...window })).toEqual([]);
  });

  test('runs 01:30 to 01:59 once in April', () => {
    const window = { timezone, from: '2026-04-04T13:30Z', to: '2026-04-04T16:00Z' };

    // 01:45 was on the clocks at 14:45Z and at 15:15Z.
    expect(dueTimes({ cron: '15,45 1 * * *', ...window })).toEqual(['2026-04-04T14:15', '2026-04-04T14:45']);
  });
});

describe('zones that crossed the date line', () => {
  test('Pacific/Apia had no 30 December 2011', () => {
    const window = { timezone: 'Pacific/Apia', from: '2011-12-28T12:00Z', to: '2012-01-01T12:00Z' };

    expect(dueTimes({ cron: '0 12 * * *', ...window })).toEqual([
      ...['2011-12-28T22:00', '2011-12-29T22:00'],
      ...['2011-12-30T22:00', '2011-12-31T22:00'], // the 31st and the 1st, now 14 hours ahead
    ]);
    expect(dueTimes({ cron: '0 0 31 12 *', ...window })).toEqual(['2011-12-30T10:00']);
  });

  test('Pacific/Kwajalein had no 21 August 1993', () => {
    const window = { timezone: 'Pacific/Kwajalein', from: '1993-08-19T00:00Z', to: '1993-08-23T12:00Z' };

    expect(dueTimes({ cron: '0 6 * * *', ...window })).toEqual([
      ...['1993-08-19T18:00', '1993-08-20T18:00'],
      ...['1993-08-21T18:00', '1993-08-22T18:00'],
    ]);
  });
});

test('a clock change at the turn of the year is seen from both years', () => {
  // Kiritimati went from 10 hours behind UTC to 14 ahead: the clocks jumped over 31 December 1994.
  const window = { timezone: 'Pacific/Kiritimati', from: '1994-12-30T00:00Z', to: '1995-01-02T00:00Z' };

  expect(dueTimes({ cron: '0 12 * * *', ...window })).toEqual([
    '1994-12-30T22:00',
    '1994-12-31T22:00',
    '1995-01-01T22:00',
  ]);
});
