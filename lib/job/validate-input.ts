import { InvalidInputError } from './errors.ts';
import type { Job } from './job.ts';

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
    throw new InvalidInputError('the input schema is asynchronous; use one that answers at once');
  }
  if (result.issues === undefined) return result.value;

  const problems = result.issues.map(({ message, path = [] }) => {
    const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
    return `${['input', ...keys].join('.')}: ${message}`;
  });
  throw new InvalidInputError(problems.join('; '));
}
