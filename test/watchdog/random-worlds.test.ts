import { describe, expect, test } from 'vitest';
import { countOf } from '../support/thorough.ts';
import { auditWatch } from '../support/watchdog/auditor.ts';
import { WATCH_MUTANTS } from '../support/watchdog/mutants.ts';
import { happen, type Mutate } from '../support/watchdog/random-world.ts';
import { type Odds, watchScenarioOf } from '../support/watchdog/scenario.ts';

/** `SEEDS=5000` for a long night. */
const SEEDS = Number(process.env.SEEDS ?? countOf(120, 40));
/** Within how many of them a broken watchdog must show, of any worlds, and of those in which something is sure to go wrong. */
const HUNT = 40;
const WORLDS: readonly Partial<Odds>[] = [
  {},
  { late: 0.5, slow: 0.3 },
  { vanished: 0.3, lost: 0.9 },
  { dropped: 0.3, broken: 0.05, died: 0.05 },
  // Of all that breaks, most are alerts that cannot be sent.
  { dropped: 0.5, broken: 0.2 },
];

/** Worlds in which a mutant that hides well was found, as seed and place in {@link WORLDS}: these are looked at first. */
const FOUND_IN: Readonly<Partial<Record<string, readonly [seed: number, world: number]>>> = {
  forgetsPendingAlerts: [21, 0],
  forgetsWhatIsInFlight: [13, 3],
  overwritesRecords: [11, 1],
  sendsNothingAhead: [20, 0],
};

/** Every world in which a mutant is looked for. */
function* worldsFor(mutant: string): Iterable<readonly [seed: number, odds: Partial<Odds> | undefined]> {
  const [seed, world = 0] = FOUND_IN[mutant] ?? [];
  if (seed !== undefined) yield [seed, WORLDS[world]];
  for (let seed = 1; seed <= HUNT; seed++) for (const odds of WORLDS) yield [seed, odds];
}

async function violationsOf(seed: number, odds: Partial<Odds> = {}, mutate?: Mutate): Promise<readonly string[]> {
  const violations = await auditWatch(await happen(watchScenarioOf(seed, odds), mutate));
  return violations.map((violation) => `SEED=${seed} ${violation}`);
}

test(
  'every due time ends with one record of its outcome, whatever goes wrong on the way',
  async () => {
    const found: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) found.push(...(await violationsOf(seed)));

    expect(found).toEqual([]);
  },
  Math.max(180_000, SEEDS * 1000),
);

test('a seed is one world: the same story every time', async () => {
  const happenAgain = async () => (await happen(watchScenarioOf(21))).harness;

  const story = await happenAgain();

  expect(story.story().length).toBeGreaterThan(10);
  expect(await happenAgain()).toMatchObject({ logged: story.logged, sent: story.sent, alerts: story.alerts });
});

describe('a watchdog that is broken on purpose is found out', () => {
  test.each(Object.entries(WATCH_MUTANTS))('%s', async (name, mutate) => {
    let found: readonly string[] = [];
    for (const [seed, odds] of worldsFor(name)) if (found.length === 0) found = await violationsOf(seed, odds, mutate);

    expect(found).not.toEqual([]);
  });
});
