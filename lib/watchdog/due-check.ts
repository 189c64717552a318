import type { RunRecord } from '../run/record.ts';
import { scheduledRunId } from '../run/run-id.ts';
import { type EpochMs, epochMs, milliseconds, plus, toIso } from '../units.ts';
import { mapInBatches } from './batches.ts';
import { type Deployed, lookUpDeployed, SETTLING } from './deployed.ts';
import type { DueTime } from './due-times.ts';
import type { WatchdogPlan, WatchdogPorts, WatchedSchedule } from './ports.ts';
import { type WatchedMinutes, wasWatched } from './watched-minutes.ts';

/** A due time that no run came of, and why that may be. */
export interface Missed {
  readonly run: string;
  readonly schedule: WatchedSchedule;
  readonly scheduledTime: DueTime['scheduledTime'];
  readonly why: string;
  /** Whether its message came after all, too late to be run. */
  readonly isTooLate: boolean;
  /** Whether somebody has disabled the schedule in EventBridge. */
  readonly isPutOff: boolean;
}

export interface DueCheck {
  /** The oldest first; also those that an earlier look has recorded and may not have told of. */
  readonly missed: readonly Missed[];
  /** How many due times were recorded as skipped by a calendar. */
  readonly skipped: number;
  /** When EventBridge's schedules were made that were asked for, by id. */
  readonly createdAt: ReadonlyMap<string, EpochMs>;
}

export interface DueCheckOptions {
  readonly plan: WatchdogPlan;
  readonly ports: WatchdogPorts;
  readonly watched: WatchedMinutes;
}

/**
 * Looks at the record of each due time by its exact key. Where there is none it is written: skipped, for a day that
 * the calendar leaves out; missed, if EventBridge had the schedule at that time. One that came too late to be run was
 * missed as well, though its record says more.
 */
export async function checkDueTimes(due: readonly DueTime[], options: DueCheckOptions): Promise<DueCheck> {
  const { plan, ports } = options;
  const { store } = ports;
  const records = await mapInBatches(due, (each) => store.get(runOf(each)));
  const now = ports.now();
  await mapInBatches(records, async (record) => {
    if (record?.status !== 'running') return;
    // Not from a lease on that ended long ago, while nobody looked: the sweep comes ever more rarely to what is old.
    await store.track(record, epochMs(Math.max(now, record.leaseUntil ?? now)));
  });

  const found = due.map((each, index) => ({ each, record: records[index] }));
  const silent = found.filter(({ record }) => isUntold(record));
  const deployed = await lookUpEach(
    silent.map(({ each }) => each),
    ports,
  );
  const missed: Missed[] = [];
  let skipped = 0;
  for (const { each, record } of silent) {
    const state = deployed.get(each.schedule.id);
    if (record === undefined && !isExpected(each, state, options)) {
      tell('due-time-not-expected', each, {}, ports);
      continue;
    }
    if (each.calendar !== undefined) {
      if (await recordUnrun(each, plan, ports)) skipped += 1;
      continue;
    }
    const isNew = await recordUnrun(each, plan, ports);
    const current = isNew ? undefined : await store.get(runOf(each));
    // A run that has come in the meantime is none that was missed.
    if (!isNew && !isUntold(current)) continue;
    missed.push({
      run: runOf(each),
      schedule: each.schedule,
      scheduledTime: each.scheduledTime,
      why: lateness(current) ?? reasonOf(each, state, plan),
      isTooLate: isTooLate(current),
      isPutOff: state?.kind === 'disabled',
    });
  }
  return { missed, skipped, createdAt: creationTimes(deployed) };
}

const runOf = ({ schedule, scheduledTime }: DueTime): string =>
  scheduledRunId(schedule.job, schedule.id, scheduledTime);

/**
 * No record; or one of an earlier look that ended before it had told anybody: else it would not be looked at again; or one
 * of a message that came too late, of which nobody has heard.
 */
const isUntold = (record: RunRecord | undefined): boolean =>
  record === undefined || record.status === 'missed' || isTooLate(record);

