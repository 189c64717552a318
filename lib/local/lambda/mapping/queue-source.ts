import type { EpochMs, Milliseconds } from '../../../units.ts';

/** Where a mapping gets its messages. A queue is given by its name. */
export interface QueueSource {
  /** Waits for a first message, until so long or the signal; what the signal ends receives nothing. */
  receive(
    queue: string,
    options: { readonly max: number; readonly wait: Milliseconds; readonly signal: AbortSignal },
  ): Promise<readonly SourceMessage[]>;
  delete(queue: string, receiptHandle: string): unknown;
}

/** A received message, as much of it as a function is told. */
export interface SourceMessage {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: Readonly<Record<string, SourceAttribute>>;
  /** Of the attributes; SQS leaves it out where there are none. */
  readonly md5OfAttributes?: string | undefined;
  readonly sentAt: EpochMs;
  readonly receiveCount: number;
  readonly firstReceivedAt?: EpochMs | undefined;
  /** ARN of the queue that SQS itself moved it from. */
  readonly deadLetterSource?: string | undefined;
}

export interface SourceAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  /** Base64. */
  readonly BinaryValue?: string | undefined;
}
