import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWhen } from '../../lib/cron/index.ts';
import { occurrencesBetween } from '../../lib/due/occurrences.ts';
import type { SchedulePolicy } from '../../lib/job/schedule-policy.ts';
import { DAY, epochMs, toIso } from '../../lib/units.ts';

interface Case extends Partial<Pick<SchedulePolicy, 'dst' | 'except' | 'only'>> {
  readonly cron: string;
  readonly timezone?: string;
  readonly from: string;
  readonly to: string;
}

const instant = (text: string) => epochMs(Date.parse(text));

/** `2027-03-28T01:00`, with ` after gap` or ` skipped: <calendar>` behind. */
function occurrences({ cron, timezone = 'UTC', from, to, dst = 'skip', except = [], only = [] }: Case): string[] {
  const { expressions } = readWhen({ cron }, timezone);
  const schedule = { expressions, timezone, policy: { dst, except, only } };
  return Array.from(occurrencesBetween(schedule, instant(from), instant(to)), (each) => {
    const skipped = each.calendar === undefined ? '' : ` skipped: ${each.calendar}`;
    return `${toIso(each.scheduledTime).slice(0, 16)}${each.isAfterGap ? ' after gap' : ''}${skipped}`;
  });
}

describe('runAfterGap', () => {
  const dst = 'runAfterGap';

  test.each([
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2027-03-27',
      '2027-03-30',
      ['2027-03-27T01:30', '2027-03-28T01:00 after gap', '2027-03-29T00:30'],
    ],
    [
      'America/New_York',
      '30 2 * * *',
      '2027-03-13',
      '2027-03-16',
      ['2027-03-13T07:30', '2027-03-14T07:00 after gap', '2027-03-15T06:30'],
    ],
    [
      'Australia/Lord_Howe',
      '15 2 * * *',
      '2027-10-01',
      '2027-10-04',
      ['2027-10-01T15:45', '2027-10-02T15:30 after gap', '2027-10-03T15:15'],
    ],
  ])('has a run the moment the clocks of %s have changed', (timezone, cron, from, to, expected) => {
    expect(occurrences({ cron, timezone, dst, from: `${from}T00:00Z`, to: `${to}T00:00Z` })).toEqual(expected);
  });

  const BERLIN_GAP = { timezone: 'Europe/Berlin', from: '2027-03-28T00:30Z', to: '2027-03-28T02:00Z' };

  test('has one run for a gap that skips many due times', () => {
    expect(occurrences({ cron: '*/20 2 * * *', dst, ...BERLIN_GAP })).toEqual(['2027-03-28T01:00 after gap']);
  });

  test('adds nothing where the schedule is due at that moment anyway', () => {
    expect(occurrences({ cron: '*/30 * * * *', dst, ...BERLIN_GAP })).toEqual([
      '2027-03-28T01:00',
      '2027-03-28T01:30',
      '2027-03-28T02:00',
    ]);
  });

  test('adds nothing in autumn, nor where nothing was skipped', () => {
    const autumn = { timezone: 'Europe/Berlin', from: '2027-10-30T12:00Z', to: '2027-10-31T12:00Z' };

    expect(occurrences({ cron: '30 2 * * *', dst, ...autumn })).toEqual(['2027-10-31T00:30']);
    expect(occurrences({ cron: '59 1 * * *', dst, ...BERLIN_GAP })).toEqual(['2027-03-28T00:59']);
    expect(occurrences({ cron: '0 4 * * *', dst, ...BERLIN_GAP })).toEqual(['2027-03-28T02:00']);
  });

  test('is what has to be asked for', () => {
    expect(occurrences({ cron: '30 2 * * *', ...BERLIN_GAP })).toEqual([]);
  });

  test.each([
    ['the end', '2027-03-28T00:59Z', '2027-03-28T01:00Z', ['2027-03-28T01:00 after gap']],
    ['the start', '2027-03-28T01:00Z', '2027-03-28T01:01Z', []],
  ])('belongs to a span as any due time does: %s', (_, from, to, expected) => {
    expect(occurrences({ cron: '30 2 * * *', timezone: 'Europe/Berlin', dst, from, to })).toEqual(expected);
  });

  test('asks the calendars of the day on which the clocks have changed', () => {
    const except = [{ name: 'closed', days: ['2027-03-28'] }];

    expect(occurrences({ cron: '30 2 * * *', dst, except, ...BERLIN_GAP })).toEqual([
      '2027-03-28T01:00 after gap skipped: closed',
    ]);
  });
});

