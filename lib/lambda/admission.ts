import { isDue } from '../job/trigger.ts';
import type { RunRecord, Skip } from '../run/record.ts';
import type { ScheduleFacts, SkipByCalendar } from './schedule-facts.ts';

/**
 * Why a due time is not to be run: its calendar, or that it comes too late. `undefined` for runs that no schedule
 * made due, which somebody wants now.
 *
 * How late a run is was settled when it was first claimed: a retry is no later for it.
 */
export function judge(
  run: RunRecord,
  facts: ScheduleFacts | undefined,
  calendar: SkipByCalendar | undefined,
): Skip | undefined {
  if (!isDue(run.trigger) || facts === undefined) return undefined;
  const isLate = (run.startedAt ?? 0) - run.scheduledTime > facts.lateAfter;
  return calendar?.(run, facts) ?? (isLate ? { reason: 'too-late' } : undefined);
}
