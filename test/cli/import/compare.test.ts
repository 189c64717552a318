import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { compareTimes, type Side } from '../../../lib/cli/import/compare/compare.ts';
import { formatComparison } from '../../../lib/cli/import/compare/compare-view.ts';
import { cronTimes } from '../../../lib/cli/import/compare/cron-times.ts';
import { localMinute } from '../../../lib/cli/shared/view/times.ts';
import { type EpochMs, epochMs } from '../../../lib/units.ts';

const at = (iso: string): EpochMs => epochMs(Date.parse(iso));

/** What cron starts in a zone after an instant, on the zone's clocks. */
function cron(line: string, timezone: string, from: string, count: number): readonly string[] {
  const times: string[] = [];
  for (const time of cronTimes(line, timezone, at(from))) {
    times.push(localMinute(time, timezone).slice(4));
    if (times.length === count) break;
  }
  return times;
}

describe('when cron starts a line', () => {
  // Stockholm: 02:00 → 03:00 on 2027-03-28 at 01:00 UTC.
  test('at a fixed time that the clocks skip: right after it', () => {
    expect(cron('30 2 * * *', 'Europe/Stockholm', '2027-03-27T00:00Z', 3)).toEqual([
      '2027-03-27 02:30',
      '2027-03-28 03:00',
      '2027-03-29 02:30',
    ]);
  });

  test('at several fixed times that are skipped: once for each', () => {
    expect(cron('10,40 2 * * *', 'Europe/Stockholm', '2027-03-28T00:00Z', 3)).toEqual([
      '2027-03-28 03:00',
      '2027-03-28 03:00',
      '2027-03-29 02:10',
    ]);
  });

  test.each(['30 * * * *', '*/30 2 * * *', '30 */2 * * *'])('a line with a star, %s: by the clock', (line) => {
    expect(cron(line, 'Europe/Stockholm', '2027-03-28T00:59Z', 1)[0]).not.toBe('2027-03-28 03:00');
  });

  // Stockholm: 03:00 → 02:00 on 2027-10-31 at 01:00 UTC.
  test('at a fixed time that the clocks repeat: once', () => {
    expect(cron('30 2 * * *', 'Europe/Stockholm', '2027-10-31T00:00Z', 2)).toEqual([
      '2027-10-31 02:30',
      '2027-11-01 02:30',
    ]);
  });

  test('at a fixed time not again, when asked from within the repeated hour', () => {
    expect(cron('30 2 * * *', 'Europe/Stockholm', '2027-10-31T01:10Z', 1)).toEqual(['2027-11-01 02:30']);
  });

  test('right after skipped clocks not again, when asked from later on', () => {
    expect(cron('30 2 * * *', 'Europe/Stockholm', '2027-03-28T01:00Z', 1)).toEqual(['2027-03-29 02:30']);
  });

  test('a line with a star: in the repeated hour again', () => {
    expect(cron('30 * * * *', 'Europe/Stockholm', '2027-10-31T00:00Z', 3)).toEqual([
      '2027-10-31 02:30',
      '2027-10-31 02:30',
      '2027-10-31 03:30',
    ]);
    expect(cron('@hourly', 'Europe/Stockholm', '2027-10-31T00:30Z', 2)).toEqual([
      '2027-10-31 02:00',
      '2027-10-31 03:00',
    ]);
  });

  // Lord Howe: 02:00 → 02:30 on 2027-10-03.
  test('where clocks go half an hour forward', () => {
    expect(cron('15 2 3 10 *', 'Australia/Lord_Howe', '2027-10-01T00:00Z', 1)).toEqual(['2027-10-03 02:30']);
  });

  // Apia left out the whole of 2011-12-30.
  test('where a whole day is left out, that is no daylight saving, and the day has no runs', () => {
    expect(cron('0 12 * * *', 'Pacific/Apia', '2011-12-29T00:00Z', 3)).toEqual([
      '2011-12-29 12:00',
      '2011-12-31 12:00',
      '2012-01-01 12:00',
    ]);
  });

  test('strictly after the instant', () => {
    expect(cron('0 12 * * *', 'UTC', '2027-01-01T12:00Z', 1)).toEqual(['2027-01-02 12:00']);
  });

  test('never, after the last year', () => {
    expect(cron('0 12 * * *', 'UTC', '2200-01-01T00:00Z', 1)).toEqual([]);
  });
});

