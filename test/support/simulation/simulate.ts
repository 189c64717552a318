import { audit } from './auditor.ts';
import { type Backend, memoryBackend } from './backend.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import { World } from './world.ts';

export interface Simulated {
  readonly world: World;
  readonly violations: readonly string[];
}

/** Lets a scenario happen and judges it. */
export async function simulate(scenario: Scenario, backend: Backend = memoryBackend()): Promise<Simulated> {
  const world = new World(scenario, backend);
  const cameToRest = await world.run();
  return { world, violations: await audit(world, cameToRest) };
}

export interface Seeds {
  readonly from: number;
  readonly count: number;
  /** What a seed stands for. @default any world */
  readonly of?: (seed: number) => Scenario;
}

/** Each violation with its seed: `SEED=7 npx vitest run test/simulation` tells that seed's whole story. */
export async function simulateSeeds(
  { from, count, of = scenarioOf }: Seeds,
  createBackend: () => Backend = memoryBackend,
  { stopAtFirst = false } = {},
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const { violations } = await simulate(of(seed), createBackend());
    found.push(...violations.map((violation) => `SEED=${seed} (${of.name}) ${violation}`));
    if (stopAtFirst && found.length > 0) break;
  }
  return found;
}
