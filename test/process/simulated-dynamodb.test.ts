import { expect, test } from 'vitest';
import { openDynamoBackend } from '../support/simulation/dynamo-backend.ts';
import { crowdOf, scenarioOf } from '../support/simulation/scenario.ts';
import { simulate } from '../support/simulation/simulate.ts';

/** A table of its own for each world: about a quarter of a second of processor time. */
const WORLDS = [
  { of: scenarioOf, count: 100 },
  { of: crowdOf, count: 5 },
];

test("all runs end, truly recorded and one owner at a time, over DynamoDB's adapters too", async () => {
  const found: string[] = [];
  for (const { of, count } of WORLDS) {
    for (let seed = 1; seed <= count; seed++) {
      const { backend, close } = await openDynamoBackend();
      const { violations } = await simulate(of(seed), backend);
      found.push(...violations.map((violation) => `SEED=${seed} (${of.name}) ${violation}`));
      await close();
    }
  }
  expect(found).toEqual([]);
});
