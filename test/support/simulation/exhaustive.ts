import { memoryBackend } from './backend.ts';
import { type Fault, scriptedFaults } from './faults.ts';
import { plainScenario, plannedRun, type Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';

/** A small world, told by what is special in it. */
export interface Case {
  readonly name: string;
  readonly world: Partial<Scenario>;
}

export const CASES: readonly Case[] = [
  { name: 'a run that succeeds', world: {} },
  { name: 'a run that may overlap', world: { overlap: 'allow' } },
  { name: 'a run that fails and is retried', world: { runs: [plannedRun({ behaviours: ['throw', 'succeed'] })] } },
  {
    name: 'a run that fails for good',
    world: { maxAttempts: 1, runs: [plannedRun({ behaviours: ['throw'] })] },
  },
  {
    name: 'a run whose dead letter is moved back at once',
    world: { maxAttempts: 1, eagerRedrives: 1, runs: [plannedRun({ behaviours: ['throw', 'succeed'] })] },
  },
  {
    name: 'a run that blocks its process every time',
    world: { maxAttempts: 2, eagerRedrives: 1, runs: [plannedRun({ behaviours: ['block'] })] },
  },
  {
    name: 'a run that ignores its signal',
    world: { maxAttempts: 2, runs: [plannedRun({ behaviours: ['ignore-the-signal', 'succeed'] })] },
  },
  {
    name: 'two runs, the second due while the first is running',
    world: { runs: [plannedRun({ duration: 5_000 }), plannedRun({ after: 2_000 })] },
  },
  {
    name: 'two runs, one after the other',
    world: { runs: [plannedRun({ duration: 5_000 }), plannedRun({ after: 15_000 })] },
  },
  {
    name: 'a requested run that waits for another',
    world: { runs: [plannedRun({ duration: 5_000 }), plannedRun({ after: 2_000, isRequested: true })] },
  },
  {
    name: 'one run in two messages',
    world: { runs: [plannedRun({ copies: 2, behaviours: ['throw', 'succeed'] })] },
  },
  {
    name: 'a dead letter whose round is ended by another message of its run',
    world: {
      maxAttempts: 2,
      runs: [plannedRun({ behaviours: ['throw-for-good', 'retry-after', 'throw'], resentAfter: [55_000] })],
      redrivesAfter: [10_000],
      losesAttributes: true,
    },
  },
  {
    name: 'a failed run whose messages come while it is reported',
    world: { maxAttempts: 1, runs: [plannedRun({ behaviours: ['throw'], resentAfter: [2_050, 2_100, 2_150] })] },
  },
  {
    name: 'a run that must not be begun again, and whose process is blocked',
    world: { onTimeout: 'fail', eagerRedrives: 1, runs: [plannedRun({ behaviours: ['block', 'succeed'] })] },
  },
];

export interface Exhausted {
  readonly count: number;
  readonly violations: readonly string[];
}

export interface Faults {
  readonly first: readonly Fault[];
  readonly second?: readonly Fault[];
}

/**
 * Has each of these faults happen at each call of a case, one at a time; with `second` given, each of
 * those at each later call as well.
 */
export async function exhaust(
  { name, world }: Case,
  { first, second = [] }: Faults,
  createBackend = memoryBackend,
): Promise<Exhausted> {
  let count = 0;
  const violations: string[] = [];
  const happen = async (script: ReadonlyMap<number, Fault>): Promise<number> => {
    const faults = scriptedFaults(script);
    const simulated = await simulate(plainScenario({ ...world, faults }), createBackend());
    count++;
    const told = [...script].map(([call, fault]) => `${fault} at call ${call}`).join(', ');
    violations.push(...simulated.violations.map((violation) => `${name}, ${told || 'no fault'}: ${violation}`));
    return faults.calls;
  };

  let calls = await happen(new Map());
  for (let one = 0; one < calls; one++) {
    for (const fault of first) {
      const callsAfter = await happen(new Map([[one, fault]]));
      calls = Math.max(calls, second.length > 0 ? calls : callsAfter);
      for (let other = one + 1; other < callsAfter; other++) {
        for (const next of second)
          await happen(
            new Map([
              [one, fault],
              [other, next],
            ]),
          );
      }
    }
  }
  return { count, violations };
}