describe('calendars count in local dates', () => {
  test.each([
    // Midnight in Auckland on 25 December is 11:00 UTC on the 24th.
    ['Pacific/Auckland', '2027-12-24T10:00Z', '2027-12-25T11:00Z', ['2027-12-24T11:00', '2027-12-25T10:00']],
    // And in Los Angeles 08:00 UTC on the 25th.
    ['America/Los_Angeles', '2027-12-25T07:00Z', '2027-12-26T08:00Z', ['2027-12-25T08:00', '2027-12-26T07:00']],
  ])('%s', (timezone, from, to, [first = '', last = '']) => {
    const found = occurrences({ cron: '0 * * * *', timezone, from, to, except: [{ name: 'c', days: ['2027-12-25'] }] });

    const skipped = found.filter((each) => each.endsWith(' skipped: c'));
    expect(skipped).toHaveLength(24);
    expect([skipped[0], skipped.at(-1)]).toEqual([`${first} skipped: c`, `${last} skipped: c`]);
    expect(found.at(-1)).toBe(to.slice(0, 16));
  });
});

describe('a cron in which either day field may match', () => {
  const cron = '0 12 13 * fri';

  test('is due on the days of both, in order', () => {
    expect(occurrences({ cron, from: '2027-01-11T00:00Z', to: '2027-01-23T00:00Z' })).toEqual([
      '2027-01-13T12:00',
      '2027-01-15T12:00',
      '2027-01-22T12:00',
    ]);
  });

  test('is due once on Friday the 13th', () => {
    expect(occurrences({ cron, from: '2027-08-12T00:00Z', to: '2027-08-14T00:00Z' })).toEqual(['2027-08-13T12:00']);
  });

  test('has one run after a gap that both name', () => {
    // 28 March 2027 is a Sunday.
    const both = { cron: '30 2 28 * sun', timezone: 'Europe/Berlin', dst: 'runAfterGap' as const };

    expect(occurrences({ ...both, from: '2027-03-27T00:00Z', to: '2027-03-29T00:00Z' })).toEqual([
      '2027-03-28T01:00 after gap',
    ]);
  });
});

test('whatever the schedule, occurrences ascend without repeats, stay in the span, and add only what clocks skip', () => {
  const cron = fc.constantFrom('*/7 * * * *', '30 2 * * *', '0 0 1 * sun', '15 1-3 28 * 0', '0 12 13 * fri');
  const timezone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC');
  const start = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2028, 0) });
  const days = fc.integer({ min: 0, max: 40 });

  fc.assert(
    fc.property(cron, timezone, start, days, (expression, zone, from, span) => {
      const to = epochMs(from + span * DAY);
      const timetable = readWhen({ cron: expression }, zone);
      const { expressions } = timetable;
      const policy = { dst: 'runAfterGap', except: [], only: [] } as const;

      const found = [...occurrencesBetween({ expressions, timezone: zone, policy }, epochMs(from), to)];

      const times = found.map(({ scheduledTime }) => scheduledTime);
      expect(times).toEqual([...new Set(times)].sort((one, other) => one - other));
      expect(times.every((time) => time > from && time <= to)).toBe(true);
      const due = found.filter(({ isAfterGap }) => !isAfterGap).map(({ scheduledTime }) => scheduledTime);
      expect(due).toEqual([...timetable.between(epochMs(from), to)]);
    }),
    { numRuns: 60 },
  );
});
