import { occurrencesBetween } from '../due/occurrences.ts';
import { runsAfterGap } from '../job/schedule-policy.ts';
import { scheduledRunId } from '../run/run-id.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { lookUpDeployed } from './deployed.ts';
import { dueRun } from './due-run.ts';
import type { ExpectedSchedule } from './expected-schedules.ts';
import type { Pass } from './pass-context.ts';
import { isNearPause } from './pauses.ts';
import type { WatchedSchedule } from './plan.ts';
import { collectProblem } from './problems.ts';

export interface GapRuns {
  readonly sent: number;
  readonly problems: readonly string[];
}

/**
 * Starts the runs of due times that clocks have just skipped, for schedules with `dst: 'runAfterGap'`: EventBridge has no
 * due time there. A run is sent at each pass until it has a record, also late, within its maximum lateness; after the
 * grace it is checked like any other.
 */
export async function startGapRuns(expected: readonly ExpectedSchedule[], pass: Pass): Promise<GapRuns> {
  const problems: string[] = [];
  let sent = 0;
  for (const each of expected) {
    if (!runsAfterGap(each.schedule.policy)) continue;
    for (const run of gapRunsOf(each, pass.now)) {
      const start = () => startGapRun(run, each.schedule, pass);
      if (await collectProblem(problems, `run ${run} cannot be started`, start)) sent += 1;
    }
  }
  return { sent, problems };
}

/** The ids of runs that may be due after a gap and have not been checked yet. */
function* gapRunsOf({ schedule, state, lastUntil }: ExpectedSchedule, now: EpochMs): Generator<string> {
  const from = epochMs(Math.max(state.checkedUntil, now - schedule.policy.maxLateness));
  for (const { scheduledTime, isAfterGap, calendar } of occurrencesBetween(schedule, from, lastUntil ?? now)) {
    if (isAfterGap && calendar === undefined && !isNearPause(scheduledTime, state))
      yield scheduledRunId(schedule.job, schedule.id, scheduledTime);
  }
}

/** @returns whether it was sent */
async function startGapRun(run: string, schedule: WatchedSchedule, { plan, ports }: Pass): Promise<boolean> {
  const due = dueRun(run, 'schedule', plan);
  if (due === undefined || (await ports.store.get(run)) !== undefined) return false;
  // A schedule that a user has disabled or deleted by hand starts no run, of the watchdog's neither.
  const { kind } = await lookUpDeployed(schedule, { plan, ports });
  if (kind === 'disabled' || kind === 'absent') return false;
  await ports.send(due.request);
  ports.log('after-gap-sent', { runId: run, job: schedule.job });
  return true;
}
