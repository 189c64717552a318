import { unreachable } from '../errors.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { type Deployed, definitionOf, withDefinition } from './deployed.ts';
import type { WatchedSchedule } from './plan.ts';
import type { ScheduleState } from './state.ts';
import { newScheduleState, shouldBeDeployed, type TrackedSchedule } from './tracked-schedule.ts';

/** What EventBridge has of a change that the app declares. */
type Change =
  | { readonly kind: 'removed' | 'unknown' | 'pending' }
  | { readonly kind: 'deployed'; readonly changedAt: EpochMs };

/**
 * Follows a tracked schedule that the app declares otherwise by now: changed, disabled or over, or so for a while and
 * then changed back.
 *
 * @returns `undefined` when no due time of it is expected any more
 */
export function followChange(
  schedule: WatchedSchedule,
  known: ScheduleState,
  { deployed, now }: { readonly deployed: Deployed; readonly now: EpochMs },
): TrackedSchedule | undefined {
  const old = { schedule: withDefinition(schedule, known.definition), state: known };
  const change = changeOf(schedule, deployed, now);
  switch (change.kind) {
    case 'removed':
      return undefined;
    case 'unknown':
      // EventBridge may have had the change for long: later due times are not known, and wait.
      return { ...old, lastUntil: known.checkedUntil };
    case 'pending':
      return { ...old, lastUntil: known.lastUntil };
    case 'deployed':
      return followDeployed(schedule, old, change.changedAt);
    default:
      return unreachable(change);
  }
}

function changeOf(schedule: WatchedSchedule, deployed: Deployed, now: EpochMs): Change {
  const isWanted = shouldBeDeployed(schedule);
  switch (deployed.kind) {
    case 'unknown':
      return { kind: 'unknown' };
    case 'different':
      return { kind: 'pending' };
    case 'as-expected':
      return isWanted ? { kind: 'deployed', changedAt: deployed.changedAt } : { kind: 'pending' };
    case 'disabled':
      return isWanted ? { kind: 'pending' } : { kind: 'deployed', changedAt: deployed.changedAt };
    case 'absent':
      if (isWanted) return { kind: 'pending' };
      return schedule.isOver === true ? { kind: 'deployed', changedAt: now } : { kind: 'removed' };
    default:
      return unreachable(deployed);
  }
}

function followDeployed(
  schedule: WatchedSchedule,
  old: TrackedSchedule,
  changedAt: EpochMs,
): TrackedSchedule | undefined {
  const { state: known } = old;
  const isWanted = shouldBeDeployed(schedule);
  if (isWanted && known.definition === definitionOf(schedule)) return { schedule, state: resumed(known, changedAt) };
  // The change that was seen first counts: it may have been changed once more since.
  const lastUntil = known.lastUntil ?? changedAt;
  if (known.checkedUntil < lastUntil) return { ...old, state: { ...known, lastUntil }, lastUntil };
  if (!isWanted) return undefined;
  const hasSameTimes = timesOf(old.schedule) === timesOf(schedule);
  // Where EventBridge has the same times as before, its last change may be long ago.
  const checkedUntil = epochMs(Math.max(changedAt, hasSameTimes ? known.checkedUntil : 0));
  return { schedule, state: newScheduleState(schedule, changedAt, checkedUntil) };
}

/** The state of a schedule that has its tracked definition back since an instant. */
function resumed({ lastUntil, ...known }: ScheduleState, since: EpochMs): ScheduleState {
  if (lastUntil === undefined) return known;
  return { ...known, pauses: [...(known.pauses ?? []), { from: lastUntil, to: since }] };
}

const timesOf = ({ expressions, timezone }: WatchedSchedule): string => [...expressions, timezone].join();
