import { type EpochMs, type Seconds, seconds } from '../../units.ts';

/** A message attribute as SQS and SNS carry it. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  /** Base64. */
  readonly BinaryValue?: string | undefined;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message as a queue holds it. Each change makes a new one. */
export interface QueueMessage {
  /** Stays on redelivery and on the way to the dead-letter queue; a move back makes a new one. */
  readonly id: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: MessageAttributes;
  readonly md5OfAttributes: string;
  /** Retention counts from here, in the dead-letter queue too: standard queues keep the original time there. */
  readonly sentAt: EpochMs;
  /** When it came into the queue it is in. */
  readonly arrivedAt: EpochMs;
  /** Hidden until then: delayed before the first receive, in flight after it. */
  readonly visibleAt: EpochMs;
  /** Receives from the queue it is in. */
  readonly receiveCount: number;
  readonly firstReceivedAt?: EpochMs | undefined;
  readonly lastReceivedAt?: EpochMs | undefined;
  /** ARN of the queue whose redrive policy moved it here; absent on what was sent here. */
  readonly deadLetterSource?: string | undefined;
}

/** A message in the hands of a consumer. */
export interface ReceivedMessage extends QueueMessage {
  /** Good for this receive: the next one makes a new handle and voids this. */
  readonly receiptHandle: string;
}

/** A message as it enters a queue anew: to be received at once, and never received before. */
export const asArrival = (message: QueueMessage, now: EpochMs): QueueMessage => ({
  ...message,
  arrivedAt: now,
  visibleAt: now,
  receiveCount: 0,
  firstReceivedAt: undefined,
  lastReceivedAt: undefined,
  deadLetterSource: undefined,
});

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /**
   * As the metric ApproximateAgeOfOldestMessage: a message in flight counts too, one that was received three times
   * or more does not; in a dead-letter queue from the move. 0 when there is none.
   */
  readonly oldestAgeSeconds: Seconds;
}

export function countMessages(messages: readonly QueueMessage[], now: EpochMs): QueueCounts {
  const hidden = messages.filter((message) => message.visibleAt > now);
  const inFlight = hidden.filter((message) => message.receiveCount > 0).length;
  const arrivals = messages.filter((message) => message.receiveCount < 3).map((message) => message.arrivedAt);
  const oldest = arrivals.reduce((first, arrival) => Math.min(first, arrival), Number(now));
  return {
    visible: messages.length - hidden.length,
    inFlight,
    delayed: hidden.length - inFlight,
    oldestAgeSeconds: seconds(Math.floor((now - oldest) / 1000)),
  };
}