describe('both sides beside each other', () => {
  const STOCKHOLM = 'Europe/Stockholm';
  const compare = (line: string, entry: Partial<Side> = {}, from = '2027-03-26T00:00Z', count = 4) =>
    compareTimes(
      { cron: line, timezone: STOCKHOLM },
      { cron: line, timezone: STOCKHOLM, dst: 'skip', ...entry },
      at(from),
      count,
    );

  test('a time that clocks skip is on one side only, and the reason says what to do', () => {
    const { rows, firstDifference } = compare('30 2 * * *');

    expect(rows.map(({ cron, belfry }) => [cron, belfry].map((time) => time && localMinute(time, STOCKHOLM)))).toEqual([
      ['Fri 2027-03-26 02:30', 'Fri 2027-03-26 02:30'],
      ['Sat 2027-03-27 02:30', 'Sat 2027-03-27 02:30'],
      ['Sun 2027-03-28 03:00', undefined],
      ['Mon 2027-03-29 02:30', 'Mon 2027-03-29 02:30'],
    ]);
    expect(firstDifference?.why).toContain("dst: 'runAfterGap' in the entry makes up for it");
  });

  test('an entry that runs after the gap agrees with cron', () => {
    expect(compare('30 2 * * *', { dst: 'runAfterGap' }).firstDifference).toBeUndefined();
  });

  test('but where cron starts it twice then', () => {
    expect(compare('10,40 2 * * *', { dst: 'runAfterGap' }, '2027-03-28T00:00Z').firstDifference?.why).toMatch(
      /cron runs it for each of them, and the entry once$/,
    );
  });

  test('the first difference is found also when it is months away', () => {
    const { rows, firstDifference } = compare('*/5 * * * *', {}, '2027-04-01T00:00Z');

    expect(rows.every(({ why }) => why === undefined)).toBe(true);
    expect(firstDifference).toMatchObject({
      cron: at('2027-10-31T01:00Z'),
      belfry: undefined,
      why: 'clocks go back over its time: cron runs it again, and the entry is due once',
    });
  });

  test.each([
    [{ cron: '0 3 * * *' }, 'the entry says 0 3 * * *'],
    [{ timezone: 'UTC' }, 'the line is read in Europe/Stockholm, the entry in UTC'],
  ])('an entry that was edited, %j, is no daylight saving', (entry, why) => {
    expect(compare('0 2 * * *', entry, '2027-05-01T00:00Z').firstDifference?.why).toBe(why);
  });

  test('is printed in the zone of the line', () => {
    const shown = (line: string, from: string, count: number) =>
      formatComparison(compare(line, {}, from, count), STOCKHOLM, pc.createColors(false))
        .split('\n')
        .map((each) => each.trim());

    expect(shown('30 2 * * *', '2027-03-27T00:00Z', 2)).toEqual([
      'cron                  belfry',
      'Sat 2027-03-27 02:30  Sat 2027-03-27 02:30',
      'Sun 2027-03-28 03:00  –                     differs',
      expect.stringMatching(/^they differ: clocks go forward over its time/),
    ]);
    expect(shown('30 2 * * *', '2027-03-29T00:00Z', 1).at(-1)).toMatch(
      /^the first that differs: Sun 2028-03-26 03:00: clocks go forward/,
    );
    expect(shown('0 12 * * *', '2027-03-29T00:00Z', 3).at(-1)).toBe(
      'the next 3 due times agree, and so do all within a year',
    );
  });
});
