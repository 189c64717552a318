import type { TimeoutChoice } from '../../../lib/job/on-timeout.ts';
import type { OverlapPolicy } from '../../../lib/job/overlap.ts';
import { MINUTE } from '../../../lib/units.ts';
import { BEHAVIOURS, type Behaviour } from './behaviour.ts';
import { type FaultPlan, namedFaults, swarmFaults } from './faults.ts';
import { Random } from './random.ts';

/** 02:00 on a Tuesday: when simulations begin. */
export const START = Date.parse('2027-03-02T02:00:00Z');

export interface PlannedRun {
  /** After the start, in milliseconds. */
  readonly after: number;
  /** How many messages EventBridge sends for it. */
  readonly copies: number;
  /** When the watchdog sends it again, after the start. @default never */
  readonly resentAfter?: readonly number[];
  /** What the job does in its first execution, its second, …; the last one goes on. */
  readonly behaviours: readonly [Behaviour, ...Behaviour[]];
  readonly duration: number;
  /** Whether somebody asks for it by hand. @default a schedule makes it due */
  readonly isRequested?: boolean;
}

/** Everything that a simulation depends on. */
export interface Scenario {
  readonly random: Random;
  readonly overlap: OverlapPolicy;
  readonly maxAttempts: number;
  readonly timeoutSeconds: number;
  readonly runs: readonly PlannedRun[];
  readonly faults: FaultPlan;
  /** Half of how far two workers' clocks may be apart, in milliseconds. */
  readonly skew: number;
  readonly duplicates: number;
  /** When somebody moves every dead letter back, after the start. */
  readonly redrivesAfter: readonly number[];
  /** How many dead letters are moved back at once, by somebody who watches the alarm. */
  readonly eagerRedrives: number;
  readonly onTimeout: TimeoutChoice;
  /** Whether a dead letter that is moved back loses its attributes on the way: nobody documents that it keeps them. */
  readonly losesAttributes: boolean;
}

/** Half of the 15 seconds by which two hosts may differ. */
const SKEW = 7_400;

/** A quiet world with one run that succeeds, and whatever a test changes in it. */
export function plainScenario(overrides: Partial<Scenario> & Pick<Scenario, 'faults'>): Scenario {
  return {
    random: new Random(1),
    overlap: 'skip',
    maxAttempts: 3,
    timeoutSeconds: 10,
    runs: [plannedRun()],
    skew: 0,
    duplicates: 0,
    redrivesAfter: [],
    eagerRedrives: 0,
    onTimeout: 'retry',
    losesAttributes: false,
    ...overrides,
  };
}

export function plannedRun(overrides: Partial<PlannedRun> = {}): PlannedRun {
  return { after: 0, copies: 1, behaviours: ['succeed'], duration: 2_000, ...overrides };
}

/** The world that a seed stands for. */
export function scenarioOf(seed: number): Scenario {
  const random = new Random(seed);
  const until = START + random.integer(2, 40) * MINUTE;
  const timeoutSeconds = random.pick([1, 10, 60]);
  const kinds = BEHAVIOURS.filter(() => random.chance(0.4));
  const spacing = random.pick([0, 10_000, 30_000, 60_000]);
  const behaviour = (): Behaviour =>
    random.chance(0.5) ? 'succeed' : (kinds[random.integer(0, kinds.length - 1)] ?? 'succeed');
  return {
    random,
    overlap: random.pick(['skip', 'skip', 'allow']),
    maxAttempts: random.integer(1, 4),
    timeoutSeconds,
    runs: Array.from({ length: random.integer(1, 6) }, (_, index) => ({
      after: index * spacing,
      copies: random.pick([1, 1, 1, 2]),
      behaviours: [behaviour(), behaviour(), behaviour()],
      duration: random.next() * timeoutSeconds * 1_100,
    })),
    faults: swarmFaults(random, { from: START, until }),
    skew: random.pick([0, SKEW]),
    duplicates: random.pick([0, 0, 0.1, 0.4]),
    redrivesAfter: random.chance(0.5) ? [] : [random.integer(1, 60) * MINUTE, random.integer(30, 90) * MINUTE],
    eagerRedrives: random.pick([0, 0, 1, 3]),
    losesAttributes: random.chance(0.3),
    onTimeout: random.pick(['retry', 'retry', 'fail']),
  };
}

/**
 * A crowd: runs of one job in quick succession, processes that freeze just beyond their lease, dead letters
 * moved back at once. Here the lock has to hold.
 */
export function crowdOf(seed: number): Scenario {
  const random = new Random(seed);
  const kinds = ['freeze-before', 'freeze-after', 'repeated', 'crash-after'] as const;
  const until = START + 240_000;
  const rate = random.pick([0.02, 0.05, 0.1]);
  return plainScenario({
    random,
    maxAttempts: random.integer(1, 2),
    runs: Array.from({ length: 20 }, (_, index) => ({
      after: index * random.integer(3_000, 8_000),
      copies: 1,
      behaviours: [random.chance(0.4) ? 'throw' : 'succeed', 'succeed'],
      duration: random.integer(500, 9_000),
    })),
    faults: {
      next: ({ now }) => (now < until && random.chance(rate) ? random.pick(kinds) : undefined),
      freeze: () => random.integer(30_000, 130_000),
    },
    eagerRedrives: 4,
  });
}

/**
 * A line: runs die and lose the lock to those that are due before their messages show again. Each of the few processes that
 * free the lock may die or freeze where it does.
 */
export function lineOf(seed: number): Scenario {
  const random = new Random(seed);
  const kinds = ['crash-before', 'crash-after', 'lost-request', 'lost-answer', 'freeze-after'] as const;
  const rate = random.pick([0, 0.02, 0.05]);
  const until = START + 30 * MINUTE;
  return plainScenario({
    random,
    timeoutSeconds: 60,
    runs: Array.from({ length: 12 }, (_, index) => ({
      after: index * random.pick([20_000, 30_000, 60_000]),
      copies: random.pick([1, 1, 2]),
      behaviours: [random.pick(['exit', 'succeed', 'throw'] as const), 'succeed'],
      duration: random.integer(5_000, 50_000),
      isRequested: random.chance(0.4),
    })),
    faults: {
      next: ({ now }) => (now < until && random.chance(rate) ? random.pick(kinds) : undefined),
      freeze: () => random.integer(10_000, 130_000),
    },
  });
}

/**
 * A delivery fails its run and freezes before it releases the lock. Its dead letter is sent by another delivery
 * and moved back, and while the run is at work again the first one thaws; other runs come every second.
 */
export function frozenReleaseOf(seed: number): Scenario {
  return plainScenario({
    random: new Random(seed),
    maxAttempts: 1,
    runs: [
      plannedRun({ behaviours: ['throw', 'succeed'], duration: 8_000 }),
      ...Array.from({ length: 40 }, (_, index) => plannedRun({ after: 50_000 + index * 1_000, duration: 100 })),
    ],
    faults: namedFaults({ release: 'freeze-before' }, 40_000 + (seed % 25) * 2_000),
    eagerRedrives: 1,
  });
}

/** A delivery dies before it releases the lock, and the takeover by the next run is sent twice. */
export function lostTakeoverOf(seed: number): Scenario {
  return plainScenario({
    random: new Random(seed),
    runs: [plannedRun(), plannedRun({ after: 5_000 })],
    faults: namedFaults({ settle: 'crash-after', takeOver: 'repeated' }, 0),
  });
}
