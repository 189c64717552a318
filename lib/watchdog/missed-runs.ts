import { unreachable } from '../errors.ts';
import type { RunRecord } from '../run/record.ts';
import { type EpochMs, epochMs, plus } from '../units.ts';
import { mapInBatches } from './batches.ts';
import { type Deployed, EVENTBRIDGE_PRECISION, lookUpDeployed } from './deployed.ts';
import type { DueTime } from './due-times.ts';
import { type Circumstances, isTooLate, missedReason, wasDisabled } from './missed-reason.ts';
import type { Pass } from './pass-context.ts';
import type { WatchedSchedule } from './plan.ts';
import type { WatchdogPorts } from './ports.ts';
import { logDueTime, recordWithoutRun, runOf } from './record-without-run.ts';
import { disabledStoryKey } from './story-keys.ts';
import { isUnreadable, readable } from './unreadable.ts';
import { wasWatched } from './watched-minutes.ts';

/** A due time that was missed, and the probable reason. */
export interface MissedRun {
  readonly run: string;
  readonly schedule: WatchedSchedule;
  readonly scheduledTime: EpochMs;
  readonly why: string;
  /** Whether its message came later than the maximum lateness. */
  readonly isTooLate: boolean;
  /** Whether the schedule is disabled in EventBridge now. */
  readonly isDisabled: boolean;
  /** Since when it was disabled by hand, where it was at its due time. */
  readonly disabledSince?: EpochMs | undefined;
}

export interface MissedRuns {
  /** The oldest first. With those that an earlier pass has recorded and may not have reported. */
  readonly missed: readonly MissedRun[];
  /** How many due times were recorded as skipped by a calendar. */
  readonly skipped: number;
  /** When the schedules that were looked up were created in EventBridge, by id. */
  readonly createdAt: ReadonlyMap<string, EpochMs>;
}

/**
 * Finds due times without a run, and records them: as skipped, on a day that a calendar leaves out; as missed, if
 * EventBridge had the schedule at that time. A run that was skipped as too late counts as missed; its record is left
 * unchanged.
 */
export async function recordMissedRuns(due: readonly DueTime[], pass: Pass): Promise<MissedRuns> {
  const { ports } = pass;
  const found = await mapInBatches(due, (each) => ports.store.get(runOf(each)));
  const records = found.map((each) => readable(each, pass));
  await trackRunningRuns(records, ports);
  const unreported = due
    .map((each, index) => ({ each, record: records[index] }))
    .filter(({ record }, index) => !isUnreadable(found[index]) && isUnreported(record));
  const schedules = new Map(unreported.map(({ each: { schedule } }) => [schedule.id, schedule]));
  const deployed = await lookUpAll([...schedules.values()], pass);
  const missed: MissedRun[] = [];
  let skipped = 0;
  for (const { each, record } of unreported) {
    const result = await recordDueTime(each, record, { deployed: deployed.get(each.schedule.id), pass });
    switch (result.kind) {
      case 'missed':
        missed.push(result.missed);
        break;
      case 'skipped':
        skipped += 1;
        break;
      case 'nothing-new':
        break;
      default:
        return unreachable(result);
    }
  }
  return { missed, skipped, createdAt: creationTimes(deployed) };
}

/**
 * Has the rescue find the runs that are in their first delivery. From the end of their leases on, but not from one that
 * ended long ago, while the watchdog was out: what is old is sent ever more rarely.
 */
async function trackRunningRuns(
  records: readonly (RunRecord | undefined)[],
  { store, now: readClock }: WatchdogPorts,
): Promise<void> {
  const now = readClock();
  await mapInBatches(records, async (record) => {
    if (record?.status !== 'running') return;
    await store.track(record, epochMs(Math.max(now, record.leaseUntil ?? now)));
  });
}

/**
 * Whether a due time has no record; or one of an earlier pass that ended before its alert was sent, else it would not be
 * checked again; or one of a message that came too late, which nothing has reported.
 */
const isUnreported = (record: RunRecord | undefined): boolean =>
  record === undefined || record.status === 'missed' || isTooLate(record);

async function lookUpAll(schedules: readonly WatchedSchedule[], pass: Pass): Promise<ReadonlyMap<string, Deployed>> {
  const lookUp = async (schedule: WatchedSchedule): Promise<[string, Deployed]> => [
    schedule.id,
    await lookUpDeployed(schedule, pass),
  ];
  return new Map(await mapInBatches(schedules, lookUp));
}

const creationTimes = (deployed: ReadonlyMap<string, Deployed>): MissedRuns['createdAt'] =>
  new Map([...deployed].flatMap(([id, each]) => ('createdAt' in each ? [[id, each.createdAt] as const] : [])));

type Recorded =
  | { readonly kind: 'missed'; readonly missed: MissedRun }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'nothing-new' };

async function recordDueTime(
  each: DueTime,
  record: RunRecord | undefined,
  { deployed, pass }: Circumstances,
): Promise<Recorded> {
  if (record === undefined && !isExpected(each, { deployed, pass })) {
    logDueTime('due-time-not-expected', each, {}, pass.ports);
    return { kind: 'nothing-new' };
  }
  const isNew = await recordWithoutRun(each, pass);
  if (each.calendar !== undefined) return { kind: isNew ? 'skipped' : 'nothing-new' };
  const found = isNew ? undefined : await pass.ports.store.get(runOf(each));
  const current = readable(found, pass);
  // A run that came since its record was read was not missed.
  if (isUnreadable(found) || (!isNew && !isUnreported(current))) return { kind: 'nothing-new' };
  const missed = {
    run: runOf(each),
    schedule: each.schedule,
    scheduledTime: each.scheduledTime,
    why: missedReason(each, current, { deployed, pass }),
    isTooLate: isTooLate(current),
    isDisabled: deployed?.kind === 'disabled',
    disabledSince: disabledSince(each, { deployed, pass }),
  };
  return { kind: 'missed', missed };
}

/** The later of two changes counts, where an entry has become two schedules; the story has the first that was seen. */
function disabledSince(due: DueTime, circumstances: Circumstances): EpochMs | undefined {
  if (!wasDisabled(due, circumstances)) return undefined;
  const { deployed, pass } = circumstances;
  const known = pass.stories.get(disabledStoryKey(due.schedule.id));
  return known?.since ?? (deployed?.kind === 'disabled' ? deployed.changedAt : undefined);
}

/**
 * Whether EventBridge had the due time. A schedule that was created after it did not, unless it was re-created: that is
 * known when the due time's minute had a pass, as when a job moves into another stack. One that was only changed did: it
 * was as expected when it was first tracked, and a deployment may have changed nothing but its input.
 */
function isExpected(
  { scheduledTime, isUnsure, calendar }: DueTime,
  { deployed, pass: { watched } }: Circumstances,
): boolean {
  if (deployed === undefined || (isUnsure && calendar === undefined)) return false;
  if (!('createdAt' in deployed) || scheduledTime > plus(deployed.createdAt, EVENTBRIDGE_PRECISION)) return true;
  return scheduledTime <= deployed.createdAt - EVENTBRIDGE_PRECISION && wasWatched(scheduledTime, watched);
}
