import { formatRunMessage } from './message.ts';
import type { RunRequest } from './ports.ts';
import type { Attempt, RunError, RunRecord } from './record.ts';
import { cut, errorLines } from './run-error.ts';

/** In characters, of which each has at most 3 bytes in a body: two of them fit into `LARGEST_STORY`. */
const MAX_ERROR = 500;

/** The message of a failed run, with what became of it: moved back to its queue, it asks for the run again. */
export function deadLetterBody(request: RunRequest, { attempt, attempts }: RunRecord, error: RunError): string {
  const first = attempts.find(({ outcome }) => outcome !== undefined);
  const firstError = first === undefined ? deadLetterError(error) : endOf(first);
  return formatRunMessage({
    ...request,
    deadLetter: { attempts: attempt, firstError, lastError: deadLetterError(error) },
  });
}

/** An error as a dead letter has it: one line, in characters that SQS takes. */
export const deadLetterError = (error: RunError): string => cut(errorLines(error).join('; '), MAX_ERROR);

const endOf = ({ error, outcome }: Attempt): string =>
  error === undefined ? `${outcome}: its process ended without a word` : deadLetterError(error);
