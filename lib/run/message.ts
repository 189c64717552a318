import { isObject } from '../is-object.ts';
import { JOB_NAME, SCHEDULE_ID } from '../job/names.ts';
import { TRIGGERS, type Trigger } from '../job/trigger.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { InvalidMessageError } from './errors.ts';
import { readable } from './run-error.ts';
import { isRequested, parseRunId, scheduledRunId } from './run-id.ts';

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
  /** Only of a dead letter. */
  readonly deadLetter?: DeadLetterStory;
}

/**
 * What a dead letter tells in its body of the run that failed, beside what every message has. Its attributes tell it too, but
 * AWS does not document that they survive when a message is moved.
 */
export interface DeadLetterStory {
  /** How many attempts the run had made when it failed, over all rounds. */
  readonly attempts: number;
  /** Of the earliest attempt that the record has, in one line. */
  readonly firstError: string;
  /** Of the last attempt, in one line. */
  readonly lastError: string;
}

/** The largest body, in bytes. */
export const LARGEST_MESSAGE = 64 * 1024;
/**
 * How many more bytes a dead letter's body may have: for its story, and for what the message that failed had left to be filled
 * in. A run's dead letter must never be refused for its size when it is moved back.
 */
export const LARGEST_STORY = 4 * 1024;
/** The deepest nesting of the input. */
export const DEEPEST_INPUT = 32;
/** Names that could reach an object's prototype when code copies the input around. */
export const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const FIELDS = ['v', 'run', 'job', 'schedule', 'scheduledTime', 'trigger', 'input', 'deadLetter'];
const STORY_FIELDS = ['attempts', 'firstError', 'lastError'];

/** What EventBridge Scheduler replaces with the due time when it fires. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
export const SCHEDULED_TIME_PLACEHOLDER = '<aws.scheduler.scheduled-time>';
export const PLACEHOLDER_PREFIX = '<aws.scheduler.';

/** The text that a schedule sends. */
export const scheduleTargetInput = (entry: { job: string; schedule: string; input: unknown }): string =>
  toBody({
    v: 1,
    run: null,
    job: entry.job,
    schedule: entry.schedule,
    scheduledTime: SCHEDULED_TIME_PLACEHOLDER,
    trigger: 'schedule',
    input: entry.input,
  });

/** The text of a message for a run whose identity is settled. */
export const formatRunMessage = ({ scheduledTime, input, ...rest }: RunMessage): string =>
  toBody({ ...rest, scheduledTime: new Date(scheduledTime).toISOString(), input });

/** JSON, without the two characters that JSON writes plainly and SQS refuses: a message must not fail on its own dead letter. */
const toBody = (fields: object): string =>
  JSON.stringify(fields).replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff');

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
  const deadLetter = readStory(fields.deadLetter);
  return { v: 1, run, job, schedule, scheduledTime, trigger, input: fields.input, ...(deadLetter && { deadLetter }) };
}

function parseFields(body: string): Record<string, unknown> {
  const size = new TextEncoder().encode(body).length;
  const checkSize = (allowed: number): void => {
    if (size > allowed) throw refuse(`the body has ${size} bytes; allowed are ${allowed}`);
  };
  checkSize(body.includes('"deadLetter"') ? LARGEST_MESSAGE + LARGEST_STORY : LARGEST_MESSAGE);
  const fields: unknown = readable(() => JSON.parse(body));
  if (!isObject(fields) || Array.isArray(fields)) throw refuse('the body is no JSON object');
  const { v } = fields as { readonly v?: unknown };
  if (v !== 1) throw refuseField('v', v, '1');
  checkNames(fields, 'a field', FIELDS);
  if (!('deadLetter' in fields)) checkSize(LARGEST_MESSAGE);
  return fields as Record<string, unknown>;
}

function checkNames(fields: object, what: string, allowed: readonly string[]): void {
  for (const name of Object.keys(fields)) {
    if (!allowed.includes(name)) throw refuseField(what, name, allowed.join(', '));
  }
}

function readStory(story: unknown): DeadLetterStory | undefined {
  if (story === undefined) return undefined;
  if (!isObject(story)) throw refuseField('deadLetter', story, 'an object');
  checkNames(story, 'a field of deadLetter', STORY_FIELDS);
  const { attempts, firstError, lastError } = story as { readonly [Field in keyof DeadLetterStory]?: unknown };
  if (!Number.isSafeInteger(attempts) || Number(attempts) < 0) {
    throw refuseField('attempts of deadLetter', attempts, 'a count from 0');
  }
  if (typeof firstError !== 'string' || typeof lastError !== 'string')
    throw refuse('the errors of deadLetter are not texts');
  return { attempts: Number(attempts), firstError, lastError };
}

function readNames({ job, schedule = null, trigger }: Record<string, unknown>) {
  if (typeof job !== 'string' || !JOB_NAME.test(job)) throw refuseField('job', job, JOB_NAME);
  if (schedule !== null && (typeof schedule !== 'string' || !SCHEDULE_ID.test(schedule))) {
    throw refuseField('schedule', schedule, `null and ${SCHEDULE_ID}`);
  }
  const known = TRIGGERS.find((each) => each === trigger);
  if (known === undefined) throw refuseField('trigger', trigger, TRIGGERS.join(', '));
  return { job, schedule, trigger: known };
}

function readScheduledTime(value: unknown): EpochMs {
  const text = typeof value === 'string' ? value : '';
  if (text.startsWith(PLACEHOLDER_PREFIX)) {
    throw refuse(`scheduledTime still reads ${text}: not filled in; an emulator needs -c emulator=true`);
  }
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw refuseField('scheduledTime', value, 'an instant in ISO 8601');
  return epochMs(instant);
}

function readRun(
  value: unknown,
  { job, schedule, scheduledTime }: { job: string; schedule: string | null; scheduledTime: EpochMs },
): string {
  const run = value ?? (schedule && scheduledRunId(job, schedule, scheduledTime));
  const parts = typeof run === 'string' ? parseRunId(run) : undefined;
  if (parts === undefined) throw refuseField('run', run, 'a run id; null beside a schedule, before the year 10000');
  if (parts.job !== job || (isRequested(parts.occasion) ? null : parts.occasion) !== schedule) {
    throw refuse(`run ${run} is of another job or schedule than the message`);
  }
  return run as string;
}

function checkInput(value: unknown, depth: number): void {
  if (typeof value === 'string' && value.includes(PLACEHOLDER_PREFIX)) {
    throw refuse(`the input still holds ${PLACEHOLDER_PREFIX}…: it was not filled in`);
  }
  if (!isObject(value)) return;
  if (depth > DEEPEST_INPUT) throw refuse(`the input is nested deeper than ${DEEPEST_INPUT}`);
  for (const [key, each] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw refuse(`the input has the key ${key}, which is not allowed`);
    checkInput(each, depth + 1);
  }
}

const refuse = (problem: string): InvalidMessageError => new InvalidMessageError(problem);

/** Quotes names and numbers, cut short; says only the type of anything that could be payload. */
function refuseField(name: string, value: unknown, allowed: unknown): InvalidMessageError {
  const shown = isObject(value) ? 'an object' : (JSON.stringify(value)?.slice(0, 80) ?? 'missing');
  return refuse(`${name} is ${shown}; allowed: ${allowed}`);
}
