import type { Context, SQSRecord } from 'aws-lambda';
import type { Delivery } from '../run/delivery.ts';
import type { RunRequest } from '../run/ports.ts';
import type { EpochMs } from '../units.ts';
import { DEAD_LETTER_ATTRIBUTES } from './reporter.ts';

/** `undefined` for what is not a count: anybody who may send to the queue can write an attribute. */
function readCount(text: string | undefined): number | undefined {
  const count = Number(text);
  return text !== undefined && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** A delivery from what Lambda hands over. */
export function deliveryOf(
  record: SQSRecord,
  request: RunRequest,
  { context, deadline }: { context: Context; deadline: EpochMs },
): Delivery {
  return {
    request,
    owner: crypto.randomUUID(),
    receiveCount: Number(record.attributes.ApproximateReceiveCount) || 1,
    // The body first: a version that did not know its story has put 0 into the attribute.
    deadLetterAttempts:
      request.deadLetter?.attempts ?? readCount(record.messageAttributes[DEAD_LETTER_ATTRIBUTES.attempts]?.stringValue),
    deadline,
    logStream: context.logStreamName,
    requestId: context.awsRequestId,
  };
}
