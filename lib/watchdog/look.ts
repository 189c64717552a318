import { type EpochMs, epochMs, type Milliseconds, milliseconds, plus } from '../units.ts';
import { adoptSchedules, type Watched } from './adopt.ts';
import { startAfterGaps } from './after-gap.ts';
import { type CatchUpStep, planCatchUps, type Send, sendCatchUps, takeTurns } from './catch-up.ts';
import { SETTLING } from './deployed.ts';
import { checkDueTimes, type DueCheck } from './due-check.ts';
import { collectDueTimes, type DueTimes, type ExpectedSchedule } from './due-times.ts';
import { IncompleteLookError } from './errors.ts';
import { askUntilItFails, sendUntilItFails } from './fail-fast.ts';
import type { ScheduleState, WatchdogPlan, WatchdogPorts, WatchState } from './ports.ts';
import { sweepOpenRuns } from './sweep.ts';
import { countMissed, recalled, tell } from './tell.ts';
import { undecidedSchedules } from './undecided.ts';
import { type WatchedMinutes, watchedWith } from './watched-minutes.ts';

/** How many due times one look checks: after an outage there may be thousands, and a look has a minute. */
export const MOST_CHECKED = 500;

/** What one look did, as its record keeps it. */
export interface LookResult {
  readonly checked: number;
  readonly missed: number;
  readonly skipped: number;
  readonly resent: number;
  readonly catchUpsSent: number;
  readonly catchUpsLeft: number;
  readonly afterGapSent: number;
  /** Schedules that EventBridge does not have as the app says: their due times are not expected yet. */
  readonly waitingFor: readonly string[];
  /** Whether older due times are left for the next look. */
  readonly isCut: boolean;
}

/** Which look it is, and by which names it speaks. */
export interface LookOptions {
  readonly stage: string;
  /** What `belfry show` needs beside the run id. */
  readonly showOption: string;
  /** When this look was due. */
  readonly dueAt: EpochMs;
}

/**
 * One look of the watchdog: sends lost runs again, records due times that no run came of, tells of them, and makes up
 * for them where the schedule wants that. What has been looked at is saved once it is told, so that a look that ends
 * early is repeated and nothing is passed over. What cannot be done keeps nothing else from it.
 *
 * @throws IncompleteLookError when something could not be done that the next look will try again
 * @throws StaleLookError when another look was faster
 */
export async function look(
  plan: WatchdogPlan,
  { findDeployed, ...others }: WatchdogPorts,
  { dueAt, ...options }: LookOptions,
): Promise<LookResult> {
  const ports: WatchdogPorts = {
    ...others,
    findDeployed: askUntilItFails(findDeployed),
    send: sendUntilItFails(others.send),
  };
  const now = ports.now();
  // An earlier version's may lack what is new.
  const state: WatchState = { ...FIRST, ...(await ports.store.loadState()) };
  const watched = watchedWith(state.watched, dueAt);
  const since = epochMs(Math.min(before(now, plan.grace), state.version === 0 ? now : state.lookedAt));
  const adopted = await adoptSchedules(plan.schedules, state, { find: ports.findDeployed, now, since });
  const expected = expectedSchedules(adopted.watched, plan.grace, now);
  const gaps = await startAfterGaps(expected, { plan, ports, now });
  const times = collectDueTimes(expected, MOST_CHECKED);
  const isCut = times.behind.size > 0;
  const { missed, skipped, createdAt } = await checkDueTimes(times.due, { plan, ports, watched });
  countMissed(missed, ports);
  const alert = await tell([...state.untold.flatMap((each) => recalled(each, plan)), ...missed], adopted.overdue, {
    ...{ ports, isCut },
    ...options,
  });
  const planned = planCatchUps(state.catchUps, missed, plan.schedules);
  const undecided = undecidedSchedules(planned, expected, { times, now });
  const { catchUps, sends } = await takeTurns(planned, { plan, ports, now, undecided });
  // Behind all that is told: it may take long, and can wait.
  const sweep = await sweepOpenRuns(state.sweep, { plan, ports, now });
  const done: WatchState = {
    version: state.version + 1,
    lookedAt: now,
    watched,
    sweep: sweep.state,
    schedules: advanced(expected, times, { createdAt, watched }),
    waiting: told(adopted.waiting, alert.undeployed),
    catchUps,
    untold: alert.untold,
  };
  const catchUp = await saveAndSend(done, sends, ports);
  const problems = [sweep, adopted, gaps, alert, catchUp].flatMap((step) => step.problems);
  if (problems.length > 0) throw new IncompleteLookError(problems);
  return {
    checked: times.due.length,
    missed: missed.length,
    skipped,
    resent: sweep.sent,
    catchUpsSent: catchUp.sent,
    catchUpsLeft: catchUps.length,
    afterGapSent: gaps.sent,
    waitingFor: Object.keys(adopted.waiting),
    isCut,
  };
}

