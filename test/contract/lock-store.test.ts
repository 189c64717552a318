import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LockHold, LockRequest, LockStore, TakeResult } from '../../lib/run/ports.ts';
import { plus } from '../../lib/units.ts';
import { DUE, lockRequest, minutes } from '../support/requests.ts';
import { ADAPTERS, type Stores } from './stores.ts';

let serial = 0;

const request = (overrides: Partial<LockRequest> = {}): LockRequest =>
  lockRequest({ job: `lock-${serial}`, run: 'run-a', ...overrides });

function taken(result: TakeResult): LockHold {
  if (result.kind !== 'taken') throw new Error(`expected the lock, got ${result.kind}`);
  return result.hold;
}

describe.each(ADAPTERS)('the lock store over $name', ({ open }) => {
  let stores: Stores;
  let locks: LockStore;
  beforeAll(async () => {
    stores = await open();
    locks = stores.locks;
  });
  afterAll(() => stores.close());

  test('gives a free lock with the first token', async () => {
    serial++;

    expect(taken(await locks.take(request())).token).toBe(1);
  });

  test('refuses a held lock and names its holder', async () => {
    serial++;
    const hold = taken(await locks.take(request()));

    const second = await locks.take(request({ run: 'run-b', now: plus(DUE, minutes(1)) }));

    expect(second).toEqual({
      kind: 'busy',
      view: { holder: { ...hold, claim: 1, until: plus(DUE, minutes(2)) }, again: [], waiting: [], asked: [] },
    });
  });

  test('gives it to the same run again, with a higher token', async () => {
    serial++;
    taken(await locks.take(request()));

    expect(taken(await locks.take(request())).token).toBe(2);
  });

  test('does not give it to an earlier claim of the same run: that delivery was frozen and has a successor', async () => {
    serial++;
    const hold = taken(await locks.take(request({ claim: 2 })));

    expect(await locks.take(request({ claim: 1 }))).toMatchObject({ kind: 'busy', view: { holder: hold } });
    expect(taken(await locks.take(request({ claim: 3 }))).token).toBe(2);
  });

  test('gives a lapsed lock to another run, with a higher token', async () => {
    serial++;
    taken(await locks.take(request()));

    expect(taken(await locks.take(request({ run: 'run-b', now: plus(DUE, minutes(2)) }))).token).toBe(2);
  });

  test('never gives a token twice, not even after a release', async () => {
    serial++;
    const first = taken(await locks.take(request()));
    expect(await locks.release(first)).toMatchObject({ applied: true });

    expect(taken(await locks.take(request({ run: 'run-b' }))).token).toBe(2);
  });

  test('gives it to exactly one of many simultaneous runs', async () => {
    serial++;
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) => locks.take(request({ run: `run-${index}` }))),
    );

    expect(results.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
  });

  test('lets no stale hold release or extend', async () => {
    serial++;
    const stale = taken(await locks.take(request()));
    const current = taken(
      await locks.take(request({ run: 'run-b', now: plus(DUE, minutes(2)), until: plus(DUE, minutes(5)) })),
    );

    expect(await locks.release(stale)).toMatchObject({ applied: false });
    expect(await locks.extend(stale, plus(DUE, minutes(9)))).toBe(false);

    const third = await locks.take(request({ run: 'run-c', now: plus(DUE, minutes(3)) }));
    expect(third).toMatchObject({ kind: 'busy', view: { holder: { ...current, until: plus(DUE, minutes(5)) } } });
  });

  test('holds an extended lock until its new end', async () => {
    serial++;
    const hold = taken(await locks.take(request()));

    expect(await locks.extend(hold, plus(DUE, minutes(30)))).toBe(true);

    const second = await locks.take(request({ run: 'run-b', now: plus(DUE, minutes(29)) }));
    expect(second).toMatchObject({ kind: 'busy', view: { holder: { until: plus(DUE, minutes(30)) } } });
  });

  test('hands over from a named holder, but not once the lock has changed hands', async () => {
    serial++;
    const first = taken(await locks.take(request()));

    const second = taken(await locks.takeOver(request({ run: 'run-b' }), first));
    const third = await locks.takeOver(request({ run: 'run-c' }), first);

    expect(second.token).toBe(2);
    expect(third).toMatchObject({ kind: 'busy', view: { holder: second } });
  });

  test('has handed over when the answer to that was lost and it is asked again', async () => {
    serial++;
    const first = taken(await locks.take(request()));
    await locks.takeOver(request({ run: 'run-b' }), first);

    expect(taken(await locks.takeOver(request({ run: 'run-b' }), first)).token).toBe(3);
  });

  test('hands over a lock that was freed meanwhile', async () => {
    serial++;
    const first = taken(await locks.take(request()));
    await locks.release(first);

    expect(taken(await locks.takeOver(request({ run: 'run-b' }), first)).token).toBe(2);
  });

  describe('with runs that wait', () => {
    const ALL = ['again', 'waiting', 'asked'] as const;
    const entryOf = (run: string) => `entry of ${run}`;
    const at = plus(DUE, minutes(1));
    const ask = (run: string, overrides: Partial<LockRequest> = {}) => request({ run, now: at, ...overrides });
    const NONE = { again: [], waiting: [], asked: [] };

    test('joins a run to a set of a held lock, once', async () => {
      serial++;
      const hold = taken(await locks.take(request()));

      await locks.join(ask('run-b'), 'again');
      const { applied, view } = await locks.join(ask('run-b'), 'again');

      expect(applied).toBe(true);
      expect(view).toMatchObject({ holder: hold, ...NONE, again: [entryOf('run-b')] });
      expect(await locks.read(ask('run-b').job)).toEqual(view);
    });

    test('joins no run to a free lock that it could take, and a stranger to one that another waits for', async () => {
      serial++;
      const first = taken(await locks.take(request()));
      await locks.join(ask('run-b'), 'again');
      await locks.release(first);
      const stranger = ask('run-c', { respects: ['again'] });

      expect(await locks.join(ask('run-b', { respects: ['again'] }), 'again')).toMatchObject({ applied: false });
      expect(await locks.take(stranger)).toMatchObject({ kind: 'busy', view: { again: [entryOf('run-b')] } });
      expect(await locks.join(stranger, 'again')).toMatchObject({ applied: true });
    });

    test('gives a free lock to any that waits, which leaves all sets', async () => {
      serial++;
      const first = taken(await locks.take(request()));
      for (const set of ALL) await locks.join(ask('run-b'), set);
      await locks.join(ask('run-c'), 'again');
      await locks.release(first);

      taken(await locks.take(ask('run-b', { respects: ALL })));

      expect(await locks.read(request().job)).toMatchObject({ ...NONE, again: [entryOf('run-c')] });
    });

    test('gives a free lock to a run that lets none of those pass that wait', async () => {
      serial++;
      const first = taken(await locks.take(request()));
      await locks.join(ask('run-b'), 'asked');
      await locks.release(first);

      expect(await locks.take(ask('run-c', { respects: ALL }))).toMatchObject({ kind: 'busy' });
      taken(await locks.take(ask('run-c', { respects: ['again', 'waiting'] })));
    });

    test('refuses one more than a set has room for, and not one that is in it', async () => {
      serial++;
      taken(await locks.take(request()));
      await locks.join(ask('run-b'), 'asked', 1);

      expect(await locks.join(ask('run-c'), 'asked', 1)).toMatchObject({
        applied: false,
        view: { asked: [entryOf('run-b')] },
      });
      expect(await locks.join(ask('run-b'), 'asked', 1)).toMatchObject({ applied: true });
    });

    test('is taken over from a run that has ended by those only that it is not left to others by', async () => {
      serial++;
      const first = taken(await locks.take(request()));
      await locks.join(ask('run-b'), 'again');
      const stranger = ask('run-c', { respects: ['again'] });

      expect(await locks.takeOver(stranger, first)).toMatchObject({ kind: 'busy' });
      expect(taken(await locks.takeOver(ask('run-b', { respects: ['again'] }), first)).token).toBe(2);
    });

    test('lets a run leave every set, also before there is a lock', async () => {
      serial++;
      const { job } = request();
      expect(await locks.leave(job, entryOf('run-b'))).toEqual(NONE);
      taken(await locks.take(request()));
      for (const set of ALL) await locks.join(ask('run-b'), set);

      expect(await locks.leave(job, entryOf('run-b'))).toMatchObject(NONE);
    });

    test('is freed for a run that has ended, unless a later claim of it has the lock', async () => {
      serial++;
      const { job } = request();
      taken(await locks.take(request({ claim: 2 })));

      expect(await locks.free({ job, run: 'run-a', claim: 1 })).toMatchObject({ applied: false });
      expect(await locks.free({ job, run: 'run-b', claim: 2 })).toMatchObject({ applied: false });
      expect(await locks.free({ job, run: 'run-a', claim: 2 })).toEqual({ applied: true, view: NONE });
      expect(taken(await locks.take(request({ run: 'run-b' }))).token).toBe(2);
    });
  });
});
