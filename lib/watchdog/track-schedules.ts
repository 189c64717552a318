import { ownEntry } from '../own-entry.ts';
import { type EpochMs, epochMs, HOUR, plus } from '../units.ts';
import { mapInBatches } from './batches.ts';
import { type Deployed, definitionOf, lookUpDeployed } from './deployed.ts';
import { followChange } from './follow-change.ts';
import type { Pass } from './pass-context.ts';
import type { WatchedSchedule } from './plan.ts';
import type { ScheduleState, WaitingState } from './state.ts';
import { newScheduleState, shouldBeDeployed, type TrackedSchedule } from './tracked-schedule.ts';

/** How long the deployment of a schedule may take before an alert reports it. */
const MAX_DEPLOYMENT_TIME = HOUR;

/** A schedule that EventBridge does not have as the app declares it, long after it should. */
export interface OverdueSchedule {
  readonly schedule: WatchedSchedule;
  readonly since: EpochMs;
  readonly why: string;
}

export interface TrackedSchedules {
  readonly schedules: readonly TrackedSchedule[];
  /** The schedules that EventBridge does not have as the app declares them, by id. */
  readonly waiting: Readonly<Record<string, WaitingState>>;
  /** Those of `waiting` that have waited for long. */
  readonly overdue: readonly OverdueSchedule[];
  /** Why EventBridge could not be asked. */
  readonly problems: readonly string[];
}

/**
 * Tracks which due times EventBridge has for each schedule of the app.
 *
 * - A new schedule is expected from when EventBridge has it: not before its stack is deployed, and not before the
 *   watchdog's first pass.
 * - A changed or disabled one keeps its old definition until EventBridge has the change.
 * - One that has left the app is dropped.
 */
export async function trackSchedules(pass: Pass): Promise<TrackedSchedules> {
  const tracked = await mapInBatches(pass.plan.schedules, (schedule) => trackSchedule(schedule, pass));
  return {
    schedules: tracked.flatMap((each) => each.tracked ?? []),
    waiting: Object.fromEntries(tracked.flatMap(({ id, waiting }) => (waiting === undefined ? [] : [[id, waiting]]))),
    overdue: tracked.flatMap(({ overdue }) => overdue ?? []),
    problems: tracked.flatMap(({ problem }) => problem ?? []),
  };
}

interface Tracking {
  readonly id: string;
  /** Absent when no due time of it is expected. */
  readonly tracked?: TrackedSchedule | undefined;
  readonly waiting?: WaitingState | undefined;
  readonly overdue?: OverdueSchedule | undefined;
  readonly problem?: string | undefined;
}

async function trackSchedule(schedule: WatchedSchedule, pass: Pass): Promise<Tracking> {
  const { id } = schedule;
  const known = ownEntry(pass.state.schedules, id);
  if (known !== undefined && isUnchanged(schedule, known)) return { id, tracked: { schedule, state: known } };
  if (known === undefined && !shouldBeDeployed(schedule)) return { id };
  const deployed = await lookUpDeployed(schedule, pass);
  const waiting = waitingFor(schedule, deployed, pass);
  return {
    id,
    tracked:
      known === undefined
        ? trackNew(schedule, deployed, pass)
        : followChange(schedule, known, { deployed, now: pass.now }),
    waiting,
    overdue: waiting && overdueSchedule(schedule, deployed, { waiting, now: pass.now }),
    problem:
      deployed.kind === 'unknown' ? `schedule ${id}: EventBridge could not be asked: ${deployed.message}` : undefined,
  };
}

/** Whether it is tracked as the app declares it. One that is over is, until its last due time has a record. */
const isUnchanged = (schedule: WatchedSchedule, { definition, lastUntil }: ScheduleState): boolean =>
  schedule.enabled && definition === definitionOf(schedule) && lastUntil === undefined;

function trackNew(schedule: WatchedSchedule, deployed: Deployed, pass: Pass): TrackedSchedule | undefined {
  if (deployed.kind !== 'as-expected') return undefined;
  const { changedAt } = deployed;
  const checkedUntil = epochMs(Math.max(expectableFrom(schedule, pass), changedAt));
  return { schedule, state: newScheduleState(schedule, changedAt, checkedUntil) };
}

/** From when on the watchdog can expect due times of a new schedule. */
function expectableFrom({ id }: WatchedSchedule, { plan, state, now }: Pass): EpochMs {
  const lastPass = state.version === 0 ? now : state.lookedAt;
  // While EventBridge could not be asked, the schedule may have had due times.
  const waitingSince = ownEntry(state.waiting, id)?.since ?? now;
  return epochMs(Math.min(now - plan.grace, lastPass, waitingSince));
}

function waitingFor(schedule: WatchedSchedule, deployed: Deployed, { state, now }: Pass): WaitingState | undefined {
  if (!shouldBeDeployed(schedule) || deployed.kind === 'as-expected') return undefined;
  return { since: ownEntry(state.waiting, schedule.id)?.since ?? now };
}

function overdueSchedule(
  schedule: WatchedSchedule,
  deployed: Deployed,
  { waiting: { since }, now }: { readonly waiting: WaitingState; readonly now: EpochMs },
): OverdueSchedule | undefined {
  if (deployed.kind === 'unknown' || deployed.kind === 'as-expected') return undefined;
  return now >= plus(since, MAX_DEPLOYMENT_TIME) ? { schedule, since, why: deployed.why } : undefined;
}
