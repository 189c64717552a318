import { JOB_NAME, SCHEDULE_ID } from '../job/names.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { InvalidMessageError } from './errors.ts';
import { isRequested, parseRunId, scheduledRunId } from './run-id.ts';
import { TRIGGERS, type Trigger } from './trigger.ts';

/** The body of a message that asks for a run. */
export interface RunMessage {
  readonly v: 1;
  /** `null` only from EventBridge Scheduler, where the id is derived from the due time. */
  readonly run: string | null;
  readonly job: string;
  readonly schedule: string | null;
  readonly scheduledTime: EpochMs;
  readonly trigger: Trigger;
  readonly input: unknown;
}

/** The largest body, in bytes. */
export const LARGEST_MESSAGE = 64 * 1024;
/** The deepest nesting of the input. */
export const DEEPEST_INPUT = 32;
/** Names that could reach an object's prototype when code copies the input around. */
export const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const KEYS = new Set(['v', 'run', 'job', 'schedule', 'scheduledTime', 'trigger', 'input']);

/** What EventBridge Scheduler replaces with the due time when it fires. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
export const SCHEDULED_TIME_PLACEHOLDER = '<aws.scheduler.scheduled-time>';
export const PLACEHOLDER_PREFIX = '<aws.scheduler.';

/** The text that a schedule sends. */
export function scheduleTargetInput(entry: { job: string; schedule: string; input: unknown }): string {
  return JSON.stringify({
    v: 1,
    run: null,
    job: entry.job,
    schedule: entry.schedule,
    scheduledTime: SCHEDULED_TIME_PLACEHOLDER,
    trigger: 'schedule',
    ...(entry.input === undefined ? {} : { input: entry.input }),
  });
}

/** The text of a message for a run whose identity is settled. */
export function formatRunMessage(message: RunMessage): string {
  const { scheduledTime, input, ...rest } = message;
  return JSON.stringify({
    ...rest,
    scheduledTime: new Date(scheduledTime).toISOString(),
    ...(input === undefined ? {} : { input }),
  });
}

/**
 * Reads a message body, which is untrusted, and settles the run's identity.
 *
 * @throws InvalidMessageError saying which part is wrong; the message quotes names, never the input
 */
export function parseRunMessage(body: string): RunMessage & { readonly run: string } {
  const fields = parseFields(body);
  const { job, schedule, trigger } = readNames(fields);
  const scheduledTime = readScheduledTime(fields.scheduledTime);
  checkInput(fields.input, 1);
  const run = readRun(fields.run, { job, schedule, scheduledTime });
  return { v: 1, run, job, schedule, scheduledTime, trigger, input: fields.input };
}

function parseFields(body: string): Record<string, unknown> {
  const size = new TextEncoder().encode(body).length;
  if (size > LARGEST_MESSAGE)
    throw new InvalidMessageError(`the body has ${size} bytes; allowed are ${LARGEST_MESSAGE}`);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new InvalidMessageError('the body is not JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidMessageError('the body is not a JSON object');
  }
  const fields = value as Record<string, unknown>;
  if (fields.v !== 1) throw new InvalidMessageError(`v is ${describe(fields.v)}; this version reads 1`);
  const unknown = Object.keys(fields).find((key) => !KEYS.has(key));
  if (unknown !== undefined)
    throw new InvalidMessageError(`the field ${describe(unknown)} is unknown; allowed are ${[...KEYS].join(', ')}`);
  return fields;
}

function readNames({ job, schedule = null, trigger }: Record<string, unknown>) {
  if (typeof job !== 'string' || !JOB_NAME.test(job))
    throw new InvalidMessageError(`job is ${describe(job)}; allowed is ${JOB_NAME}`);
  if (schedule !== null && (typeof schedule !== 'string' || !SCHEDULE_ID.test(schedule))) {
    throw new InvalidMessageError(`schedule is ${describe(schedule)}; allowed are null and ${SCHEDULE_ID}`);
  }
  const known = TRIGGERS.find((each) => each === trigger);
  if (known === undefined)
    throw new InvalidMessageError(`trigger is ${describe(trigger)}; allowed are ${TRIGGERS.join(', ')}`);
  return { job, schedule, trigger: known };
}

function readScheduledTime(value: unknown): EpochMs {
  if (typeof value === 'string' && value.startsWith(PLACEHOLDER_PREFIX)) {
    throw new InvalidMessageError(
      `scheduledTime still reads ${value}: whatever sent this message did not fill it in, as EventBridge Scheduler does, so nobody can tell which due time it is for`,
    );
  }
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instant))
    throw new InvalidMessageError(`scheduledTime is ${describe(value)}; allowed is an instant in ISO 8601`);
  return epochMs(instant);
}

function readRun(value: unknown, of: { job: string; schedule: string | null; scheduledTime: EpochMs }): string {
  if (value === null || value === undefined) {
    if (of.schedule === null)
      throw new InvalidMessageError('run and schedule are both null; a run without a schedule brings its id');
    return scheduledRunId(of.job, of.schedule, of.scheduledTime);
  }
  const parts = typeof value === 'string' ? parseRunId(value) : undefined;
  if (parts === undefined || typeof value !== 'string')
    throw new InvalidMessageError(`run is ${describe(value)}, which is no run id`);
  const schedule = isRequested(parts.occasion) ? null : parts.occasion;
  if (parts.job !== of.job || schedule !== of.schedule) {
    throw new InvalidMessageError(`run ${value} is of another job or schedule than the message`);
  }
  return value;
}

function checkInput(value: unknown, depth: number): void {
  if (typeof value === 'string' && value.includes(PLACEHOLDER_PREFIX)) {
    throw new InvalidMessageError(`the input still holds ${PLACEHOLDER_PREFIX}…: it was not filled in`);
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST_INPUT) throw new InvalidMessageError(`the input is nested deeper than ${DEEPEST_INPUT}`);
  for (const [key, each] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw new InvalidMessageError(`the input has the key ${key}, which is not allowed`);
    checkInput(each, depth + 1);
  }
}

/** Quotes names and numbers, cut short; says only the type of anything that could be payload. */
function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  return value === undefined
    ? 'missing'
    : typeof value === 'object'
      ? value === null
        ? 'null'
        : 'an object'
      : String(value);
}
