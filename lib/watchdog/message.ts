import type { Trigger } from '../job/trigger.ts';
import { formatRunMessage } from '../run/message.ts';
import { parseRunId } from '../run/run-id.ts';
import type { WatchdogPlan, WatchedSchedule } from './ports.ts';

/** A message for a run of a due time, and where it goes. */
export interface Addressed {
  readonly run: string;
  readonly job: string;
  readonly queue: string;
  readonly body: string;
  readonly schedule: WatchedSchedule;
}

/** `undefined` where the app has no such schedule of that job any more: nobody knows the run's input. */
export function messageFor(run: string, trigger: Trigger, { schedules, jobs }: WatchdogPlan): Addressed | undefined {
  const parts = parseRunId(run);
  const schedule = schedules.find(({ id, job }) => id === parts?.occasion && job === parts.job);
  const queue = jobs[schedule?.job ?? '']?.queue;
  if (parts === undefined || schedule === undefined || queue === undefined) return undefined;
  const { job, scheduledTime } = parts;
  const { id, input } = schedule;
  const body = formatRunMessage({ v: 1, run, job, schedule: id, scheduledTime, trigger, input });
  return { run, job, queue, body, schedule };
}
