import { parseRunId } from '../run/run-id.ts';
import type { MissedRun } from './missed-runs.ts';
import type { WatchdogPlan } from './plan.ts';
import type { PendingAlert } from './state.ts';

/** How many missed due times are kept until an alert can be sent. */
const MAX_PENDING = 100;

/** What the next pass has to send an alert about: the newest missed due times whose alert could not be sent. */
export const toPendingAlerts = (missed: readonly MissedRun[]): readonly PendingAlert[] =>
  missed
    .slice(-MAX_PENDING)
    .map(({ run, why, isTooLate, isDisabled }) => ({ run, why, isTooLate, isPutOff: isDisabled }));

/** The missed due times of pending alerts whose schedules are still in the app. */
export function fromPendingAlerts(pending: readonly PendingAlert[], { schedules }: WatchdogPlan): readonly MissedRun[] {
  return pending.flatMap(({ run, why, isTooLate, isPutOff }) => {
    const parts = parseRunId(run);
    const schedule = schedules.find(({ id, job }) => id === parts?.occasion && job === parts.job);
    if (parts === undefined || schedule === undefined) return [];
    return [{ run, schedule, scheduledTime: parts.scheduledTime, why, isTooLate, isDisabled: isPutOff }];
  });
}
