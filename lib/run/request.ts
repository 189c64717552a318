import type { Trigger } from '../job/trigger.ts';
import type { RunRequest } from './ports.ts';
import type { RunRecord } from './record.ts';
import { parseRunId } from './run-id.ts';

/** What schedules send, by job and schedule: a schedule that was moved to another job sends what that one takes. */
export interface Inputs {
  has(job: string, schedule: string): boolean;
  get(job: string, schedule: string): unknown;
}

export function inputsOf(
  schedules: readonly { readonly id: string; readonly job: string; readonly input?: unknown }[],
): Inputs {
  const inputs = new Map(schedules.map(({ id, job, input }) => [`${job}/${id}`, input]));
  return {
    has: (job, schedule) => inputs.has(`${job}/${schedule}`),
    get: (job, schedule) => inputs.get(`${job}/${schedule}`),
  };
}

/**
 * Asks for a recorded run to go on. `undefined` where its input is not known any more: its schedule is gone, and only its
 * own message has it.
 */
export function requestOf(run: RunRecord, inputs: Inputs): RunRequest | undefined {
  const { id, schedule, trigger, input } = run;
  return schedule === null || input !== undefined ? messageOf(run) : dueRequest(id, trigger, inputs);
}

/** Asks for a run that was left unfinished to go on: its record has its input, or it has none. */
export const messageOf = ({ id: run, job, schedule, scheduledTime, trigger, input }: RunRecord): RunRequest => ({
  ...{ v: 1, run, job, schedule, scheduledTime, trigger, input },
});

/** Asks for the run of a due time. `undefined` for the id of another run, and where its schedule is gone. */
export function dueRequest(run: string, trigger: Trigger, inputs: Inputs): RunRequest | undefined {
  const { job = '', occasion: schedule = '', scheduledTime } = parseRunId(run) ?? {};
  if (scheduledTime === undefined || !inputs.has(job, schedule)) return undefined;
  return { v: 1, run, job, schedule, scheduledTime, trigger, input: inputs.get(job, schedule) };
}
