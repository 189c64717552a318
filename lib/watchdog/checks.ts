import type { Condition } from './conditions.ts';
import { findDeadLetters } from './dead-letters.ts';
import type { Findings } from './findings.ts';
import { type OpenRuns, readOpenRuns } from './open-runs.ts';
import type { Pass } from './pass-context.ts';
import { findSlow } from './slow.ts';
import type { ChecksState } from './state.ts';
import { findWaiting, waitingUnknown } from './waiting.ts';

/** What the checks of runs and queues have found. */
export interface Checks {
  /** Of the checks that this pass has made. */
  readonly findings: readonly Findings[];
  /** What was wrong and is over already: one alert each. */
  readonly ended: readonly Condition[];
  readonly problems: readonly string[];
  /** Absent when the index cannot be read. */
  readonly open: OpenRuns | undefined;
  /** For the next pass. */
  readonly state: ChecksState;
}

/** Looks for dead letters, and for runs that wait too long or take too long. A check that fails in part is made again by the next pass. */
export async function checkRunsAndQueues(pass: Pass): Promise<Checks> {
  const [deadLetters, { open, waiting }, slow] = await Promise.all([
    findDeadLetters(pass),
    readWaiting(pass),
    findSlow(pass),
  ]);
  const { deadLettersDueAt, slowDueAt, slowRuns } = pass.state.checks;
  const findings = [deadLetters, waiting, slow].filter((each) => each !== undefined);
  const dueAtOf = (check: Findings | undefined, before: ChecksState['slowDueAt']) =>
    check === undefined || check.problems.length > 0 ? before : pass.dueAt;
  return {
    findings,
    open,
    ended: slow?.ended ?? [],
    problems: findings.flatMap(({ problems }) => problems),
    state: {
      deadLettersDueAt: dueAtOf(deadLetters, deadLettersDueAt),
      slowDueAt: dueAtOf(slow, slowDueAt),
      slowRuns: slow?.slowRuns ?? slowRuns,
    },
  };
}

async function readWaiting(pass: Pass): Promise<{ readonly open?: OpenRuns; readonly waiting: Findings }> {
  try {
    const open = await readOpenRuns(pass);
    return { open, waiting: await findWaiting(open, pass) };
  } catch (error) {
    return { waiting: waitingUnknown(pass, error) };
  }
}
