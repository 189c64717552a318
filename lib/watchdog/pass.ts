import { sendAlerts } from './alerts.ts';
import { checkRunsAndQueues } from './checks.ts';
import { chooseCatchUps } from './choose-catch-ups.ts';
import { collectDueTimes } from './due-times.ts';
import { IncompleteLookError } from './errors.ts';
import { expectedSchedules } from './expected-schedules.ts';
import { startGapRuns } from './gap-runs.ts';
import { recordMissedRuns } from './missed-runs.ts';
import { nextState, type StepResults } from './next-state.ts';
import { beginPass, type PassOptions } from './pass-context.ts';
import type { WatchdogPlan } from './plan.ts';
import { planCatchUps } from './plan-catch-ups.ts';
import type { WatchdogPorts } from './ports.ts';
import { reportMissedRuns } from './report-missed-runs.ts';
import { rescueOpenRuns } from './rescue.ts';
import { type SentCatchUps, sendCatchUps } from './send-catch-ups.ts';
import { schedulesStillFailing } from './still-failing.ts';
import { trackSchedules } from './track-schedules.ts';

/** How many due times one pass checks: after an outage there may be thousands, and a pass has one minute. */
const MAX_CHECKED = 500;

/** What one pass did, stored as the result of its run. */
export interface PassResult {
  readonly checked: number;
  readonly missed: number;
  readonly skipped: number;
  readonly resent: number;
  readonly catchUpsSent: number;
  readonly catchUpsLeft: number;
  readonly afterGapSent: number;
  /** Ids of schedules that EventBridge does not have as the app declares them: their due times are not expected yet. */
  readonly waitingFor: readonly string[];
  /** Whether older due times are left for the next pass. */
  readonly isCut: boolean;
}

/**
 * One pass of the watchdog, in the steps that docs/architecture.md describes. The state is saved after the alerts are
 * sent, so a pass that ends early is repeated and no due time is passed over. A step that fails in part does not stop the
 * others.
 *
 * @throws IncompleteLookError when parts have failed that the next pass tries again
 * @throws StaleLookError when another pass has saved its state first
 */
export async function runPass(plan: WatchdogPlan, ports: WatchdogPorts, options: PassOptions): Promise<PassResult> {
  const pass = await beginPass(plan, ports, options);
  // 1. Track the schedules: which due times EventBridge has for each.
  const tracked = await trackSchedules(pass);
  const expected = expectedSchedules(tracked.schedules, pass);
  // 2. Start the runs of due times that clocks have just skipped.
  const gapRuns = await startGapRuns(expected, pass);
  // 3. Record due times without a run.
  const dueTimes = collectDueTimes(expected, MAX_CHECKED);
  const found = await recordMissedRuns(dueTimes.due, pass);
  // 4. Report what was missed, and schedules that are not deployed.
  reportMissedRuns(found.missed, pass);
  const alerts = await sendAlerts({ ...found, ...tracked, ...dueTimes }, pass);
  // 5. Choose the catch-ups to send.
  const planned = planCatchUps(found.missed, pass);
  const stillFailing = schedulesStillFailing(planned, expected, { ...dueTimes, now: pass.now });
  const turns = await chooseCatchUps(planned, stillFailing, pass);
  // 6. Look for dead letters, and for runs that wait or take too long.
  const checks = await checkRunsAndQueues(pass);
  // 7. Rescue open runs. After the alerts: it may take long, and can wait.
  const rescue = await rescueOpenRuns(pass, checks.open);
  // 8. Save the state, which has the catch-ups as sent: a pass that ends here delays one, and never sends two.
  const results: StepResults = { tracked, expected, gapRuns, dueTimes, found, alerts, turns, checks, rescue };
  const state = nextState(results, pass);
  await pass.ports.store.saveState(state);
  // 9. Send the catch-ups.
  const caughtUp = await sendCatchUps(turns.runs, state, pass);

  const problems = [rescue, tracked, gapRuns, alerts, checks, caughtUp].flatMap((step) => step.problems);
  if (problems.length > 0) throw new IncompleteLookError(problems);
  return resultOf(results, caughtUp);
}

const resultOf = (
  { tracked, gapRuns, dueTimes, found, turns, rescue }: StepResults,
  caughtUp: SentCatchUps,
): PassResult => ({
  checked: dueTimes.due.length,
  missed: found.missed.length,
  skipped: found.skipped,
  resent: rescue.sent,
  catchUpsSent: caughtUp.sent,
  catchUpsLeft: turns.catchUps.length,
  afterGapSent: gapRuns.sent,
  waitingFor: Object.keys(tracked.waiting),
  isCut: dueTimes.isCut,
});
