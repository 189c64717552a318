import { readEventBridge, type Timetable } from '../cron/index.ts';
import { type EpochMs, epochMs, MINUTE, type Milliseconds } from '../units.ts';

/** A schedule that EventBridge fires at a moment of its own within `spread` after each due time. */
export interface FiringWindow {
  readonly expressions: readonly string[];
  readonly timezone: string;
  readonly spread: Milliseconds;
}

/**
 * The due time for which a schedule was fired at an instant: the newest one, no longer ago than it may be fired late, which is
 * precise to a minute. `undefined` where there is none: the schedule had another definition then.
 */
export function newestDueTime(window: FiringWindow, firedAt: EpochMs): EpochMs | undefined {
  const from = epochMs(firedAt - window.spread - MINUTE);
  const due = timetablesOf(window).flatMap((timetable) => [...timetable.between(from, firedAt)]);
  return due.length === 0 ? undefined : epochMs(Math.max(...due));
}

const known = new WeakMap<FiringWindow, readonly Timetable[]>();

/** Read once a process. */
function timetablesOf(window: FiringWindow): readonly Timetable[] {
  const timetables = known.get(window) ?? window.expressions.map((each) => readEventBridge(each, window.timezone));
  known.set(window, timetables);
  return timetables;
}
