import type { Trigger } from '../job/trigger.ts';
import { ownEntry } from '../own-entry.ts';
import type { RunRequest } from '../run/ports.ts';
import { dueRequest, inputsOf } from '../run/request.ts';
import { parseRunId } from '../run/run-id.ts';
import type { WatchdogPlan, WatchedSchedule } from './plan.ts';

/** The run of a due time that the watchdog may send, with the schedule that it belongs to. */
export interface DueRun {
  readonly request: RunRequest;
  readonly schedule: WatchedSchedule;
}

/** `undefined` when the app has no such schedule of that job any more: the run's input is not known then. */
export function dueRun(run: string, trigger: Trigger, { schedules, jobs }: WatchdogPlan): DueRun | undefined {
  const { job, occasion } = parseRunId(run) ?? {};
  const schedule = schedules.find((each) => each.id === occasion && each.job === job);
  if (schedule === undefined || ownEntry(jobs, schedule.job) === undefined) return undefined;
  const request = dueRequest(run, trigger, inputsOf([schedule]));
  return request && { request, schedule };
}
