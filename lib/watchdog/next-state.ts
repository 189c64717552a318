import { type EpochMs, epochMs } from '../units.ts';
import type { Checks } from './checks.ts';
import type { CatchUpTurns } from './choose-catch-ups.ts';
import type { DueTimes } from './due-times.ts';
import type { ExpectedSchedule } from './expected-schedules.ts';
import type { GapRuns } from './gap-runs.ts';
import type { MissedRuns } from './missed-runs.ts';
import type { Pass } from './pass-context.ts';
import { pausesAfter } from './pauses.ts';
import type { Rescue } from './rescue.ts';
import type { SubscriptionState, WatchState } from './state.ts';
import type { TrackedSchedules } from './track-schedules.ts';

/** What the steps of a pass have come to before the state is saved. */
export interface StepResults {
  readonly tracked: TrackedSchedules;
  readonly expected: readonly ExpectedSchedule[];
  readonly gapRuns: GapRuns;
  readonly dueTimes: DueTimes;
  readonly found: MissedRuns;
  readonly turns: CatchUpTurns;
  readonly checks: Checks;
  readonly rescue: Rescue;
  readonly subscriptions: SubscriptionState | undefined;
}

/** The state that a pass saves. */
export function nextState(results: StepResults, { state, now, watched }: Pass): WatchState {
  const { tracked, turns, rescue, subscriptions } = results;
  return {
    version: state.version + 1,
    lookedAt: now,
    watched,
    sweep: rescue.progress,
    schedules: Object.fromEntries(
      results.expected.map((each) => {
        const checkedUntil = checkedUntilOf(each, results, watched);
        return [each.schedule.id, { ...each.state, checkedUntil, ...pausesAfter(checkedUntil, each.state) }];
      }),
    ),
    waiting: tracked.waiting,
    catchUps: turns.catchUps,
    checks: results.checks.state,
    ...(subscriptions === undefined ? {} : { subscriptions }),
  };
}

/**
 * How far a schedule is checked. Of what was due in a gap, before the schedule was created, EventBridge had nothing: it
 * is passed over at once, up to the end of the gap, which had a pass.
 */
function checkedUntilOf(
  { schedule: { id }, state, until }: ExpectedSchedule,
  { dueTimes, found }: StepResults,
  { gaps }: Pass['watched'],
): EpochMs {
  const checked = dueTimes.checkedUntil[id] ?? state.checkedUntil;
  const gap = gaps.find(({ from, to }) => checked >= from && checked < to);
  const passedOver = gap === undefined ? checked : Math.min(found.createdAt.get(id) ?? checked, until, gap.to - 1);
  return epochMs(Math.max(checked, passedOver));
}
