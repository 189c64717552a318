import { WATCHDOG } from '../job/names.ts';
import { scheduledText } from '../observe/failure-alert.ts';
import { type EpochMs, epochMs, MINUTE, milliseconds } from '../units.ts';
import { mapInBatches } from './batches.ts';
import type { Condition } from './conditions.ts';
import { type Findings, isTurn, roughLength } from './findings.ts';
import type { Pass } from './pass-context.ts';
import type { RunLengths } from './ports.ts';
import { MAX_HISTORY, type SlowRun, slowRunsOf } from './slow-runs.ts';
import { readable } from './unreadable.ts';

const INTERVAL = milliseconds(15 * MINUTE);
/** How many runs of a job one check reads, which bounds how many it compares. */
const MAX_RUNS = 200;
/** How many reported runs the state remembers. */
const MAX_REMEMBERED = 200;

export interface SlowFindings extends Findings {
  /** Runs that were slow and have ended: each is reported once, and no alert says that it is over. */
  readonly ended: readonly Condition[];
  /** Those that are reported and that the next check may find once more. */
  readonly slowRuns: readonly string[];
}

/**
 * Compares how long the runs of a job take with its own history, every 15 minutes. It reads a job's newest due times, so
 * it does not see a catch-up or backfill of one that is older than those.
 *
 * @returns `undefined` when it is not this pass's turn
 */
export async function findSlow(pass: Pass): Promise<SlowFindings | undefined> {
  const { slowDueAt, slowRuns } = pass.state.checks;
  if (!isTurn(pass, slowDueAt, INTERVAL)) return undefined;
  // Not before the first check: an alert about what ended yesterday comes too late.
  const since = slowDueAt === 0 ? epochMs(pass.dueAt - INTERVAL) : epochMs(Math.min(slowDueAt, pass.dueAt));
  const { slow, unread, problems } = await compare(since, pass);
  const known = new Set(slowRuns);
  const describeAll = (runs: readonly SlowRun[]) => runs.map((run) => describe(run, pass));
  const ended = slow.filter(({ isRunning }) => !isRunning);
  return {
    kind: 'run-slow',
    conditions: describeAll(slow.filter(({ id, isRunning }) => isRunning && !known.has(id))),
    // One that was reported while it ran has a story, which is over now.
    ended: describeAll(ended.filter(({ id }) => !known.has(id) && !pass.stories.has(storyOf(id)))),
    unknown: [...pass.stories.values()].flatMap(({ key, kind, job = '' }) =>
      kind === 'run-slow' && unread.has(job) ? [key] : [],
    ),
    problems,
    slowRuns: [
      ...slow.filter(({ id, isRunning }) => !isRunning || known.has(id)).map(({ id }) => id),
      ...slowRuns.filter((id) => unread.has(jobOf(id))),
    ].slice(0, MAX_REMEMBERED),
  };
}

interface Compared {
  readonly slow: readonly SlowRun[];
  /** Jobs whose runs could not be read. */
  readonly unread: ReadonlySet<string>;
  readonly problems: readonly string[];
}

async function compare(since: EpochMs, pass: Pass): Promise<Compared> {
  const unread = new Set<string>();
  const problems: string[] = [];
  const slow = await mapInBatches(comparedJobs(pass), async (job) => {
    try {
      return slowRunsOf(await readRuns(job, since, pass), since, pass.now);
    } catch (error) {
      unread.add(job);
      problems.push(`runs of job ${job} cannot be read: ${String(error)}`);
      return [];
    }
  });
  return { slow: slow.flat(), unread, problems };
}

/** All but the watchdog itself, whose passes take seconds, and those that silence it. */
const comparedJobs = ({ plan }: Pass): readonly string[] =>
  Object.entries(plan.jobs).flatMap(([job, { isSlowSilenced }]) => (isSlowSilenced || job === WATCHDOG ? [] : [job]));

/** The newest runs, until the completions before the last check are enough for a history. */
async function readRuns(job: string, since: EpochMs, pass: Pass): Promise<readonly RunLengths[]> {
  const runs: RunLengths[] = [];
  let earlier = 0;
  for await (const found of pass.ports.store.newestRuns(job)) {
    const run = readable(found, pass);
    if (run === undefined) continue;
    runs.push(run);
    const { endedAt = pass.now } = run.attempts.at(-1) ?? {};
    if (run.status === 'completed' && endedAt <= since) earlier += 1;
    if (earlier === MAX_HISTORY || runs.length === MAX_RUNS) break;
  }
  return runs;
}

const storyOf = (run: string): string => `slow:${run}`;
const jobOf = (run: string): string => run.slice(0, run.indexOf('/'));

function describe(run: SlowRun, { stage, showOption }: Pass): Condition {
  const { id, startedAt, length, usual, completions, isRunning } = run;
  const job = jobOf(id);
  const command = `npm run belfry -- show '${id}'${showOption}`;
  const took = `${isRunning ? 'has been running for' : 'took'} ${roughLength(length)}`;
  return {
    ...{ story: storyOf(id), kind: 'run-slow', job, run: id, since: startedAt, command },
    subject: `[${stage}] ${job} ${took}, usually at most ${roughLength(usual)}`,
    lines: [
      `Run        ${id}`,
      `Started    ${scheduledText(startedAt)}`,
      `Usually    at most ${roughLength(usual)}: the 95th percentile of the ${completions} completions before it`,
      `Show it    ${command}`,
      "Silence    slow: { silenced: '<reason>' } of the job, where that is as it should be",
    ],
  };
}
