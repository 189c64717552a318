import { unreachable } from '../errors.ts';
import { hasEnded, type RunRecord } from '../run/record.ts';
import { type EpochMs, MINUTE, milliseconds, plus, type Seconds } from '../units.ts';
import { mapInBatches } from './batches.ts';
import { lookUpDeployed } from './deployed.ts';
import { type DueRun, dueRun } from './due-run.ts';
import type { Pass } from './pass-context.ts';
import { isSent } from './plan-catch-ups.ts';
import { hasMetBusyJob, resendDelay } from './resend-delay.ts';
import type { CatchUp } from './state.ts';
import { isUnreadable, readable } from './unreadable.ts';

/** How long after its message a catch-up run that has not begun is sent again. */
const LOST_AFTER = milliseconds(15 * MINUTE);
/** How long after its message a catch-up run that has met a busy job is sent again. */
const BUSY_AFTER = milliseconds(2 * MINUTE);

/** A catch-up to send. */
export interface CatchUpRun extends DueRun {
  readonly delay?: Seconds;
}

export interface CatchUpTurns {
  /** What is left for the next pass, as if all of `runs` were sent. */
  readonly catchUps: readonly CatchUp[];
  readonly runs: readonly CatchUpRun[];
}

/**
 * Chooses the next catch-up of each job that has none in flight, the oldest first. One at a time, whatever the job's
 * overlap policy.
 *
 * @param stillFailing ids of schedules whose newest missed due times are not known yet
 */
export async function chooseCatchUps(
  catchUps: readonly CatchUp[],
  stillFailing: ReadonlySet<string>,
  pass: Pass,
): Promise<CatchUpTurns> {
  const { candidates, unreadable } = await readCandidates(catchUps, pass);
  const left = [...unreadable];
  const runs: CatchUpRun[] = [];
  const busy = new Set<string>();
  for (const candidate of candidates) {
    const { catchUp, record, due } = candidate;
    const turn = await turnOf(candidate, { busy, stillFailing, pass });
    if (turn === 'send' || turn === 'in-flight') busy.add(due.request.job);
    switch (turn) {
      case 'drop':
        break;
      case 'wait':
      case 'in-flight':
        left.push(catchUp);
        break;
      case 'send':
        left.push({ ...catchUp, sentAt: pass.now });
        runs.push(hasMetBusyJob(record) ? { ...due, delay: resendDelay(pass.ports) } : due);
        break;
      default:
        return unreachable(turn);
    }
  }
  return { catchUps: left, runs };
}

interface Candidate {
  readonly catchUp: CatchUp;
  readonly record: RunRecord;
  readonly due: DueRun;
}

interface Candidates {
  readonly candidates: readonly Candidate[];
  /** Those whose records cannot be read wait until one can: a later version may have written it. */
  readonly unreadable: readonly CatchUp[];
}

/** Those that are sent come first. Those that have left the app or the table, or have run, are left out. */
async function readCandidates(catchUps: readonly CatchUp[], pass: Pass): Promise<Candidates> {
  const inOrder = [...catchUps.filter(isSent), ...catchUps.filter((other) => !isSent(other))];
  const records = await mapInBatches(inOrder, ({ run }) => pass.ports.store.get(run));
  const candidates = inOrder.flatMap((catchUp, index) => {
    const due = dueRun(catchUp.run, 'catch-up', pass.plan);
    const record = readable(records[index], pass);
    return due === undefined || record === undefined || hasRun(record) ? [] : [{ catchUp, record, due }];
  });
  return { candidates, unreadable: inOrder.filter((_, index) => isUnreadable(records[index])) };
}

/** Whether it has run, as a catch-up or as a late original. A `skipped` original came too late or at a bad time. */
const hasRun = ({ status }: RunRecord): boolean => status !== 'missed' && status !== 'skipped' && hasEnded(status);

/** What becomes of a catch-up in this pass. Of those that wait or are in flight, one in flight keeps its job busy. */
type Turn = 'drop' | 'wait' | 'in-flight' | 'send';

interface Constraints {
  /** Jobs with a catch-up in flight. */
  readonly busy: ReadonlySet<string>;
  readonly stillFailing: ReadonlySet<string>;
  readonly pass: Pass;
}

async function turnOf({ catchUp, record, due }: Candidate, { busy, stillFailing, pass }: Constraints): Promise<Turn> {
  const {
    schedule,
    request: { job },
  } = due;
  const isWanted = schedule.enabled && schedule.policy.catchUp > 0;
  // No other is started, but one that is running goes on.
  if (!isWanted) return isSent(catchUp) && !hasEnded(record.status) ? 'in-flight' : 'drop';
  if (busy.has(job) || (!isSent(catchUp) && stillFailing.has(schedule.id))) return 'wait';
  if (!isReady(catchUp, record, pass.now)) return 'in-flight';
  // The user may have disabled it by hand since it was planned.
  const { kind } = await lookUpDeployed(schedule, pass);
  return kind === 'disabled' ? 'drop' : 'send';
}

/** Whether it is to be sent. One in flight is covered by its own message, or by the rescue. */
function isReady({ sentAt }: CatchUp, record: RunRecord, now: EpochMs): boolean {
  const hasMetBusy = hasMetBusyJob(record);
  if (!hasEnded(record.status) && !hasMetBusy) return false;
  return sentAt === undefined || now >= plus(sentAt, hasMetBusy ? BUSY_AFTER : LOST_AFTER);
}
