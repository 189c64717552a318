import { expect, test } from 'vitest';
import { readWhen, type Timetable } from '../../lib/cron/index.ts';
import { createDueTimes } from '../../lib/due/due-times.ts';
import { type EpochMs, epochMs, HOUR, MINUTE } from '../../lib/units.ts';

const NOW = epochMs(Date.parse('2027-01-15T12:00:00Z'));

/** A timetable, and how many due times it was asked for. */
function counted(when: Parameters<typeof readWhen>[0], timezone = 'UTC') {
  const real = readWhen(when, timezone);
  const count = { asked: 0 };
  function* between(from: EpochMs, to: EpochMs): Generator<EpochMs> {
    for (const due of real.between(from, to)) {
      count.asked++;
      yield due;
    }
  }
  const timetable: Timetable = { ...real, between };
  return { timetable, count };
}

test('entries that are due at the same times are looked at once', () => {
  const dueTimesOf = createDueTimes(NOW);
  const [one, other] = [counted({ cron: '0 * * * *' }), counted({ every: '1 hour' })];
  const same = counted({ cron: '0 * * * *' });

  for (const { timetable } of [one, same, one]) {
    expect(dueTimesOf(timetable).shortestInterval()).toBe(3_600_000);
    expect(dueTimesOf(timetable).comingWeek()).toHaveLength(7 * 24);
  }
  expect(dueTimesOf(other.timetable).comingWeek()).toHaveLength(7 * 24);

  expect(one.count.asked).toBe(5000 + 7 * 24);
  expect(same.count.asked).toBe(0);
});

test('a zone makes them others', () => {
  const dueTimesOf = createDueTimes(NOW);
  const noon = { cron: '0 12 * * *' };

  expect(dueTimesOf(counted(noon).timetable).shortestInterval()).toBe(24 * HOUR);
  expect(dueTimesOf(counted(noon, 'Europe/Berlin').timetable).shortestInterval()).toBe(23 * HOUR);
});

test('nothing shorter is looked for than a minute', () => {
  const { timetable, count } = counted({ every: '1 minute' });

  expect(createDueTimes(NOW)(timetable).shortestInterval()).toBe(60_000);
  expect(count.asked).toBe(2);
});

test('what is due on a day that comes in years only is looked at then', () => {
  const { timetable } = counted({ cron: '*/5 * 29 2 *' });

  expect(createDueTimes(epochMs(Date.parse('2029-01-15T12:00:00Z')))(timetable).shortestInterval()).toBe(5 * MINUTE);
});
