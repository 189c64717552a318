import { namedFaults, scriptedFaults } from './faults.ts';
import type { Mutant } from './mutants.ts';
import { plainScenario, plannedRun, type Scenario } from './scenario.ts';

/** A world that was found by a model of the protocol, and what must come of it. */
export interface Trace {
  readonly name: string;
  create(): Scenario;
  /** Of the run, once everything is over. */
  readonly ends: { readonly status: string; readonly attempt: number; readonly round: number };
  /** How many dead letters were sent. */
  readonly letters: number;
  /** Mutants, by name, that this world finds out. */
  readonly kills: readonly Mutant['name'][];
}

const NO_FAULTS = new Map();

/** So many copies, one after the other. */
const copies = (count: number, from: number, every: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index * every);

/** Failed runs: who sends the dead letter and the alert. */
const REPORT_TRACES: readonly Trace[] = [
  {
    name: 'copies that come while a failed run is being reported send no dead letter and no alert of their own',
    create: () =>
      plainScenario({
        faults: scriptedFaults(NO_FAULTS),
        maxAttempts: 1,
        runs: [plannedRun({ behaviours: ['throw'], resentAfter: copies(30, 1_900, 20) })],
      }),
    ends: { status: 'failed', attempt: 1, round: 0 },
    letters: 1,
    kills: ['SharesTheDeadLetter'],
  },
  {
    name: 'a delivery that dies before it has reported its failed run leaves that to one of the copies',
    create: () =>
      plainScenario({
        faults: namedFaults({ settle: 'crash-after' }, 0),
        maxAttempts: 1,
        runs: [plannedRun({ behaviours: ['throw'], resentAfter: copies(30, 45_500, 5) })],
      }),
    ends: { status: 'failed', attempt: 1, round: 0 },
    letters: 1,
    kills: ['TakesAnybodysDeadLetter', 'NeverTakesADeadLetter'],
  },
  {
    name: 'a delivery that cannot send the dead letter leaves it to the next at once',
    create: () =>
      plainScenario({
        faults: namedFaults({ 'dead-letter': 'lost-request' }, 0),
        maxAttempts: 1,
        runs: [plannedRun({ behaviours: ['throw'] })],
      }),
    ends: { status: 'failed', attempt: 1, round: 0 },
    letters: 1,
    kills: ['NeverTakesADeadLetter'],
  },
];

/** Rounds of attempts: which dead letter opens one. */
const ROUND_TRACES: readonly Trace[] = [
  {
    name: 'a dead letter whose round was ended by another message of its run opens no second one',
    create: () =>
      plainScenario({
        faults: scriptedFaults(NO_FAULTS),
        maxAttempts: 2,
        // The dead letter makes attempt 2 and waits for the next; the watchdog's message makes that, just before.
        runs: [plannedRun({ behaviours: ['throw-for-good', 'retry-after', 'throw'], resentAfter: [55_000] })],
        redrivesAfter: [10_000],
      }),
    ends: { status: 'failed', attempt: 3, round: 1 },
    letters: 2,
    kills: ['OpensARoundForAnyLetter', 'ForgetsTheRound'],
  },
  {
    name: 'one failure that left two dead letters gets one round, when both are moved back',
    create: () =>
      plainScenario({
        faults: namedFaults({ noteDeadLetter: 'crash-before' }, 0),
        maxAttempts: 1,
        runs: [plannedRun({ behaviours: ['throw'] })],
        redrivesAfter: [200_000],
      }),
    ends: { status: 'failed', attempt: 2, round: 1 },
    letters: 3,
    kills: ['OpensARoundForAnyLetter'],
  },
  {
    name: 'a message that was sent again opens no round of a failed run',
    create: () =>
      plainScenario({
        faults: scriptedFaults(NO_FAULTS),
        maxAttempts: 1,
        runs: [plannedRun({ behaviours: ['throw'], resentAfter: [60_000] })],
      }),
    ends: { status: 'failed', attempt: 1, round: 0 },
    letters: 1,
    kills: ['OpensARoundForAnyMessage'],
  },
  {
    name: 'a dead letter that loses its attributes when it is moved back opens its round all the same',
    create: () =>
      plainScenario({
        faults: scriptedFaults(NO_FAULTS),
        maxAttempts: 1,
        runs: [plannedRun({ behaviours: ['throw', 'succeed'] })],
        redrivesAfter: [20_000],
        losesAttributes: true,
      }),
    ends: { status: 'completed', attempt: 2, round: 1 },
    letters: 1,
    kills: ['sendsNoStory'],
  },
  {
    name: 'each dead letter of a run that keeps failing opens the next round',
    create: () =>
      plainScenario({
        faults: scriptedFaults(NO_FAULTS),
        maxAttempts: 1,
        runs: [plannedRun({ behaviours: ['throw', 'throw', 'succeed'] })],
        redrivesAfter: [20_000, 40_000],
      }),
    ends: { status: 'completed', attempt: 3, round: 2 },
    letters: 2,
    kills: ['ForgetsTheRound'],
  },
];

/** Runs of a job that must not be begun again when nobody knows how far an attempt came. */
const TIMEOUT_TRACES: readonly Trace[] = [
  {
    name: "a lost attempt ends its run where onTimeout is 'fail', and its dead letter opens the next round",
    create: () =>
      plainScenario({
        faults: scriptedFaults(NO_FAULTS),
        onTimeout: 'fail',
        runs: [plannedRun({ behaviours: ['block', 'succeed'] })],
        redrivesAfter: [200_000],
      }),
    ends: { status: 'completed', attempt: 2, round: 1 },
    letters: 1,
    kills: ['RetriesWhatWasLost'],
  },
  {
    name: "an attempt that times out ends its run where onTimeout is 'fail'",
    create: () =>
      plainScenario({
        faults: scriptedFaults(NO_FAULTS),
        onTimeout: 'fail',
        runs: [plannedRun({ behaviours: ['throw', 'heed-the-signal', 'succeed'] })],
      }),
    ends: { status: 'failed', attempt: 2, round: 0 },
    letters: 1,
    kills: ['retriesTimeoutsAlways'],
  },
  {
    name: "an attempt that ignores its signal ends its run where onTimeout is 'fail'",
    create: () =>
      plainScenario({
        faults: scriptedFaults(NO_FAULTS),
        onTimeout: 'fail',
        runs: [plannedRun({ behaviours: ['ignore-the-signal', 'succeed'] })],
      }),
    ends: { status: 'failed', attempt: 1, round: 0 },
    letters: 1,
    kills: ['retriesTimeoutsAlways'],
  },
];

export const TRACES: readonly Trace[] = [...ROUND_TRACES, ...REPORT_TRACES, ...TIMEOUT_TRACES];
