import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../lib/units.ts';
import { countOf, oneIn } from '../support/thorough.ts';
import { differenceIn, scanned, Tally } from './compare.ts';
import { ALL_ZONES, type Change, changesOf, distinctChanges } from './zones.ts';

/** In `npm test` one change in three. */
const PART = 3;
const changes = ALL_ZONES.flatMap((timezone) => changesOf(timezone, Date.UTC(2020, 0, 1), Date.UTC(2038, 0, 1)));

test('every clock change of every zone from 2020 to 2037 agrees with the scan, by the quarter', () => {
  const tally = new Tally();

  const differences = oneIn(PART, changes).flatMap(({ timezone, at }) => {
    const window = scanned({ timezone, from: at - 3 * HOUR, to: at + 3 * HOUR, stepMinutes: 15 });
    return differenceIn(window, { expression: '*/15 * * * *', tally }) ?? [];
  });

  expect(differences).toEqual([]);
  tally.expectAtLeast(`clock changes of ${ALL_ZONES.length} zones`, {
    cases: countOf(4700, 1560),
    dueTimes: countOf(100_000, 33_000),
  });
});

/** Fixed times before, in and after the gap or repeat; and crons that the change falls among. */
function expressionsAt({ local, before, after }: Change): string[] {
  const length = Math.abs(after - before);
  const first = Math.min(local, local + after - before);
  const fixed = [-MINUTE, 0, MINUTE, length / 2, length - MINUTE, length, length + MINUTE].map((distance) => {
    const time = new Date(Math.floor((first + distance) / MINUTE) * MINUTE);
    return `${time.getUTCMinutes()} ${time.getUTCHours()} * * *`;
  });
  const day = new Date(first);
  const [date, weekday] = [`${day.getUTCDate()} ${day.getUTCMonth() + 1}`, day.getUTCDay() + 1];
  return [
    ...fixed,
    ...['* * * * *', '30 * * * *', '*/20 0-5 * * *', '7 */2 * * *'],
    ...[`cron(0/10 * ${date} ? ${day.getUTCFullYear()})`, `cron(0,30 0-4 ? * ${weekday} *)`],
  ];
}

test('every distinct clock change of all zones from 2020 to 2037 agrees with the scan, by the minute', () => {
  const tally = new Tally();
  const distinct = oneIn(PART, distinctChanges(changes));

  const differences = distinct.flatMap((change) => {
    const { timezone, at } = change;
    const window = scanned({ timezone, from: at - DAY / 2, to: at + DAY });
    return expressionsAt(change).flatMap((expression) => differenceIn(window, { expression, tally }) ?? []);
  });

  expect(differences).toEqual([]);
  expect(distinct.length).toBeGreaterThanOrEqual(countOf(1100, 366));
  tally.expectAtLeast(`${distinct.length} distinct clock changes`, {
    cases: countOf(14_000, 4_600),
    dueTimes: countOf(2_500_000, 800_000),
  });
});