const FIRST: WatchState = {
  version: 0,
  lookedAt: epochMs(0),
  watched: { until: epochMs(0), gaps: [] },
  sweep: { since: epochMs(0), until: epochMs(0) },
  schedules: {},
  waiting: {},
  catchUps: [],
  untold: [],
};

const told = (waiting: WatchState['waiting'], undeployed: ReadonlySet<string>): WatchState['waiting'] =>
  Object.fromEntries(
    Object.entries(waiting).map(([id, { since, isTold }]) => [id, { since, isTold: isTold || undeployed.has(id) }]),
  );

/** Records are kept for at least 30 days: of due times longer ago nobody can say whether there was one. */
const LONGEST_SIGHT = milliseconds(28 * 86_400_000);

const before = (instant: EpochMs, length: Milliseconds): EpochMs => plus(instant, milliseconds(-length));

function expectedSchedules(
  watched: readonly Watched[],
  grace: Milliseconds,
  now: EpochMs,
): readonly ExpectedSchedule[] {
  const oldest = before(now, LONGEST_SIGHT);
  return watched.map(({ schedule, state, lastUntil }) => {
    const until = before(now, milliseconds(grace + schedule.policy.spread));
    const checkedUntil = epochMs(Math.max(state.checkedUntil, oldest));
    return {
      schedule,
      state: { ...state, checkedUntil },
      lastUntil,
      until: epochMs(Math.min(until, lastUntil ?? until)),
    };
  });
}

/** In this order: of what is under way the next look must know, even if this one ends in between. */
async function saveAndSend(done: WatchState, sends: readonly Send[], ports: WatchdogPorts): Promise<CatchUpStep> {
  await ports.store.saveState(done);
  const step = await sendCatchUps(sends, ports);
  if (step.unsent.size > 0) {
    const catchUps = done.catchUps.map((each) => (step.unsent.has(each.run) ? { ...each, sentAt: epochMs(0) } : each));
    await ports.store.saveState({ ...done, version: done.version + 1, catchUps });
  }
  return step;
}

/** What was due while nobody looked, before a schedule was made, need not be looked at one by one. */
function advanced(
  expected: readonly ExpectedSchedule[],
  { checkedUntil }: DueTimes,
  { createdAt, watched }: Pick<DueCheck, 'createdAt'> & { readonly watched: WatchedMinutes },
): WatchState['schedules'] {
  return Object.fromEntries(
    expected.map(({ schedule: { id }, state, until }) => {
      const done = checkedUntil[id] ?? state.checkedUntil;
      const gap = watched.gaps.find(({ from, to }) => done >= from && done < to);
      // The end of a gap was looked at.
      const made = gap === undefined ? done : Math.min(createdAt.get(id) ?? done, until, gap.to - 1);
      const reached = epochMs(Math.max(done, made));
      return [id, { ...state, checkedUntil: reached, ...pausesAfter(reached, state) }];
    }),
  );
}

function pausesAfter(instant: EpochMs, { pauses }: ScheduleState): Pick<ScheduleState, 'pauses'> {
  return pauses === undefined ? {} : { pauses: pauses.filter(({ to }) => to + SETTLING > instant) };
}
