import type { Trigger } from '../job/trigger.ts';
import { formatRunMessage } from '../run/message.ts';
import { parseRunId } from '../run/run-id.ts';
import type { WatchdogPlan, WatchedSchedule } from './plan.ts';

/** A message for the run of a due time, and the queue it goes to. */
export interface AddressedMessage {
  readonly run: string;
  readonly job: string;
  readonly queue: string;
  readonly body: string;
  readonly schedule: WatchedSchedule;
}

/**
 * The message for the run of a due time.
 *
 * @returns `undefined` when the app has no such schedule of that job any more: the run's input is not known then
 */
export function messageFor(
  run: string,
  trigger: Trigger,
  { schedules, jobs }: WatchdogPlan,
): AddressedMessage | undefined {
  const parts = parseRunId(run);
  const schedule = schedules.find(({ id, job }) => id === parts?.occasion && job === parts.job);
  const queue = jobs[schedule?.job ?? '']?.queue;
  if (parts === undefined || schedule === undefined || queue === undefined) return undefined;
  const { job, scheduledTime } = parts;
  const { id, input } = schedule;
  const body = formatRunMessage({ v: 1, run, job, schedule: id, scheduledTime, trigger, input });
  return { run, job, queue, body, schedule };
}
