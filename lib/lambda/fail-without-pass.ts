import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { bestEffort } from '../best-effort.ts';
import { NoPassError } from '../run/errors.ts';

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

export interface PassesOptions {
  /** How many passes the process has completed. */
  readonly countPasses: () => number;
  /** Deletes a message from the watchdog's queue. */
  readonly deleteMessage: (record: SQSRecord) => Promise<unknown>;
}

/**
 * Makes Lambda count each invocation of the watchdog that completes no pass as an error. A pass that is skipped because
 * another one holds the lock is one of them: while every pass fails, most invocations only meet the retry of another.
 *
 * To each message happens what the handler decided. One that stays is hidden already for as long as it should be, and an
 * error of the function changes nothing about that; one that is done with is deleted here, since Lambda deletes none after an
 * error.
 */
export function failWithoutPass(handle: Handler, { countPasses, deleteMessage }: PassesOptions): Handler {
  return async (event, context) => {
    const before = countPasses();
    const answer = await handle(event, context);
    const staying = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    if (countPasses() > before && staying.size === 0) return answer;
    const causes: unknown[] = [];
    for (const record of event.Records.filter(({ messageId }) => !staying.has(messageId))) {
      // It comes again, and its run has ended then as now.
      await bestEffort(
        () => deleteMessage(record),
        (error) => causes.push(error),
      );
    }
    const undeleted = causes.length === 0 ? '' : `; its message could not be deleted: ${String(causes[0])}`;
    throw new NoPassError(`this invocation completed no pass; the lines before say why${undeleted}`);
  };
}
