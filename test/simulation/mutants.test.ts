import { expect, test } from 'vitest';
import type { Backend } from '../support/simulation/backend.ts';
import { MUTANTS } from '../support/simulation/mutants.ts';
import { TRACES } from '../support/simulation/rounds.ts';
import { crowdOf, frozenReleaseOf, lineOf, lostTakeoverOf, scenarioOf } from '../support/simulation/scenario.ts';
import { simulate, simulateSeeds } from '../support/simulation/simulate.ts';

/** Within how many seeds of each kind of world a broken protocol must show. */
const HUNTS = [
  { of: scenarioOf, from: 1, count: 300 },
  { of: scenarioOf, from: 1201, count: 60 },
  { of: frozenReleaseOf, from: 1, count: 50 },
  { of: lostTakeoverOf, from: 1, count: 1 },
  { of: crowdOf, from: 1, count: 100 },
  { of: lineOf, from: 1, count: 200 },
];

test.each(MUTANTS)('a protocol that is broken on purpose is found out: $name', async ({ create }) => {
  expect(await hunt(create)).not.toEqual([]);
});

async function hunt(create: () => Backend): Promise<readonly string[]> {
  for (const trace of TRACES) {
    const { violations } = await simulate(trace.create(), create());
    if (violations.length > 0) return violations;
  }
  for (const seeds of HUNTS) {
    const found = await simulateSeeds(seeds, create, { stopAtFirst: true });
    if (found.length > 0) return found;
  }
  return [];
}
