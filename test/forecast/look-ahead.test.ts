import { describe, expect, test } from 'vitest';
import { nextRunAfter } from '../../lib/due/next-run.ts';
import type { OccurrencesOf } from '../../lib/due/occurrences.ts';
import { lookAhead } from '../../lib/forecast/look-ahead.ts';
import { epochMs, toIso } from '../../lib/units.ts';

const at = (iso: string) => epochMs(Date.parse(iso));

const schedule = (cron: string, timezone: string, policy: Partial<OccurrencesOf['policy']> = {}): OccurrencesOf => ({
  expressions: [`cron(${cron})`],
  timezone,
  policy: { dst: 'skip', except: [], only: [], ...policy },
});

const dueTimes = (of: OccurrencesOf, from: string, count: number): readonly string[] =>
  lookAhead(of, at(from), count).occurrences.map(({ scheduledTime }) => toIso(scheduledTime));

const CHRISTMAS = { name: 'christmas', days: ['2027-12-24/2027-12-26'] };

describe('the next due times', () => {
  test('begin after the instant asked for, never with it', () => {
    expect(dueTimes(schedule('30 2 * * ? *', 'UTC'), '2027-03-02T02:30:00Z', 2)).toEqual([
      '2027-03-03T02:30:00.000Z',
      '2027-03-04T02:30:00.000Z',
    ]);
  });

  test('leave out what the spring change skips, and tell of it', () => {
    const ahead = lookAhead(schedule('30 2 * * ? *', 'Europe/Berlin'), at('2027-03-26T12:00:00Z'), 2);

    expect(ahead.occurrences.map(({ scheduledTime }) => toIso(scheduledTime))).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ]);
    expect(ahead.clockChanges).toEqual([
      {
        kind: 'gap',
        at: at('2027-03-28T01:00:00Z'),
        from: at('2027-03-28T02:00:00Z'),
        to: at('2027-03-28T03:00:00Z'),
        times: [at('2027-03-28T02:30:00Z')],
      },
    ]);
  });

  test('hold the run after a gap, and as many in all as were asked for', () => {
    const ahead = lookAhead(
      schedule('0,30 2 * * ? *', 'America/New_York', { dst: 'runAfterGap' }),
      at('2027-03-13T12:00:00Z'),
      2,
    );

    expect(ahead.occurrences).toEqual([
      { scheduledTime: at('2027-03-14T07:00:00Z'), isAfterGap: true },
      { scheduledTime: at('2027-03-15T06:00:00Z'), isAfterGap: false },
    ]);
  });

  test('have what the autumn change repeats once, the first time', () => {
    expect(dueTimes(schedule('30 1 * * ? *', 'America/New_York'), '2027-11-06T12:00:00Z', 2)).toEqual([
      '2027-11-07T05:30:00.000Z',
      '2027-11-08T06:30:00.000Z',
    ]);
  });

  test('of two expressions that name one instant have it once', () => {
    const either: OccurrencesOf = {
      ...schedule('', 'UTC'),
      expressions: ['cron(0 0 13 * ? *)', 'cron(0 0 ? * FRI *)'],
    };

    // Friday the 13th of August.
    expect(dueTimes(either, '2027-08-07T00:00:00Z', 2)).toEqual([
      '2027-08-13T00:00:00.000Z',
      '2027-08-20T00:00:00.000Z',
    ]);
  });

  test('end where the expression does', () => {
    const ahead = lookAhead(
      schedule('0 3 1 1 ? 2027-2028', 'Europe/Berlin', { dst: 'runAfterGap' }),
      at('2027-06-01T00:00:00Z'),
      10,
    );

    expect(ahead.occurrences).toHaveLength(1);
    expect(lookAhead(schedule('0 3 1 1 ? 2027', 'UTC'), at('2027-06-01T00:00:00Z'), 10)).toEqual({
      occurrences: [],
      clockChanges: [],
      nextRun: undefined,
    });
  });
});

describe('a change of the clocks that touches no due time', () => {
  test('is told between due times that are a week apart', () => {
    const { clockChanges } = lookAhead(schedule('0 9 ? * MON *', 'Europe/Berlin'), at('2027-03-20T00:00:00Z'), 3);

    expect(clockChanges.map(({ at: instant, times }) => [toIso(instant), times])).toEqual([
      ['2027-03-28T01:00:00.000Z', []],
    ]);
  });

  test('is not told between due times that are months apart', () => {
    expect(lookAhead(schedule('0 9 1 1,7 ? *', 'Europe/Berlin'), at('2027-02-01T00:00:00Z'), 10).clockChanges).toEqual(
      [],
    );
  });
});

describe('the next run', () => {
  test('is the first due time that no calendar skips, also beyond those that are shown', () => {
    const nightly = schedule('0 3 * * ? *', 'Europe/Berlin', { except: [CHRISTMAS] });

    const ahead = lookAhead(nightly, at('2027-12-24T00:00:00Z'), 2);

    expect(ahead.occurrences.map(({ calendar }) => calendar)).toEqual(['christmas', 'christmas']);
    expect(toIso(ahead.nextRun ?? epochMs(0))).toBe('2027-12-27T02:00:00.000Z');
  });

  test('is far ahead where a calendar has few days', () => {
    const onChristmas = schedule('0 3 * * ? *', 'UTC', { only: [CHRISTMAS] });

    expect(nextRunAfter(onChristmas, at('2027-01-01T00:00:00Z'))).toBe(at('2027-12-24T03:00:00Z'));
  });

  test('is none where a calendar is over', () => {
    expect(
      nextRunAfter(schedule('0 3 * * ? *', 'UTC', { only: [CHRISTMAS] }), at('2028-01-01T00:00:00Z')),
    ).toBeUndefined();
  });
});
