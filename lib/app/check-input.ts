import { InvalidInputError } from '../job/errors.ts';
import type { Job } from '../job/job.ts';
import { validateInput } from '../job/validate-input.ts';
import { InvalidMessageError } from '../run/errors.ts';
import {
  DEEPEST_INPUT,
  FORBIDDEN_KEYS,
  PLACEHOLDER_PREFIX,
  parseRunMessage,
  SCHEDULED_TIME_PLACEHOLDER,
  scheduleTargetInput,
} from '../run/message.ts';
import { quoteValue } from './check-report.ts';

/**
 * What is wrong with the input of a schedule: what a message cannot carry, then what the job's schema
 * refuses. Messages name the path of the offending part.
 */
export function checkInput(job: Job, schedule: string, input: unknown): readonly string[] {
  const illegal = findIllegal(input, ['input'], new Set());
  if (illegal !== undefined) return [illegal];
  const refused = refuseBySchema(job, input);
  if (refused !== undefined) return [refused];
  return refuseAsMessage({ job: job.name, schedule, input });
}

/** The first part of a value that would not arrive as it was written. */
function findIllegal(value: unknown, path: readonly string[], above: ReadonlySet<unknown>): string | undefined {
  const where = path.join('.');
  if (typeof value === 'string' && value.includes(PLACEHOLDER_PREFIX)) {
    return `${where} holds ${PLACEHOLDER_PREFIX}…, which EventBridge would replace; take it out: a job has the due time in its context, as run.scheduledTime`;
  }
  if (value === undefined || value === null || ['string', 'boolean'].includes(typeof value)) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return undefined;
  if (typeof value !== 'object' || !isPlain(value)) {
    return `${where} is ${nameOfKind(value)}, which is not JSON; allowed are text, numbers, booleans, null, lists and plain objects`;
  }
  if (above.has(value)) return `${where} contains itself, which JSON cannot say; write it as a tree`;
  if (above.size === DEEPEST_INPUT) {
    return `${path.slice(0, 4).join('.')}… is nested deeper than ${DEEPEST_INPUT}; make it flatter`;
  }
  return findIllegalInside(value, path, new Set([...above, value]));
}

function findIllegalInside(value: object, path: readonly string[], above: ReadonlySet<unknown>): string | undefined {
  const isList = Array.isArray(value);
  // Array.from, because a hole in a list is skipped by everything else.
  const entries: [string, unknown][] = isList
    ? Array.from(value, (each, index) => [String(index), each])
    : Object.entries(value);
  for (const [key, each] of entries) {
    const inside = [...path, key];
    if (FORBIDDEN_KEYS.has(key)) return `${inside.join('.')} is a key that is not allowed; give it another name`;
    if (isList && each === undefined)
      return `${inside.join('.')} is undefined, which is not JSON; write null or leave it out`;
    const illegal = findIllegal(key, inside, above) ?? findIllegal(each, inside, above);
    if (illegal !== undefined) return illegal;
  }
  return undefined;
}

/** Whether JSON would give back what is here. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || prototype === Array.prototype;
}

function nameOfKind(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' ? String(value) : `a ${typeof value}`;
  const { name } = (value.constructor ?? {}) as { readonly name?: string };
  return name === undefined ? 'an object of a class' : `a ${name}`;
}

function refuseBySchema(job: Job, input: unknown): string | undefined {
  try {
    validateInput(job, input);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) {
      return `the input schema of job "${job.name}" threw ${quoteValue(String(error))}; a schema reports what is wrong and does not throw`;
    }
    return input === undefined ? `input is missing, and job "${job.name}" wants one: ${error.message}` : error.message;
  }
}

/** The net: what this deploys is read by the code that will read it when it arrives. */
function refuseAsMessage(entry: { job: string; schedule: string; input: unknown }): readonly string[] {
  try {
    parseRunMessage(scheduleTargetInput(entry).replace(SCHEDULED_TIME_PLACEHOLDER, '2000-01-01T00:00:00Z'));
    return [];
  } catch (error) {
    if (!(error instanceof InvalidMessageError)) throw error;
    return [
      `input makes a message that its function would refuse: ${error.message}; pass a key or an address instead of the data`,
    ];
  }
}
