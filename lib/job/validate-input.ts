import { InvalidInputError } from '../run/errors.ts';
import type { Job } from './job.ts';

/** How many problems a message lists. */
const PROBLEMS_SHOWN = 5;

/**
 * The input as the job's schema gives it back; `undefined` for a job without one.
 *
 * The message names the paths and what the schema says of them, never the values: an input may hold
 * what must not stand in a log.
 *
 * @throws InvalidInputError when the input does not fit, when a job without `input` is given one, or
 * when the schema answers asynchronously, which synth could not wait for
 */
export function validateInput(job: Job, input: unknown): unknown {
  const schema = job.definition.input;
  if (schema === undefined) {
    if (input === undefined || input === null) return undefined;
    throw new InvalidInputError('the job takes no input; give it none, or declare `input` in its definition');
  }
  const result = schema['~standard'].validate(input);
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new InvalidInputError('the job has an asynchronous input schema; use one that answers at once');
  }
  if (result.issues === undefined) return result.value;

  const shown = result.issues.slice(0, PROBLEMS_SHOWN).map(({ message, path = [] }) => {
    const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
    return `${['input', ...keys].join('.')}: ${message}`;
  });
  const more = result.issues.length - shown.length;
  throw new InvalidInputError(shown.join('; ') + (more > 0 ? `; and ${more} more` : ''));
}
