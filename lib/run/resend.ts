import { formatRunMessage } from './message.ts';
import type { RunRecord } from './record.ts';

/** What the schedules there are send, each to its own job. */
export type Inputs = ReadonlyMap<string, unknown>;

export const inputsOf = (
  schedules: readonly { readonly id: string; readonly job: string; readonly input?: unknown }[],
): Inputs => new Map(schedules.map(({ id, job, input }) => [key(job, id), input]));

/** A schedule that has been given to another job sends what that one takes. */
const key = (job: string, schedule: string): string => `${job}/${schedule}`;

/**
 * The body of a message that takes an unfinished run up again; one too many does no harm, since the claim decides.
 * `undefined` where nobody knows the run's input any more: its schedule is gone, and only its own message has it.
 */
export function resendBody(run: RunRecord, inputs: Inputs): string | undefined {
  const { id, job, schedule, scheduledTime, trigger } = run;
  if (schedule !== null && !inputs.has(key(job, schedule))) return undefined;
  const input = schedule === null ? run.input : inputs.get(key(job, schedule));
  return formatRunMessage({ v: 1, run: id, job, schedule, scheduledTime, trigger, input });
}
