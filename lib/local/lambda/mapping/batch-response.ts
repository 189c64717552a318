/** Which messages of a batch stay in the queue. */
export interface BatchOutcome {
  readonly failed: ReadonlySet<string>;
  /** Why all of them, when the function's answer could not be read. */
  readonly problem?: string;
}

/**
 * Reads a function's answer to a batch by Lambda's rules.
 *
 * All succeeded: an empty or null list, an empty or null answer. All failed: an identifier that is empty,
 * null, under another key, or of no message of the batch. What AWS does with an answer that is no object it
 * does not say; here it is a failure, since the other choice could lose messages.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function readBatchResponse(payload: unknown, messageIds: readonly string[]): BatchOutcome {
  const all = (problem: string): BatchOutcome => ({ failed: new Set(messageIds), problem });
  if (payload === null || payload === undefined || payload === '') return { failed: new Set() };
  if (typeof payload !== 'object') return all(`the function returned ${JSON.stringify(payload)}, not an object`);

  const failures: unknown = 'batchItemFailures' in payload ? payload.batchItemFailures : undefined;
  if (failures === null || failures === undefined) return { failed: new Set() };
  if (!Array.isArray(failures)) return all('its batchItemFailures is not a list');

  const failed = new Set<string>();
  for (const failure of failures) {
    const id: unknown = failure?.itemIdentifier;
    if (typeof id !== 'string' || !messageIds.includes(id)) {
      return all(`the itemIdentifier ${JSON.stringify(id)} in its batchItemFailures is no message of the batch`);
    }
    failed.add(id);
  }
  return { failed };
}
