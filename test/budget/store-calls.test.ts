import { beforeAll, describe, expect, test } from 'vitest';
import { countStoreCalls, type StoreCalls, type StoreCallsCase } from '../bench/support/store-calls.ts';

describe('a run from its message to its record', () => {
  let counted: Readonly<Record<StoreCallsCase, StoreCalls>>;
  beforeAll(async () => {
    counted = await countStoreCalls();
  });

  test('asks the table twice where overlap is allowed: claim and complete', () => {
    expect(counted.allow).toEqual({ writes: 2, reads: 0, roundTrips: 2 });
  });

  test('asks it four times under a lock: claim, lock, complete and release', () => {
    expect(counted.locked).toEqual({ writes: 4, reads: 0, roundTrips: 4 });
  });

  test('asks it as often again for a second attempt, and never reads', () => {
    expect(counted.retried).toEqual({ writes: 8, reads: 0, roundTrips: 8 });
  });
});
