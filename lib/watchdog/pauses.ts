import type { EpochMs } from '../units.ts';
import { EVENTBRIDGE_PRECISION } from './deployed.ts';
import type { ScheduleState } from './state.ts';

/** Whether a due time lies in a pause of its schedule: EventBridge did not have it. */
export const isInPause = (instant: EpochMs, { pauses = [] }: ScheduleState): boolean =>
  pauses.some(({ from, to }) => instant > from && instant <= to);

/** Whether a due time lies in a pause or beside one, where EventBridge may have left it out. */
export const isNearPause = (instant: EpochMs, { pauses = [] }: ScheduleState): boolean =>
  pauses.some(({ from, to }) => instant > from - EVENTBRIDGE_PRECISION && instant <= to + EVENTBRIDGE_PRECISION);

/** The pauses that due times after an instant may be in or beside. */
export function pausesAfter(instant: EpochMs, { pauses }: ScheduleState): Pick<ScheduleState, 'pauses'> {
  return pauses === undefined ? {} : { pauses: pauses.filter(({ to }) => to + EVENTBRIDGE_PRECISION > instant) };
}
