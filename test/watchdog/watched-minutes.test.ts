import { describe, expect, test } from 'vitest';
import { epochMs } from '../../lib/units.ts';
import { type WatchedMinutes, wasWatched, watchedWith } from '../../lib/watchdog/watched-minutes.ts';
import { createWatchdogHarness, type WatchdogHarness } from '../support/watchdog/harness.ts';
import { appOf, every, NONE } from './setup.ts';

const minuteOf = (time: string) => epochMs(Date.parse(`2027-03-02T${time}Z`));

/** Nothing fires, and there is no pass; at the end all schedules are re-created, as by the embedded cloud at a start. */
async function off(harness: WatchdogHarness, minutes: number, until: string): Promise<void> {
  harness.circumstances.isWatching = false;
  harness.circumstances.fires = () => undefined;
  await harness.advanceTo(until);
  harness.deploySchedules(NONE);
  harness.deploySchedules(appOf(every(minutes)));
  harness.circumstances.isWatching = true;
  harness.circumstances.fires = () => ({});
}

const missed = (harness: WatchdogHarness) => harness.story().filter((line) => line.includes('missed'));

test.each([1, 5, 10])(
  'a schedule every %s minutes misses nothing in a night in which everything was off',
  async (interval) => {
    const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', ...appOf(every(interval)) });
    await harness.advanceTo('2027-03-02T02:01:30Z');
    await off(harness, interval, '2027-03-02T06:01:30Z');

    await harness.advanceTo('2027-03-02T06:30:00Z');

    expect(missed(harness)).toEqual([]);
    expect(harness.alerts).toEqual([]);
    expect(harness.passes.filter(({ error }) => error !== undefined)).toEqual([]);
  },
);

test('nor in two minutes, nor in many short times one after the other', async () => {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', ...appOf(every(1)) });
  for (const [from, to] of [
    ['02:01:30', '02:02:20'],
    ['02:03:30', '02:05:30'],
    ['02:06:30', '02:08:30'],
    ['02:09:30', '03:00:30'],
    ['03:01:30', '04:00:30'],
  ]) {
    await harness.advanceTo(`2027-03-02T${from}Z`);
    await off(harness, 1, `2027-03-02T${to}Z`);
  }

  await harness.advanceTo('2027-03-02T04:30:00Z');

  expect(missed(harness)).toEqual([]);
  expect(harness.alerts).toEqual([]);
});

test('what was due before and never came is missed all the same', async () => {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', ...appOf(every(1)) });
  harness.circumstances.fires = (_name, at) => (at === minuteOf('02:00:00') ? undefined : {});
  await harness.advanceTo('2027-03-02T02:01:30Z');
  await off(harness, 1, '2027-03-02T06:01:30Z');

  await harness.advanceTo('2027-03-02T06:30:00Z');

  expect(missed(harness)).toEqual(['report/2027-03-02T02:00Z/ten missed schedule missed']);
});

test('a schedule that is re-created after an outage keeps all due times that were watched', async () => {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    schedules: { a: every(1), b: every(1), c: every(1), d: every(1) },
  });
  harness.circumstances.fires = () => undefined;
  await harness.advanceTo('2027-03-02T05:00:30Z');
  const before = harness.story().length;
  await harness.advanceTo('2027-03-02T05:01:30Z');
  harness.deploySchedules(NONE);
  harness.deploySchedules({ schedules: { a: every(1), b: every(1), c: every(1), d: every(1) } });

  await harness.advanceTo('2027-03-02T05:06:30Z');

  // Of each, those of 04:57 to 05:00; 05:01 and 05:02 came beside the change.
  expect(harness.story().length - before).toBe(4 * 4);
});

describe('minutes with a pass', () => {
  const at = (minute: number) => epochMs(minute * 60_000);
  const passesIn = (...minutes: readonly number[]): WatchedMinutes =>
    minutes.reduce<WatchedMinutes>((seen, minute) => watchedWith(seen, at(minute)), { until: at(0), gaps: [] });
  const watchedIn = (watched: WatchedMinutes, last: number) =>
    Array.from({ length: last + 1 }, (_, minute) => minute).filter((minute) => wasWatched(at(minute), watched));

  test('are known in whatever order the passes end', () => {
    expect(watchedIn(passesIn(1, 2, 5, 6, 9), 12)).toEqual([0, 1, 2, 5, 6, 9]);
    expect(watchedIn(passesIn(9, 5, 6, 1, 2, 9), 12)).toEqual([0, 1, 2, 5, 6, 9]);
    expect(passesIn(1, 3, 2).gaps).toEqual([]);
  });

  test('are forgotten, the oldest first, when there are too many gaps', () => {
    const watched = passesIn(...Array.from({ length: 60 }, (_, index) => 2 * (index + 1)));

    expect(watched.gaps).toHaveLength(50);
    expect(watchedIn(watched, 120).slice(0, 3)).toEqual([0, 22, 24]);
    expect(watchedIn(watched, 120).at(-1)).toBe(120);
  });
});
