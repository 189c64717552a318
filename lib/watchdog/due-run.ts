import type { Trigger } from '../job/trigger.ts';
import type { RunRequest } from '../run/ports.ts';
import { dueRequest, inputsOf } from '../run/request.ts';
import type { WatchdogPlan, WatchedSchedule } from './plan.ts';

/** The run of a due time that the watchdog may send, with the schedule that it belongs to. */
export interface DueRun {
  readonly request: RunRequest;
  readonly schedule: WatchedSchedule;
}

/** `undefined` when the app has no such schedule of that job any more: the run's input is not known then. */
export function dueRun(run: string, trigger: Trigger, { schedules, jobs }: WatchdogPlan): DueRun | undefined {
  const request = dueRequest(run, trigger, inputsOf(schedules));
  const schedule = schedules.find(({ id, job }) => id === request?.schedule && job === request.job);
  return request === undefined || schedule === undefined || jobs[request.job] === undefined
    ? undefined
    : { request, schedule };
}
