import { DAY, type EpochMs, epochMs, milliseconds } from '../units.ts';
import type { Pass } from './pass-context.ts';
import type { TrackedSchedule } from './tracked-schedule.ts';

/** Records are kept for at least 30 days: whether an older due time had one is not known. */
const MAX_LOOKBACK = milliseconds(28 * DAY);

/** A tracked schedule, and up to when its due times must have a record by now. */
export interface ExpectedSchedule extends TrackedSchedule {
  readonly until: EpochMs;
}

/** Adds to each schedule up to when it is checked: the grace and its spread ago, and no later than its definition. */
export function expectedSchedules(
  tracked: readonly TrackedSchedule[],
  { plan, now }: Pass,
): readonly ExpectedSchedule[] {
  return tracked.map(({ schedule, state, lastUntil }) => {
    const until = now - (plan.grace + schedule.policy.spread);
    const checkedUntil = epochMs(Math.max(state.checkedUntil, now - MAX_LOOKBACK));
    return {
      schedule,
      state: { ...state, checkedUntil },
      lastUntil,
      until: epochMs(Math.min(until, lastUntil ?? until)),
    };
  });
}
