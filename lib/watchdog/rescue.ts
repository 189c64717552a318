import { ownEntry } from '../own-entry.ts';
import { hasEnded, type RunRecord } from '../run/record.ts';
import { type Inputs, inputsOf, requestOf } from '../run/request.ts';
import { type EpochMs, MINUTE } from '../units.ts';
import { isReadable, MAX_ROWS, type OpenRuns } from './open-runs.ts';
import type { Pass } from './pass-context.ts';
import type { OpenRun } from './ports.ts';
import { collectProblem } from './problems.ts';
import { hasMetBusyJob, resendDelay } from './resend-delay.ts';
import type { RescueProgress } from './state.ts';
import { readable } from './unreadable.ts';

/** How long after its time an open run is first sent again: until then its own message has had every chance. */
const FIRST_RESEND_AFTER = 2 * MINUTE;
/** How many messages one pass sends. */
const MAX_SENT = 500;

export interface Rescue {
  /** Runs that were sent, or logged as `not-sent`. */
  readonly sent: number;
  readonly problems: readonly string[];
  /** For the next pass. */
  readonly progress: RescueProgress;
}

/**
 * Sends a message for each open run that should have gone on by now. Its own message may be lost or only delayed: the
 * claim decides, so one too many does no harm, and a run that waits long gets ever fewer.
 *
 * What is too much for one pass is left for the next, which continues after the last row read.
 *
 * @param open the index, where an earlier step has read it
 */
export async function rescueOpenRuns(pass: Pass, open: OpenRuns | undefined): Promise<Rescue> {
  const { plan, ports, state, now } = pass;
  const last = state.sweep;
  const progress: RescueProgress = last.after === undefined ? { since: last.until, until: now } : last;
  const inputs = inputsOf(plan.schedules);
  const problems: string[] = [];
  let [sent, read] = [0, 0];
  const isContinued = progress.after !== undefined;
  const rows = (isContinued ? undefined : open?.rows) ?? ports.store.openRuns(progress.until, progress.after);
  for await (const row of rows) {
    read += 1;
    const isDue = isReadable(row, pass) && isTurn(row, progress);
    const run = isDue ? readable(await ports.store.get(row.id), pass) : undefined;
    if (run !== undefined && !hasEnded(run.status) && !hasLease(run, now)) {
      if (await resend(run, pass, { inputs, problems })) sent += 1;
    }
    if (sent + problems.length < MAX_SENT && read < MAX_ROWS) continue;
    return { sent, problems, progress: { ...progress, after: row.position } };
  }
  return { sent, problems, progress: { since: progress.since, until: progress.until } };
}

/**
 * Whether it is a run's turn: 2, 4, 8, 16 … minutes after its time. That follows from when this reading of the index and
 * the last began, so nothing is stored for a run.
 */
const isTurn = ({ checkAt }: OpenRun, { since, until }: RescueProgress): boolean =>
  turnsIn(until - checkAt) > turnsIn(since - checkAt);

const turnsIn = (age: number): number =>
  age < FIRST_RESEND_AFTER ? 0 : Math.floor(Math.log2(age / FIRST_RESEND_AFTER)) + 1;

const hasLease = ({ status, leaseUntil }: RunRecord, now: EpochMs): boolean =>
  status === 'running' && leaseUntil !== undefined && leaseUntil > now;

interface ResendParts {
  readonly inputs: Inputs;
  readonly problems: string[];
}

/** @returns whether nothing went wrong */
async function resend(run: RunRecord, { plan, ports }: Pass, { inputs, problems }: ResendParts): Promise<boolean> {
  const { id: runId, job, status } = run;
  const request = requestOf(run, inputs);
  if (request === undefined || ownEntry(plan.jobs, job) === undefined) {
    ports.log('not-sent', { runId, job, reason: 'its job or its schedule is not in the app any more' });
    return true;
  }
  const delay = hasMetBusyJob(run) ? resendDelay(ports) : undefined;
  const send = () => ports.send(request, { delay });
  if (!(await collectProblem(problems, `run ${runId} cannot be sent again`, send))) return false;
  ports.log('run-resent', { runId, job, reason: `it is ${status} and nothing has come of its message` });
  return true;
}
