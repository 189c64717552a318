import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { EpochMs } from '../../units.ts';

/**
 * How long SQS hides a message at most, in seconds, counted from its receive.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 */
const MAX_VISIBILITY = 12 * 60 * 60;

/** The visibility of one received message. */
export interface MessageVisibility {
  /** Hides the message until then. @throws the SDK's error, unchanged */
  hideUntil(instant: EpochMs): Promise<void>;
}

export interface MessageVisibilityOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly now: () => EpochMs;
}

export function messageVisibility(
  receiptHandle: string,
  { sqs, queueUrl, now }: MessageVisibilityOptions,
): MessageVisibility {
  return {
    async hideUntil(instant) {
      const seconds = Math.min(MAX_VISIBILITY - 60, Math.max(0, Math.ceil((instant - now()) / 1000)));
      const input = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds };
      await sqs.send(new ChangeMessageVisibilityCommand(input));
    },
  };
}
