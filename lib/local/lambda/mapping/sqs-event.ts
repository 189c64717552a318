import type { SQSEvent, SQSMessageAttributes, SQSRecord, SQSRecordAttributes } from 'aws-lambda';
import type { SourceMessage } from './queue-source.ts';

/** Lambda's role in the account of the embedded cloud: who has sent every message, as far as a function can see. */
const sender = '000000000000';

export interface EventOrigin {
  readonly queueArn: string;
  readonly region: string;
}

/**
 * The event that Lambda makes of a batch.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export const toSqsEvent = (messages: readonly SourceMessage[], origin: EventOrigin): SQSEvent => ({
  Records: messages.map((message) => toRecord(message, origin)),
});

function toRecord(message: SourceMessage, { queueArn, region }: EventOrigin): SQSRecord {
  const messageAttributes = toMessageAttributes(message.attributes);
  const hasAttributes = message.md5OfAttributes && Object.keys(messageAttributes).length > 0;
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: toSystemAttributes(message),
    messageAttributes,
    ...(hasAttributes ? { md5OfMessageAttributes: message.md5OfAttributes } : {}),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

const toSystemAttributes = (message: SourceMessage): SQSRecordAttributes => ({
  ApproximateReceiveCount: String(message.receiveCount),
  SentTimestamp: String(message.sentAt),
  SenderId: sender,
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
  ...(message.deadLetterSource === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSource }),
});

/** Lambda writes their keys with a small first letter, and lists that SQS has never filled. */
const toMessageAttributes = (attributes: SourceMessage['attributes']): SQSMessageAttributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
