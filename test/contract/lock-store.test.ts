import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LockHold, LockRequest, LockStore, TakeResult } from '../../lib/run/ports.ts';
import { plus } from '../../lib/units.ts';
import { DUE, minutes } from '../support/requests.ts';
import { ADAPTERS, type Stores } from './stores.ts';

let serial = 0;

function lockRequest(overrides: Partial<LockRequest> = {}): LockRequest {
  return { job: `lock-${serial}`, run: 'run-a', claim: 1, now: DUE, until: plus(DUE, minutes(2)), ...overrides };
}

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

    expect(taken(await locks.take(lockRequest())).token).toBe(1);
  });

  test('refuses a held lock and names its holder', async () => {
    serial++;
    const hold = taken(await locks.take(lockRequest()));

    const second = await locks.take(lockRequest({ run: 'run-b', now: plus(DUE, minutes(1)) }));

    expect(second).toEqual({ kind: 'busy', holder: hold, until: plus(DUE, minutes(2)) });
  });

  test('gives it to the same run again, with a higher token', async () => {
    serial++;
    taken(await locks.take(lockRequest()));

    expect(taken(await locks.take(lockRequest())).token).toBe(2);
  });

  test('does not give it to an earlier claim of the same run: that delivery was frozen and has a successor', async () => {
    serial++;
    const hold = taken(await locks.take(lockRequest({ claim: 2 })));

    expect(await locks.take(lockRequest({ claim: 1 }))).toMatchObject({ kind: 'busy', holder: hold });
    expect(taken(await locks.take(lockRequest({ claim: 3 }))).token).toBe(2);
  });

  test('gives a lapsed lock to another run, with a higher token', async () => {
    serial++;
    taken(await locks.take(lockRequest()));

    expect(taken(await locks.take(lockRequest({ run: 'run-b', now: plus(DUE, minutes(2)) }))).token).toBe(2);
  });

  test('never gives a token twice, not even after a release', async () => {
    serial++;
    const first = taken(await locks.take(lockRequest()));
    expect(await locks.release(first)).toBe(true);

    expect(taken(await locks.take(lockRequest({ run: 'run-b' }))).token).toBe(2);
  });

  test('gives it to exactly one of many simultaneous runs', async () => {
    serial++;
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) => locks.take(lockRequest({ run: `run-${index}` }))),
    );

    expect(results.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
  });

  test('lets no stale hold release or extend', async () => {
    serial++;
    const stale = taken(await locks.take(lockRequest()));
    const current = taken(
      await locks.take(lockRequest({ run: 'run-b', now: plus(DUE, minutes(2)), until: plus(DUE, minutes(5)) })),
    );

    expect(await locks.release(stale)).toBe(false);
    expect(await locks.extend(stale, plus(DUE, minutes(9)))).toBe(false);

    const third = await locks.take(lockRequest({ run: 'run-c', now: plus(DUE, minutes(3)) }));
    expect(third).toEqual({ kind: 'busy', holder: current, until: plus(DUE, minutes(5)) });
  });

  test('holds an extended lock until its new end', async () => {
    serial++;
    const hold = taken(await locks.take(lockRequest()));

    expect(await locks.extend(hold, plus(DUE, minutes(30)))).toBe(true);

    const second = await locks.take(lockRequest({ run: 'run-b', now: plus(DUE, minutes(29)) }));
    expect(second).toMatchObject({ kind: 'busy', until: plus(DUE, minutes(30)) });
  });

  test('hands over from a named holder, but not once the lock has changed hands', async () => {
    serial++;
    const first = taken(await locks.take(lockRequest()));

    const second = taken(await locks.takeOver(lockRequest({ run: 'run-b' }), first));
    const third = await locks.takeOver(lockRequest({ run: 'run-c' }), first);

    expect(second.token).toBe(2);
    expect(third).toMatchObject({ kind: 'busy', holder: second });
  });

  test('has handed over when the answer to that was lost and it is asked again', async () => {
    serial++;
    const first = taken(await locks.take(lockRequest()));
    await locks.takeOver(lockRequest({ run: 'run-b' }), first);

    expect(taken(await locks.takeOver(lockRequest({ run: 'run-b' }), first)).token).toBe(3);
  });

  test('hands over a lock that was freed meanwhile', async () => {
    serial++;
    const first = taken(await locks.take(lockRequest()));
    await locks.release(first);

    expect(taken(await locks.takeOver(lockRequest({ run: 'run-b' }), first)).token).toBe(2);
  });
});
