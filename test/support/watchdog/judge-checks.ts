import type { ListedFacts } from '../../../lib/observe/alert.ts';
import type { Story } from './random-world.ts';

/** The timeout of every job in a random world and half an hour: no retries explain less. */
const MIN_WAIT = 31 * 60_000;

/**
 * Checks what was reported of runs and queues: a run that waits did nothing for as long as it is said to wait, and of runs
 * that take less than a minute none is slow. Knows only what the jobs did.
 */
export function judgeChecks({ harness }: Story): readonly string[] {
  const reported = harness.alerts
    .flatMap(({ facts }): readonly ListedFacts[] => facts.each ?? [facts])
    .filter(({ isOver }) => isOver !== true);
  return reported.flatMap(({ kind, run, since, story }) => {
    if (kind === 'run-slow' || kind === 'dead-letters') return [`${story} was reported, and there was nothing`];
    if (kind !== 'runs-waiting') return [];
    const own = harness.functions.executions.filter((each) => each.run === run);
    const instants = own.flatMap(({ startedAt, endedAt = startedAt }) => [startedAt, endedAt]);
    const busy = instants.filter((at) => at > since && at < since + MIN_WAIT);
    return busy.map(
      (at) => `${run} was at work at ${new Date(at).toISOString()}, and was reported as waiting since before`,
    );
  });
}
