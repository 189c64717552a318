import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '../../lib/observe/alert.ts';
import { type AlertStore, type PendingAlert, PLACES_A_MINUTE, type Story } from '../../lib/observe/alert-store.ts';
import { plus } from '../../lib/units.ts';
import { DUE, minutes, secondsOf } from '../support/requests.ts';
import { ADAPTERS, type Stores } from './stores.ts';

const LATER = plus(DUE, minutes(10));

const storyOf = (more: Partial<Story> = {}): Story => ({
  key: 'failed:report',
  kind: 'run-failed',
  job: 'report',
  run: 'report/2027-03-02T02:00Z/nightly',
  subject: '[dev] report failed: Error: no',
  since: DUE,
  lastAt: DUE,
  count: 1,
  alertedAt: DUE,
  version: 1,
  ...more,
});

const alertOf = (body: string): Alert => ({
  subject: '[dev] report failed: Error: no',
  body,
  facts: { kind: 'run-failed', story: 'failed:report', since: DUE, job: 'report' },
});

const pendingOf = (id: string, more: Partial<PendingAlert> = {}): PendingAlert => ({
  id,
  at: DUE,
  readyAt: plus(DUE, secondsOf(20)),
  alert: alertOf(id),
  ...more,
});

describe.each(ADAPTERS)('the alert store over $name', ({ open }) => {
  let stores: Stores;
  let alerts: AlertStore;
  beforeEach(async () => {
    stores = await open();
    alerts = stores.alerts;
  });
  afterEach(() => stores.close());

  describe('a story', () => {
    test('is opened once, and read as it was written', async () => {
      expect(await alerts.open(storyOf())).toEqual({ isNew: true, story: storyOf() });
      const second = storyOf({ run: 'report/2027-03-02T03:00Z/nightly', since: LATER, lastAt: LATER });

      expect(await alerts.open(second)).toEqual({ isNew: false, story: storyOf() });
      expect(await alerts.stories()).toEqual([storyOf()]);
    });

    test('without a job and a run has neither', async () => {
      const { job: _j, run: _r, ...bare } = storyOf({ key: 'no-subscriber', kind: 'no-subscriber' });

      await alerts.open(bare);

      expect(await alerts.stories()).toEqual([bare]);
    });

    test('is new once more for the writer whose answer was lost', async () => {
      await alerts.open(storyOf());

      expect(await alerts.open(storyOf())).toEqual({ isNew: true, story: storyOf() });
    });

    test('is opened by one of many at the same time', async () => {
      const all = Array.from({ length: 10 }, (_, index) => storyOf({ run: `run-${index}` }));

      const opened = await Promise.all(all.map((story) => alerts.open(story)));

      expect(opened.filter(({ isNew }) => isNew)).toHaveLength(1);
      const [story] = await alerts.stories();
      expect(opened.every((each) => each.story.run === story?.run)).toBe(true);
    });

    test('is changed by one of two that have read the same', async () => {
      await alerts.open(storyOf());

      const changed = await Promise.all([
        alerts.change(storyOf(), storyOf({ count: 2, run: 'one', lastAt: LATER })),
        alerts.change(storyOf(), storyOf({ count: 2, run: 'other', lastAt: LATER })),
      ]);

      expect(changed.filter(Boolean)).toHaveLength(1);
      expect(await alerts.stories()).toMatchObject([{ count: 2, version: 2, run: changed[0] ? 'one' : 'other' }]);
    });

    test('is changed for the writer whose answer was lost, and once', async () => {
      await alerts.open(storyOf());
      const after = storyOf({ count: 2, lastAt: LATER });
      await alerts.change(storyOf(), after);

      expect(await alerts.change(storyOf(), after)).toBe(true);
      expect(await alerts.stories()).toEqual([{ ...after, version: 2 }]);
    });

    test('that was closed is not changed, and not when it was opened anew', async () => {
      await alerts.open(storyOf());
      await alerts.close(storyOf());

      expect(await alerts.change(storyOf(), storyOf({ count: 2 }))).toBe(false);
      expect(await alerts.stories()).toEqual([]);
      await alerts.open(storyOf({ since: LATER }));
      expect(await alerts.change(storyOf(), storyOf({ count: 2 }))).toBe(false);
      expect(await alerts.stories()).toEqual([storyOf({ since: LATER })]);
    });

    test('is closed, also for the writer whose answer was lost', async () => {
      await alerts.open(storyOf());

      expect(await alerts.close(storyOf())).toBe(true);
      expect(await alerts.close(storyOf())).toBe(true);
      expect(await alerts.stories()).toEqual([]);
    });

    test('that was changed or opened anew since it was read is not closed', async () => {
      await alerts.open(storyOf());
      await alerts.change(storyOf(), storyOf({ count: 2 }));

      expect(await alerts.close(storyOf())).toBe(false);
      expect(await alerts.close(storyOf({ version: 2, since: LATER }))).toBe(false);
      expect(await alerts.stories()).toMatchObject([{ count: 2 }]);
    });

    test('leaves others alone', async () => {
      const other = storyOf({ key: 'failed:report-2' });
      await alerts.open(storyOf());
      await alerts.open(other);

      await alerts.close(storyOf());

      expect(await alerts.stories()).toEqual([other]);
    });
  });

  describe('pending alerts', () => {
    test('are read as they were put, the oldest first, up to a limit', async () => {
      const [first, second, third] = [
        pendingOf('failed:b/run#1'),
        pendingOf('failed:a', { at: LATER }),
        pendingOf('failed:c', { at: plus(LATER, minutes(1)) }),
      ] as const;
      for (const each of [third, first, second]) await alerts.put(each);

      expect(await alerts.pending(10)).toEqual([first, second, third]);
      expect(await alerts.pending(2)).toEqual([first, second]);
    });

    test('are put once', async () => {
      await alerts.put(pendingOf('failed:a'));
      await alerts.put(pendingOf('failed:a', { readyAt: LATER }));

      expect(await alerts.pending(10)).toEqual([pendingOf('failed:a')]);
    });

    test('are left to the watchdog earlier', async () => {
      await alerts.put(pendingOf('failed:a'));

      await alerts.leave(pendingOf('failed:a'), DUE);

      expect(await alerts.pending(10)).toEqual([pendingOf('failed:a', { readyAt: DUE })]);
    });

    test('that were removed stay removed', async () => {
      await alerts.put(pendingOf('failed:a'));
      await alerts.remove(pendingOf('failed:a'));
      await alerts.remove(pendingOf('failed:a'));

      await alerts.leave(pendingOf('failed:a'), DUE);

      expect(await alerts.pending(10)).toEqual([]);
    });

    test('are no stories, and stories are not pending', async () => {
      await alerts.open(storyOf());
      await alerts.put(pendingOf('failed:a'));
      await alerts.takePlace(DUE);

      expect(await alerts.stories()).toHaveLength(1);
      expect(await alerts.pending(10)).toHaveLength(1);
    });

    test('may be as long as the longest message of SNS', async () => {
      const long = pendingOf('failed:a', { alert: alertOf('x'.repeat(260_000)) });

      await alerts.put(long);

      expect(await alerts.pending(10)).toEqual([long]);
    });
  });

  describe('the places of a minute', () => {
    const take = async (count: number, at = DUE) =>
      (await Promise.all(Array.from({ length: count }, () => alerts.takePlace(at)))).filter(Boolean).length;

    test('are so many for however many ask at once', async () => {
      expect(await take(12)).toBe(PLACES_A_MINUTE);
    });

    test('are free again a minute after the first was taken, and not at the turn of the clock', async () => {
      const at = plus(DUE, secondsOf(55));
      expect(await take(2, at)).toBe(2);

      expect(await take(3, plus(at, secondsOf(10)))).toBe(1);
      expect(await take(3, plus(at, secondsOf(59)))).toBe(0);
      expect(await take(5, plus(at, secondsOf(60)))).toBe(PLACES_A_MINUTE);
    });
  });
});
