import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plus } from '../../lib/units.ts';
import { StaleLookError } from '../../lib/watchdog/errors.ts';
import type { WatchStore } from '../../lib/watchdog/ports.ts';
import type { WatchState } from '../../lib/watchdog/state.ts';
import { DUE, minutes } from '../support/requests.ts';
import { ADAPTERS, type Stores } from './stores.ts';

const FOUND = plus(DUE, minutes(4));
const LATER = plus(DUE, minutes(10));

describe.each(ADAPTERS)("the watchdog's state over $name", ({ open }) => {
  let stores: Stores;
  let watch: WatchStore;
  beforeEach(async () => {
    stores = await open();
    watch = stores.watch;
  });
  afterEach(() => stores.close());

  const stateOf = (version: number, more: Partial<WatchState> = {}): WatchState => ({
    version,
    lookedAt: FOUND,
    watched: { until: FOUND, gaps: [{ from: DUE, to: FOUND }] },
    sweep: { since: DUE, until: FOUND },
    schedules: { nightly: { definition: '[]', expectedFrom: DUE, checkedUntil: DUE } },
    waiting: { weekly: { since: DUE } },
    catchUps: [{ run: 'report/2027-03-02T02:00Z/nightly', sentAt: LATER }],
    checks: { deadLettersDueAt: FOUND, slowDueAt: DUE, slowRuns: ['report/2027-03-02T02:00Z/nightly'] },
    ...more,
  });

  test('does not exist at first', async () => {
    expect(await watch.loadState()).toBeUndefined();
  });

  test('is loaded unchanged', async () => {
    await watch.saveState(stateOf(1));
    await watch.saveState(stateOf(2, { lookedAt: LATER }));

    expect(await watch.loadState()).toEqual(stateOf(2, { lookedAt: LATER }));
  });

  test('is saved by one of two passes that loaded the same', async () => {
    await watch.saveState(stateOf(1));

    const saved = await Promise.allSettled([
      watch.saveState(stateOf(2)),
      watch.saveState(stateOf(2, { catchUps: [] })),
    ]);

    const refused = saved.filter((each) => each.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toBeInstanceOf(StaleLookError);
    expect((await watch.loadState())?.version).toBe(2);
  });

  test('is not saved by a pass that comes two passes late', async () => {
    for (const version of [1, 2, 3]) await watch.saveState(stateOf(version));

    await expect(watch.saveState(stateOf(2))).rejects.toThrow(StaleLookError);
    expect((await watch.loadState())?.version).toBe(3);
  });

  test('that a user removed from the table stops no pass that had loaded it', async () => {
    await watch.saveState(stateOf(8));

    expect((await watch.loadState())?.version).toBe(8);
  });
});
