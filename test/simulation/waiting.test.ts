import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../lib/units.ts';
import { memoryBackend } from '../support/simulation/backend.ts';
import { openDynamoBackend } from '../support/simulation/dynamo-backend.ts';
import type { FactOf } from '../support/simulation/journal.ts';
import { plainScenario, plannedRun } from '../support/simulation/scenario.ts';
import { simulate } from '../support/simulation/simulate.ts';
import { JOB } from '../support/simulation/world.ts';

const NO_FAULTS = { next: () => undefined, freeze: () => 0 };
const FIRST = `${JOB}/2027-03-02T02:00Z/nightly`;

describe('a run that crashes while its job is due every minute and takes 75 seconds', () => {
  /** The job is due seven seconds past the minute: between the end of the lost lease and the message that shows again. */
  const crash = () =>
    simulate(
      plainScenario({
        faults: NO_FAULTS,
        timeoutSeconds: 90,
        runs: [
          plannedRun({ behaviours: ['exit', 'succeed'], duration: 75_000 }),
          ...Array.from({ length: 20 }, (_, index) =>
            plannedRun({ after: (index + 1) * MINUTE + 7_000, duration: 75_000 }),
          ),
        ],
      }),
    );

  test('waits once for the lock that it lost, and has it when the next run ends', async () => {
    const { world, violations } = await crash();

    const records = world.facts.filter(
      (fact): fact is FactOf<'record'> => fact.kind === 'record' && fact.after.id === FIRST,
    );
    expect(violations).toEqual([]);
    expect(records.map(({ after }) => [after.status, after.attempt])).toEqual([
      ['running', 1],
      ['running', 2],
      ['retrying', 1],
      ['running', 2],
      ['completed', 2],
    ]);
    const [, , waits, woken] = records;
    expect((woken?.at ?? 0) - (waits?.at ?? 0)).toBeLessThan(75_000);
  });
});

const BACKENDS = [
  { name: 'memory', open: async () => ({ backend: memoryBackend(), close: async () => {} }) },
  { name: 'DynamoDB', open: openDynamoBackend },
];

describe.each(BACKENDS)('eleven requests of a job that runs one at a time, over $name', ({ open }) => {
  test('are all completed, one after the other, while a due run takes its turn without waiting for them', async () => {
    const { backend, close } = await open();
    const requests = Array.from({ length: 11 }, () => plannedRun({ isRequested: true, duration: 5_000 }));
    const due = plannedRun({ after: 10_000, duration: 5_000 });

    const { world, violations } = await simulate(
      plainScenario({ faults: NO_FAULTS, runs: [...requests, due] }),
      backend,
    );
    await close();

    expect(violations).toEqual([]);
    const last = new Map<string, FactOf<'record'>>();
    for (const fact of world.facts) if (fact.kind === 'record') last.set(fact.after.id, fact);
    const asked = [...last.values()].filter(({ after }) => after.schedule === null);
    expect(asked.map(({ after }) => after.status)).toEqual(Array(11).fill('completed'));
    expect(Math.max(...asked.map(({ at }) => at)) - (world.facts[0]?.at ?? 0)).toBeLessThan(5 * MINUTE);
  });
});
