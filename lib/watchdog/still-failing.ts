import { occurrencesBetween } from '../due/occurrences.ts';
import { parseRunId } from '../run/run-id.ts';
import { type EpochMs, epochMs } from '../units.ts';
import type { DueTimes } from './due-times.ts';
import type { ExpectedSchedule } from './expected-schedules.ts';
import type { CatchUp } from './state.ts';

/**
 * Ids of schedules that may still be failing: a due time after their newest missed one is past and not checked yet. It
 * may be missed, too, and is the newest then. So after an outage a schedule is caught up once it is over, not due time
 * by due time.
 */
export function schedulesStillFailing(
  catchUps: readonly CatchUp[],
  expected: readonly ExpectedSchedule[],
  { checkedUntil, now }: Pick<DueTimes, 'checkedUntil'> & { readonly now: EpochMs },
): ReadonlySet<string> {
  const newest = newestBySchedule(catchUps, now);
  const isStillFailing = ({ schedule }: ExpectedSchedule): boolean => {
    const missed = newest.get(schedule.id);
    if (missed === undefined) return false;
    const [next] = occurrencesBetween(schedule, missed, now);
    return next !== undefined && next.scheduledTime > (checkedUntil[schedule.id] ?? now);
  };
  return new Set(expected.filter(isStillFailing).map(({ schedule }) => schedule.id));
}

function newestBySchedule(catchUps: readonly CatchUp[], now: EpochMs): ReadonlyMap<string, EpochMs> {
  const newest = new Map<string, EpochMs>();
  for (const { run } of catchUps) {
    const { occasion = '', scheduledTime = now } = parseRunId(run) ?? {};
    newest.set(occasion, epochMs(Math.max(scheduledTime, newest.get(occasion) ?? 0)));
  }
  return newest;
}
