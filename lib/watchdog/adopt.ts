import { type EpochMs, epochMs, milliseconds, plus } from '../units.ts';
import { mapInBatches } from './batches.ts';
import { type Deployed, definitionOf, lookUpDeployed, SETTLING, withDefinition } from './deployed.ts';
import type { ScheduleState, WaitingState, WatchdogPorts, WatchedSchedule, WatchState } from './ports.ts';

/** How long a deployment may take that a schedule is part of. */
const PATIENCE = milliseconds(3_600_000);

/** A schedule that EventBridge does not have as the app says, long after it should. */
export interface Undeployed {
  readonly schedule: WatchedSchedule;
  readonly since: EpochMs;
  readonly why: string;
}

/** A schedule as its due times are expected, which need not be as the app says by now. */
export interface Watched {
  readonly schedule: WatchedSchedule;
  readonly state: ScheduleState;
  /** Due times later than this are not its own, or not known to be. */
  readonly lastUntil?: EpochMs | undefined;
}

export interface Adopted {
  readonly watched: readonly Watched[];
  readonly waiting: Readonly<Record<string, WaitingState>>;
  /** Those of `waiting` that people should hear of now. */
  readonly overdue: readonly Undeployed[];
  /** Why EventBridge could not be asked. */
  readonly problems: readonly string[];
}

export interface AdoptOptions {
  readonly find: WatchdogPorts['findDeployed'];
  readonly now: EpochMs;
  /** Since when the watchdog looks: due times before are not expected of a schedule that is new to it. */
  readonly since: EpochMs;
}

/**
 * The schedules whose due times are expected, each with how far it has been looked at. One that is new is expected from
 * when EventBridge has it so: not before its stack is deployed, and not for the time before the watchdog's own. One that
 * was changed or put off is expected as it was until EventBridge has the change, and to its last due time before.
 * One that is gone from the app is forgotten.
 */
export async function adoptSchedules(
  schedules: readonly WatchedSchedule[],
  before: Pick<WatchState, 'schedules' | 'waiting'>,
  { find, now, since }: AdoptOptions,
): Promise<Adopted> {
  const waiting: Record<string, WaitingState> = {};
  const overdue: Undeployed[] = [];
  const problems: string[] = [];
  const watched = await mapInBatches(schedules, async (schedule): Promise<readonly Watched[]> => {
    const { id } = schedule;
    const known = own(before.schedules, id);
    const waited = own(before.waiting, id);
    if (known !== undefined && stands(schedule, known)) return [{ schedule, state: known }];
    const isDue = isDueAhead(schedule);
    if (!isDue && known === undefined) return [];
    const deployed = await lookUpDeployed(schedule, find);
    if (deployed.kind === 'unknown') problems.push(`schedule ${id}: ${deployed.why}`);
    if (isDue && deployed.kind !== 'as-expected') {
      const { since: waitingSince, isTold } = waited ?? { since: now, isTold: false };
      const isOverdue = !isTold && deployed.kind !== 'unknown' && now >= plus(waitingSince, PATIENCE);
      waiting[id] = { since: waitingSince, isTold };
      if (isOverdue) overdue.push({ schedule, since: waitingSince, why: deployed.why });
    }
    // While EventBridge could not be asked, time went on.
    const from = epochMs(Math.min(since, waited?.since ?? since));
    return known === undefined ? adoptNew(schedule, deployed, from) : succeed(schedule, known, { deployed, now });
  });
  return { watched: watched.flat(), waiting, overdue, problems };
}

/** An id may be that of a member that every object has: `constructor`. */
const own = <Value>(record: Readonly<Record<string, Value>>, id: string): Value | undefined =>
  Object.hasOwn(record, id) ? record[id] : undefined;

/** Whether EventBridge should have it. */
const isDueAhead = ({ enabled, isOver }: WatchedSchedule): boolean => enabled && isOver !== true;

/** Whether it is watched as the app says. One that is over is, until its last due time has a record. */
const stands = (schedule: WatchedSchedule, { definition, lastUntil }: ScheduleState): boolean =>
  schedule.enabled && definition === definitionOf(schedule) && lastUntil === undefined;

function adoptNew(schedule: WatchedSchedule, deployed: Deployed, since: EpochMs): readonly Watched[] {
  if (deployed.kind !== 'as-expected') return [];
  return [{ schedule, state: newState(schedule, deployed.changedAt, epochMs(Math.max(since, deployed.changedAt))) }];
}

const newState = (schedule: WatchedSchedule, changedAt: EpochMs, checkedUntil: EpochMs): ScheduleState => ({
  definition: definitionOf(schedule),
  expectedFrom: plus(changedAt, SETTLING),
  checkedUntil,
});

/** Of a schedule that is watched and has been changed or put off, or was for a while. */
function succeed(
  schedule: WatchedSchedule,
  known: ScheduleState,
  { deployed, now }: { readonly deployed: Deployed; readonly now: EpochMs },
): readonly Watched[] {
  const isDue = isDueAhead(schedule);
  const old = { schedule: withDefinition(schedule, known.definition), state: known };
  const gone = deployed.kind === 'absent' && !isDue;
  if (gone && schedule.isOver !== true) return [];
  // It may have been changed long since: what it was due by after that is not known, and waits.
  if (deployed.kind === 'unknown') return [{ ...old, lastUntil: known.checkedUntil }];
  if (!gone && deployed.kind !== (isDue ? 'as-expected' : 'disabled')) return [{ ...old, lastUntil: known.lastUntil }];

  const changedAt = 'changedAt' in deployed ? deployed.changedAt : now;
  if (isDue && known.definition === definitionOf(schedule)) return [{ schedule, state: resumed(known, changedAt) }];
  // What was seen first counts: it may have been changed once more since.
  const lastUntil = known.lastUntil ?? changedAt;
  if (known.checkedUntil < lastUntil) return [{ ...old, state: { ...known, lastUntil }, lastUntil }];
  if (!isDue) return [];
  const isSame = timesOf(old.schedule) === timesOf(schedule);
  // Where EventBridge has nothing else than before, it may have been changed last long ago.
  const checkedUntil = epochMs(Math.max(changedAt, isSame ? known.checkedUntil : 0));
  return [{ schedule, state: newState(schedule, changedAt, checkedUntil) }];
}

/** A schedule that is as it was again, since an instant. */
function resumed({ lastUntil, ...known }: ScheduleState, since: EpochMs): ScheduleState {
  if (lastUntil === undefined) return known;
  return { ...known, pauses: [...(known.pauses ?? []), { from: lastUntil, to: since }] };
}

const timesOf = ({ expressions, timezone }: WatchedSchedule): string => [...expressions, timezone].join();
