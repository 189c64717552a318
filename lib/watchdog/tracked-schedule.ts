import { type EpochMs, plus } from '../units.ts';
import { definitionOf, EVENTBRIDGE_PRECISION } from './deployed.ts';
import type { WatchedSchedule } from './plan.ts';
import type { ScheduleState } from './state.ts';

/** A schedule by the definition that EventBridge has. The app may declare another one by now. */
export interface TrackedSchedule {
  readonly schedule: WatchedSchedule;
  readonly state: ScheduleState;
  /** Due times later than this follow from another definition, or may. */
  readonly lastUntil?: EpochMs | undefined;
}

/** Whether EventBridge should have it. */
export const shouldBeDeployed = ({ enabled, isOver }: WatchedSchedule): boolean => enabled && isOver !== true;

/** The state of a schedule whose definition EventBridge has since `changedAt`. */
export const newScheduleState = (
  schedule: WatchedSchedule,
  changedAt: EpochMs,
  checkedUntil: EpochMs,
): ScheduleState => ({
  definition: definitionOf(schedule),
  expectedFrom: plus(changedAt, EVENTBRIDGE_PRECISION),
  checkedUntil,
});
