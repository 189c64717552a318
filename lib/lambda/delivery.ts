import type { Context, SQSRecord } from 'aws-lambda';
import type { Delivery } from '../run/delivery.ts';
import type { RunRequest } from '../run/ports.ts';
import type { EpochMs } from '../units.ts';
import { DEAD_LETTER_ATTRIBUTES } from './reporter.ts';

/** A delivery from what Lambda hands over. */
export function deliveryOf(
  record: SQSRecord,
  request: RunRequest,
  { context, deadline }: { context: Context; deadline: EpochMs },
): Delivery {
  return {
    request,
    messageId: record.messageId,
    owner: crypto.randomUUID(),
    receiveCount: Number(record.attributes.ApproximateReceiveCount) || 1,
    // However the dead letter was moved back, also by the console, its attributes come along.
    isRedrive: record.messageAttributes[DEAD_LETTER_ATTRIBUTES.attempts] !== undefined,
    deadline,
    logStream: context.logStreamName,
    requestId: context.awsRequestId,
  };
}
