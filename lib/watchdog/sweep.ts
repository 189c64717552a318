import { hasEnded, type RunRecord } from '../run/record.ts';
import { type Inputs, inputsOf, resendBody } from '../run/resend.ts';
import type { EpochMs } from '../units.ts';
import { delayAgain, hasMetBusyJob } from './again.ts';
import type { OpenRun, SweepState, WatchdogPlan, WatchdogPorts } from './ports.ts';

/** How long after its time an open run is first sent again: until then its own message has had every chance. */
const PATIENCE_MS = 120_000;
/** How many messages one look sends. */
const MOST_SENT = 500;

/** How many rows one look goes through. */
const MOST_SEEN = 5000;

export interface Sweep {
  readonly sent: number;
  readonly problems: readonly string[];
  /** For the next look. */
  readonly state: SweepState;
}

/**
 * Sends a message for each open run that should have gone on by now. Whether its own message is lost or only waits
 * is not known: the claim decides, so a message too many does no harm, and a run that waits long gets ever fewer.
 *
 * What is too much for one look the next goes on with, at the row where this one has ended.
 */
export async function sweepOpenRuns(
  before: SweepState,
  { plan, ports, now }: { plan: WatchdogPlan; ports: WatchdogPorts; now: EpochMs },
): Promise<Sweep> {
  const inputs = inputsOf(plan.schedules);
  const pass: SweepState = before.after === undefined ? { since: before.until, until: now } : before;
  const problems: string[] = [];
  let [sent, seen] = [0, 0];
  for await (const row of ports.store.openRuns(pass.until, pass.after)) {
    seen += 1;
    const run = isTurn(row, pass) ? await ports.store.get(row.id) : undefined;
    if (run !== undefined && !hasEnded(run.status) && !holdsLease(run, now)) {
      const problem = await resend(run, { inputs, plan, ports });
      if (problem === undefined) sent += 1;
      else problems.push(problem);
    }
    if (sent + problems.length < MOST_SENT && seen < MOST_SEEN) continue;
    return { sent, problems, state: { ...pass, after: row.position } };
  }
  return { sent, problems, state: { since: pass.since, until: pass.until } };
}

/** After 2, 4, 8, 16 … minutes, each in one pass only, though nothing is written down. */
const isTurn = ({ checkAt }: OpenRun, { since, until }: SweepState): boolean =>
  turnsIn(until - checkAt) > turnsIn(since - checkAt);

const turnsIn = (age: number): number => (age < PATIENCE_MS ? 0 : Math.floor(Math.log2(age / PATIENCE_MS)) + 1);

const holdsLease = ({ status, leaseUntil }: RunRecord, now: EpochMs): boolean =>
  status === 'running' && leaseUntil !== undefined && leaseUntil > now;

interface ResendParts {
  readonly inputs: Inputs;
  readonly plan: WatchdogPlan;
  readonly ports: WatchdogPorts;
}

/** @returns what went wrong */
async function resend(run: RunRecord, { inputs, plan, ports }: ResendParts): Promise<string | undefined> {
  const { id: runId, job, status } = run;
  const queue = plan.jobs[job]?.queue;
  const body = resendBody(run, inputs);
  if (queue === undefined || body === undefined) {
    ports.tell('not-sent', { runId, job, reason: 'its job or its schedule is not in the app any more' });
    return undefined;
  }
  try {
    await ports.send(queue, body, hasMetBusyJob(run) ? delayAgain(ports) : undefined);
  } catch (error) {
    return `run ${runId} cannot be sent again: ${String(error)}`;
  }
  ports.tell('run-resent', { runId, job, reason: `it is ${status} and nothing has come of its message` });
  return undefined;
}
