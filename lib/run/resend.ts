import { formatRunMessage } from './message.ts';
import type { RunRecord } from './record.ts';

/**
 * The body of a message that takes an unfinished run up again; one too many does no harm, since the claim decides.
 * `undefined` where nobody knows the run's input any more: its schedule is gone, and only its own message has it.
 *
 * @param inputs of the schedules there are, by id
 */
export function resendBody(run: RunRecord, inputs: ReadonlyMap<string, unknown>): string | undefined {
  const { id, job, schedule, scheduledTime, trigger } = run;
  if (schedule !== null && !inputs.has(schedule)) return undefined;
  const input = schedule === null ? run.input : inputs.get(schedule);
  return formatRunMessage({ v: 1, run: id, job, schedule, scheduledTime, trigger, input });
}
