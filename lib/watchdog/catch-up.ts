import { hasEnded, type RunRecord } from '../run/record.ts';
import { parseRunId } from '../run/run-id.ts';
import { type EpochMs, milliseconds, plus, type Seconds } from '../units.ts';
import { delayAgain, hasMetBusyJob } from './again.ts';
import { mapInBatches } from './batches.ts';
import { lookUpDeployed } from './deployed.ts';
import type { Missed } from './due-check.ts';
import { type Addressed, messageFor } from './message.ts';
import type { CatchUp, WatchdogPlan, WatchdogPorts, WatchedSchedule } from './ports.ts';

/** When a catch-up run that nobody has begun is sent again. */
const LOST_AFTER = milliseconds(15 * 60_000);
/** When one that has met a busy job is sent again. */
const AGAIN_AFTER = milliseconds(2 * 60_000);
/** How many are remembered over all schedules: they stand in one item of the table. */
const MOST_KEPT = 1000;

/**
 * Adds what was missed, as far as its schedules catch up and nobody has put them off by hand: of each at most so many, the
 * newest. What is sent already counts among them and stays.
 */
export function planCatchUps(
  before: readonly CatchUp[],
  missed: readonly Missed[],
  schedules: readonly WatchedSchedule[],
): readonly CatchUp[] {
  const known = new Set(before.map(({ run }) => run));
  const added = missed.filter(
    ({ schedule, run, isPutOff }) => schedule.policy.catchUp > 0 && !isPutOff && !known.has(run),
  );
  const room = new Map(schedules.map(({ id, policy }) => [id, policy.catchUp]));
  let inAll = MOST_KEPT - before.filter(isSent).length;
  const newestFirst = [...before, ...added.map(({ run }): CatchUp => ({ run }))].reverse();
  const kept = newestFirst.filter((each) => {
    const schedule = scheduleOf(each.run);
    const left = room.get(schedule) ?? 0;
    room.set(schedule, left - 1);
    if (isSent(each)) return true;
    if (left <= 0 || inAll <= 0) return false;
    inAll -= 1;
    return true;
  });
  return kept.reverse();
}

const isSent = ({ sentAt }: CatchUp): boolean => sentAt !== undefined;

const scheduleOf = (run: string): string => parseRunId(run)?.occasion ?? '';

export interface CatchUpOptions {
  readonly plan: WatchdogPlan;
  readonly ports: WatchdogPorts;
  readonly now: EpochMs;
  /** Ids of schedules of which it is not known yet which missed due times are the newest. */
  readonly undecided: ReadonlySet<string>;
}

/** A message that is to be sent. */
export interface Send extends Addressed {
  readonly delay?: Seconds;
}

export interface CatchUpTurns {
  /** What is left, as if all of `sends` were sent. */
  readonly catchUps: readonly CatchUp[];
  readonly sends: readonly Send[];
}

/** Whose turn it is: the oldest of each job that has none under way. One at a time, whatever the job's overlap policy. */
export async function takeTurns(
  catchUps: readonly CatchUp[],
  { plan, ports, now, undecided }: CatchUpOptions,
): Promise<CatchUpTurns> {
  const left: CatchUp[] = [];
  const sends: Send[] = [];
  const busy = new Set<string>();
  const inOrder = [...catchUps.filter(isSent), ...catchUps.filter((other) => !isSent(other))];
  const records = await mapInBatches(inOrder, ({ run }) => ports.store.get(run));
  for (const [index, each] of inOrder.entries()) {
    const message = messageFor(each.run, 'catch-up', plan);
    const record = records[index];
    // Gone from the app or from the table, or done: by this run, or by an original that came late.
    if (message === undefined || record === undefined || isOver(record)) continue;
    if (!isWanted(message)) {
      if (!isSent(each) || hasEnded(record.status)) continue;
      // Nobody wants another, but this one is going.
      busy.add(message.job);
      left.push(each);
      continue;
    }
    if (busy.has(message.job) || (!isSent(each) && undecided.has(message.schedule.id))) {
      left.push(each);
      continue;
    }
    const isReady = isTurnOf(each, record, now);
    if (isReady && (await isPutOff(message, ports))) continue;
    busy.add(message.job);
    left.push(isReady ? { ...each, sentAt: now } : each);
    if (isReady) sends.push(hasMetBusyJob(record) ? { ...message, delay: delayAgain(ports) } : message);
  }
  return { catchUps: left, sends };
}

/** Whether somebody has disabled its schedule by hand since it was planned. */
async function isPutOff({ schedule }: Addressed, { findDeployed }: WatchdogPorts): Promise<boolean> {
  return (await lookUpDeployed(schedule, findDeployed)).kind === 'disabled';
}

const isWanted = ({ schedule: { enabled, policy } }: Addressed): boolean => enabled && policy.catchUp > 0;

/** It has run. A `skipped` one has not: its original came after all, and too late or at a bad time. */
const isOver = ({ status }: RunRecord): boolean => status !== 'missed' && status !== 'skipped' && hasEnded(status);

/** Of what is under way its own message takes care, or the sweep. */
function isTurnOf({ sentAt }: CatchUp, record: RunRecord, now: EpochMs): boolean {
  const hasMetBusy = hasMetBusyJob(record);
  if (!hasEnded(record.status) && !hasMetBusy) return false;
  return sentAt === undefined || now >= plus(sentAt, hasMetBusy ? AGAIN_AFTER : LOST_AFTER);
}

export interface CatchUpStep {
  readonly sent: number;
  /** Runs whose message could not be sent. */
  readonly unsent: ReadonlySet<string>;
  readonly problems: readonly string[];
}

export async function sendCatchUps(sends: readonly Send[], { send, tell }: WatchdogPorts): Promise<CatchUpStep> {
  const unsent = new Set<string>();
  const problems: string[] = [];
  for (const { run, job, queue, body, delay } of sends) {
    try {
      await send(queue, body, delay);
      tell('catch-up-sent', { runId: run, job });
    } catch (error) {
      unsent.add(run);
      problems.push(`run ${run} cannot be caught up: ${String(error)}`);
    }
  }
  return { sent: sends.length - unsent.size, unsent, problems };
}
