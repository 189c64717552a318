import { describe, expect, test } from 'vitest';
import { memoryBackend } from '../support/simulation/backend.ts';
import { openDynamoBackend } from '../support/simulation/dynamo-backend.ts';
import { MUTANTS } from '../support/simulation/mutants.ts';
import { TRACES } from '../support/simulation/rounds.ts';
import { simulate } from '../support/simulation/simulate.ts';

const BACKENDS = [
  { name: 'memory', open: async () => ({ backend: memoryBackend(), close: async () => {} }) },
  { name: 'DynamoDB', open: openDynamoBackend },
];

describe.each(BACKENDS)('over $name', ({ open }) => {
  test.each(TRACES)('$name', async ({ create, ends, letters }) => {
    const { backend, close } = await open();
    try {
      const { world, violations } = await simulate(create(), backend);

      expect(violations).toEqual([]);
      const [record] = world.facts.flatMap((fact) => (fact.kind === 'record' ? [fact.after] : [])).slice(-1);
      expect({ ...record, round: record?.round ?? 0 }).toMatchObject(ends);
      expect(world.facts.filter(({ kind }) => kind === 'dead-letter')).toHaveLength(letters);
    } finally {
      await close();
    }
  });
});

describe.each(TRACES)('$name', ({ create, kills }) => {
  test.each(kills)('which finds out %s', async (name) => {
    const mutant = MUTANTS.find((each) => each.name === name);
    if (mutant === undefined) throw new Error(`there is no mutant ${name}`);

    expect((await simulate(create(), mutant.create())).violations).not.toEqual([]);
  });
});
