import { describeMissed, describeOverdue } from './alert-texts.ts';
import type { MissedRun } from './missed-runs.ts';
import type { Pass } from './pass-context.ts';
import { fromPendingAlerts, toPendingAlerts } from './pending-alerts.ts';
import { collectProblem } from './problems.ts';
import type { PendingAlert } from './state.ts';
import type { OverdueSchedule } from './track-schedules.ts';

export interface SentAlerts {
  /** For the next pass. */
  readonly pending: readonly PendingAlert[];
  /** Ids of the overdue schedules that an alert has reported. */
  readonly reported: ReadonlySet<string>;
  readonly problems: readonly string[];
}

export interface AlertsRequest {
  readonly missed: readonly MissedRun[];
  readonly overdue: readonly OverdueSchedule[];
  /** Whether more due times are left for the next pass. */
  readonly isCut: boolean;
}

/**
 * Sends one alert for all missed due times, the pending ones included, and one for all overdue schedules. An alert that
 * cannot be sent does not delay the rest of the pass: the alarm covers it until the next.
 */
export async function sendAlerts({ missed, overdue, isCut }: AlertsRequest, pass: Pass): Promise<SentAlerts> {
  const { plan, ports, state, stage, showOption } = pass;
  const problems: string[] = [];
  const send = (message: Parameters<typeof ports.alert>[0]): Promise<boolean> =>
    collectProblem(problems, 'an alert cannot be sent', () => ports.alert(message));

  const all = [...fromPendingAlerts(state.untold, plan), ...missed];
  const isSent = all.length === 0 || (await send(describeMissed(all, { stage, isCut, showOption })));
  for (const { schedule, why } of overdue) {
    ports.log('schedule-not-deployed', { job: schedule.job, schedule: schedule.id, why });
  }
  const isOverdueSent = overdue.length > 0 && (await send(describeOverdue(overdue, stage)));
  return {
    pending: isSent ? [] : toPendingAlerts(all),
    reported: new Set(isOverdueSent ? overdue.map(({ schedule }) => schedule.id) : []),
    problems,
  };
}
