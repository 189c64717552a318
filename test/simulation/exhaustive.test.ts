import { describe, expect, test } from 'vitest';
import { CASES, exhaust } from '../support/simulation/exhaustive.ts';
import { FAULTS } from '../support/simulation/faults.ts';

const CRASHES = ['crash-before', 'crash-after'] as const;

describe.each(CASES)('$name', (world) => {
  test('survives every fault at every call', async () => {
    const { count, violations } = await exhaust(world, { first: FAULTS });

    expect(violations).toEqual([]);
    expect(count).toBeGreaterThan(50);
  });

  test('survives a crash at every call, and another one at every call of the recovery', async () => {
    const { count, violations } = await exhaust(world, { first: CRASHES, second: CRASHES });

    expect(violations).toEqual([]);
    expect(count).toBeGreaterThan(90);
  });
});
