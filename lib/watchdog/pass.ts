import { checkSubscriptions, reportSubscriptions } from './check-subscriptions.ts';
import { checkRunsAndQueues } from './checks.ts';
import { chooseCatchUps } from './choose-catch-ups.ts';
import { collectDueTimes } from './due-times.ts';
import { endOutages } from './end-outages.ts';
import { IncompleteLookError } from './errors.ts';
import { expectedSchedules } from './expected-schedules.ts';
import { followFailedStories } from './failed-stories.ts';
import { startGapRuns } from './gap-runs.ts';
import { recordMissedRuns } from './missed-runs.ts';
import { reportOutages } from './missed-stories.ts';
import { nextState, type StepResults } from './next-state.ts';
import { beginPass, type PassOptions } from './pass-context.ts';
import type { WatchdogPlan } from './plan.ts';
import { planCatchUps } from './plan-catch-ups.ts';
import type { WatchdogPorts } from './ports.ts';
import { reportChecks } from './report-checks.ts';
import { reportMissedRuns } from './report-missed-runs.ts';
import { reportOverdue } from './report-overdue.ts';
import { sendRuns } from './rescue.ts';
import { NOTHING_SENT, sendPendingAlerts } from './send-alerts.ts';
import { type SentCatchUps, sendCatchUps } from './send-catch-ups.ts';
import type { Subscriptions } from './state.ts';
import { schedulesStillFailing } from './still-failing.ts';
import { trackSchedules } from './track-schedules.ts';
import { logUnreadable } from './unreadable.ts';

/** How many due times one pass checks: after an outage there may be thousands, and a pass has one minute. */
const MAX_CHECKED = 500;

/** What one pass did, stored as the result of its run. */
export interface PassResult {
  readonly checked: number;
  readonly missed: number;
  readonly skipped: number;
  readonly dueSent: number;
  readonly resent: number;
  readonly catchUpsSent: number;
  readonly catchUpsLeft: number;
  readonly afterGapSent: number;
  /** Ids of schedules that EventBridge does not have as the app declares them: their due times are not expected yet. */
  readonly waitingFor: readonly string[];
  /** Whether older due times are left for the next pass. */
  readonly isCut: boolean;
  /** Of the topic of the alerts, as SNS had them within the last hour. `null` where that is not known. */
  readonly subscriptions: Subscriptions | null;
}

/**
 * One pass of the watchdog, in the steps that docs/architecture.md describes. The state is saved after the alerts are
 * kept, so a pass that ends early is repeated and no due time is passed over. A step that fails in part does not stop the
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
  // 4. Report what was missed, and schedules that are not deployed. Alerts are kept first, and sent below.
  reportMissedRuns(found.missed, pass);
  await reportOutages(found.missed, dueTimes, pass);
  const overdue = await reportOverdue(tracked, pass);
  // 5. Choose the catch-ups to send.
  const planned = planCatchUps(found.missed, pass);
  const stillFailing = schedulesStillFailing(planned, expected, { ...dueTimes, now: pass.now });
  const turns = await chooseCatchUps(planned, stillFailing, pass);
  // 6. Find out which outages and failures are over, and send the alerts.
  const ended = await endOutages({ expected, dueTimes, turns, ...found }, pass);
  const failed = await followFailedStories(pass);
  const alerts = await sendPendingAlerts(pass);
  // 7. Look for dead letters, and for runs that wait or take too long. After the alerts: queues may hang.
  const checks = await checkRunsAndQueues(pass);
  const reported = await reportChecks(checks, pass);
  const more = reported.isQuiet ? NOTHING_SENT : await sendPendingAlerts(pass);
  // 8. Send runs that are due, then rescue open ones. After the alerts: it may take long.
  const rescue = await sendRuns(pass, checks.open);
  const subscriptions = await checkSubscriptions(pass);
  const listened = await reportSubscriptions(subscriptions ?? {}, pass);
  logUnreadable(pass);
  // 9. Save the state, which has the catch-ups as sent: a pass that ends here delays one, and never sends two.
  const results: StepResults = { tracked, expected, gapRuns, dueTimes, found, turns, checks, rescue, subscriptions };
  const state = nextState(results, pass);
  await pass.ports.store.saveState(state);
  // 10. Send the catch-ups.
  const caughtUp = await sendCatchUps(turns.runs, state, pass);

  const steps = [rescue, tracked, gapRuns, overdue, ended, failed, alerts, checks, reported, more, listened, caughtUp];
  const problems = steps.flatMap((step) => step.problems);
  if (problems.length > 0) throw new IncompleteLookError(problems);
  return resultOf(results, caughtUp);
}

const resultOf = (
  { tracked, gapRuns, dueTimes, found, turns, rescue, subscriptions }: StepResults,
  caughtUp: SentCatchUps,
): PassResult => ({
  checked: dueTimes.due.length,
  missed: found.missed.length,
  skipped: found.skipped,
  dueSent: rescue.dueSent,
  resent: rescue.sent,
  catchUpsSent: caughtUp.sent,
  catchUpsLeft: turns.catchUps.length,
  afterGapSent: gapRuns.sent,
  waitingFor: Object.keys(tracked.waiting),
  isCut: dueTimes.isCut,
  subscriptions: subscriptions?.found ?? null,
});
