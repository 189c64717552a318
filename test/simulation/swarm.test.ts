import type { Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { createPowertoolsOnce } from '../../lib/store/claim-layer.ts';
import { memoryBackend } from '../support/simulation/backend.ts';
import { crowdOf, frozenReleaseOf, lineOf, lostTakeoverOf, scenarioOf } from '../support/simulation/scenario.ts';
import { simulate, simulateSeeds } from '../support/simulation/simulate.ts';
import { traceOf } from '../support/simulation/trace.ts';
import { countOf } from '../support/thorough.ts';

/** `SEEDS=100000` for a long night. */
const SEEDS = Number(process.env.SEEDS ?? countOf(2400, 960));
const LONG = 1000 * SEEDS;

const context = { getRemainingTimeInMillis: () => 80_000 } as Context;
const throughPowertools = () => memoryBackend({ once: (runs) => createPowertoolsOnce(runs, context) });

test(
  'all runs end, truly recorded and one owner at a time, whatever fails on the way',
  async () => {
    expect(await simulateSeeds({ from: 1, count: SEEDS })).toEqual([]);
  },
  LONG,
);

test(
  'the lock holds in a crowd, and where it is released late or taken over twice',
  async () => {
    for (const of of [crowdOf, frozenReleaseOf, lineOf, lostTakeoverOf]) {
      expect(await simulateSeeds({ of, from: 1, count: SEEDS / 60 })).toEqual([]);
    }
  },
  LONG,
);

test(
  'so they do with Powertools between',
  async () => {
    expect(await simulateSeeds({ from: 1, count: SEEDS / 8 }, throughPowertools)).toEqual([]);
  },
  LONG,
);

test('a seed stands for one world: the same story every time', async () => {
  const tell = async () => traceOf((await simulate(scenarioOf(516))).world.facts);

  const story = await tell();

  expect(story.length).toBeGreaterThan(100);
  expect(await tell()).toEqual(story);
});

test.runIf(process.env.SEED !== undefined)('the story of the seed that is asked for', async () => {
  const { world, violations } = await simulate(scenarioOf(Number(process.env.SEED)));

  process.stdout.write(`${traceOf(world.facts).join('\n')}\n`);
  expect(violations).toEqual([]);
});