const isTooLate = (record: RunRecord | undefined): boolean =>
  record?.status === 'skipped' && record.reason === 'too-late';

function lateness(record: RunRecord | undefined): string | undefined {
  if (record?.startedAt === undefined || !isTooLate(record)) return undefined;
  const minutes = Math.floor((record.startedAt - record.scheduledTime) / MINUTE_MS);
  return `its message was taken ${minutes} minutes late, which is more than maxLateness: it is recorded as skipped; look at the job's queue and function`;
}

const MINUTE_MS = 60_000;

async function lookUpEach(
  silent: readonly DueTime[],
  { findDeployed }: WatchdogPorts,
): Promise<ReadonlyMap<string, Deployed>> {
  const schedules = new Map(silent.map(({ schedule }) => [schedule.id, schedule]));
  const looked = await mapInBatches(
    [...schedules.values()],
    async (schedule): Promise<[string, Deployed]> => [schedule.id, await lookUpDeployed(schedule, findDeployed)],
  );
  return new Map(looked);
}

const creationTimes = (deployed: ReadonlyMap<string, Deployed>): DueCheck['createdAt'] =>
  new Map([...deployed].flatMap(([id, state]) => ('createdAt' in state ? [[id, state.createdAt] as const] : [])));

/**
 * A schedule that was made after the due time did not have it: somebody has set it up anew. Not so one that was only
 * changed: it was as expected when it was adopted, and a deployment may have given it nothing but another input. Nor one
 * that was watched when it was due: it has been made anew since, in another stack.
 */
function isExpected(
  { scheduledTime, isUnsure, calendar }: DueTime,
  deployed: Deployed | undefined,
  { watched }: DueCheckOptions,
): boolean {
  if (deployed === undefined || (isUnsure && calendar === undefined)) return false;
  if (!('createdAt' in deployed) || scheduledTime > plus(deployed.createdAt, SETTLING)) return true;
  return scheduledTime <= deployed.createdAt - SETTLING && wasWatched(scheduledTime, watched);
}

function reasonOf(
  { scheduledTime, isAfterGap, schedule }: DueTime,
  deployed: Deployed | undefined,
  { prefix }: WatchdogPlan,
): string {
  if (isAfterGap)
    return `the watchdog starts it when clocks have skipped due times; look into the log of ${prefix}-watchdog`;
  // One that is over is out of EventBridge since, as it should be.
  if (deployed !== undefined && 'why' in deployed && schedule.isOver !== true) {
    if (!('changedAt' in deployed) || scheduledTime > deployed.changedAt) return deployed.why;
  }
  return `EventBridge had the schedule as it should; look into ${prefix}-undelivered, then at the job's queue and function`;
}

/** Of records of a job that has just left the app. */
const LEAST_RETENTION = milliseconds(30 * 86_400_000);

async function recordUnrun(
  each: DueTime,
  plan: WatchdogPlan,
  { store, now, ...ports }: WatchdogPorts,
): Promise<boolean> {
  const { schedule, scheduledTime, calendar } = each;
  const isNew = await store.recordUnrun({
    id: runOf(each),
    job: schedule.job,
    schedule: schedule.id,
    scheduledTime,
    at: now(),
    retention: plan.jobs[schedule.job]?.retention ?? LEAST_RETENTION,
    ...(calendar === undefined ? {} : { calendar }),
  });
  if (isNew && calendar !== undefined) tell('run-skipped', each, { reason: 'calendar', calendar }, { ...ports });
  return isNew;
}

const tell = (
  event: 'run-skipped' | 'due-time-not-expected',
  each: DueTime,
  more: Readonly<Record<string, unknown>>,
  ports: Pick<WatchdogPorts, 'tell'>,
): void =>
  ports.tell(event, {
    runId: runOf(each),
    job: each.schedule.job,
    schedule: each.schedule.id,
    scheduledTime: toIso(each.scheduledTime),
    ...more,
  });
