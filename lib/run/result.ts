import { toRunError } from './run-error.ts';

/** The largest result that a record keeps, in characters of JSON. */
export const LARGEST_RESULT = 16_384;

/**
 * What a record keeps of a job's result: the JSON of it, so that no later step can stumble over a
 * Date, a cycle or an `undefined` after the work has been done. A result that is too large or no JSON
 * is replaced by a note that says so; the run has completed all the same.
 */
export function toStoredResult(value: unknown): unknown {
  if (value === undefined) return undefined;
  try {
    const json = JSON.stringify(value);
    if (json === undefined) return notKept(`${typeof value} has no JSON`);
    if (json.length > LARGEST_RESULT) {
      return notKept(`${json.length} characters of JSON; kept are up to ${LARGEST_RESULT}`);
    }
    return JSON.parse(json);
  } catch (error) {
    return notKept(toRunError(error).message.split('\n', 1)[0] || 'it is no JSON');
  }
}

const notKept = (why: string | undefined) => ({ belfry: `result not kept: ${why}` });
