import { clockChanges } from '../cron/clock-changes.ts';
import { type ClockChange, readEventBridge } from '../cron/index.ts';
import { readZone } from '../cron/zone-name.ts';
import type { OccurrencesOf } from '../due/occurrences.ts';
import type { EpochMs, Milliseconds } from '../units.ts';

/** A change of a schedule's clocks. */
export interface ScheduleClockChange extends ClockChange {
  /** The local times named by the expression that it skips or repeats: ascending, and often none. */
  readonly times: readonly Milliseconds[];
}

/** All changes of a schedule's clocks in (from, to], ascending. */
export function scheduleClockChanges(
  { expressions, timezone }: Pick<OccurrencesOf, 'expressions' | 'timezone'>,
  from: EpochMs,
  to: EpochMs,
): readonly ScheduleClockChange[] {
  const touched = expressions.flatMap((expression) => [
    ...readEventBridge(expression, timezone).touchedChanges(from, to),
  ]);
  return [...clockChanges(readZone(timezone), from, to)].map((change) => {
    const times = touched.filter(({ at }) => at === change.at).flatMap((each) => each.times);
    return { ...change, times: [...new Set(times)].sort((one, other) => one - other) };
  });
}
