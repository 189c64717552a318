import { parseRunId } from '../run/run-id.ts';
import type { MissedRun } from './missed-runs.ts';
import type { Pass } from './pass-context.ts';
import type { CatchUp } from './state.ts';

/** How many catch-ups are kept over all schedules: the state is one item of the table. */
const MAX_KEPT = 1000;

/**
 * Adds missed due times to the catch-ups of the state, for schedules that catch up and are not disabled by hand. Of each
 * schedule the newest are kept, up to its limit; those that are sent count towards it and stay.
 */
export function planCatchUps(missed: readonly MissedRun[], { state, plan }: Pass): readonly CatchUp[] {
  const before = state.catchUps;
  const known = new Set(before.map(({ run }) => run));
  const added = missed.filter(
    ({ schedule, run, isDisabled }) => schedule.policy.catchUp > 0 && !isDisabled && !known.has(run),
  );
  return keepNewest([...before, ...added.map(({ run }): CatchUp => ({ run }))], {
    limits: new Map(plan.schedules.map(({ id, policy }) => [id, policy.catchUp])),
    room: MAX_KEPT - before.filter(isSent).length,
  });
}

/** Whether the message of a catch-up was sent, or may have been. */
export const isSent = ({ sentAt }: CatchUp): boolean => sentAt !== undefined;

interface Limits {
  /** By id of the schedule. */
  readonly limits: ReadonlyMap<string, number>;
  /** How many that are not sent are kept over all schedules. */
  readonly room: number;
}

function keepNewest(catchUps: readonly CatchUp[], { limits, room }: Limits): readonly CatchUp[] {
  const left = new Map(limits);
  let leftInAll = room;
  const kept = [...catchUps].reverse().filter((each) => {
    const schedule = parseRunId(each.run)?.occasion ?? '';
    const leftOfSchedule = left.get(schedule) ?? 0;
    left.set(schedule, leftOfSchedule - 1);
    if (isSent(each)) return true;
    if (leftOfSchedule <= 0 || leftInAll <= 0) return false;
    leftInAll -= 1;
    return true;
  });
  return kept.reverse();
}
