import { type Milliseconds, milliseconds, type Seconds } from '../../units.ts';
import { queuePath } from '../account.ts';
import type { Fauxqs } from './fauxqs.ts';
import type { MessageAttributes, QueueCounts, ReceivedMessage } from './message.ts';
import type { Queue } from './queue.ts';
import { MessageRefusedError, UnknownQueueError } from './queue-errors.ts';
import { type QueueProperties, toAttributes } from './queue-properties.ts';
import type { QueueSet } from './queue-set.ts';
import { type QueueSnapshot, type RestoreResult, restoreSnapshot, takeSnapshot } from './snapshot.ts';

export interface ReceiveOptions {
  /** 1 to 10. */
  readonly max: number;
  /** How long to wait for a first message. Nothing ticks meanwhile. */
  readonly wait: Milliseconds;
  /** Default: the queue's. */
  readonly visibility?: Seconds;
  /** Ends the waiting; nothing is received then. */
  readonly signal?: AbortSignal;
}

export interface SendOptions {
  readonly attributes?: MessageAttributes;
  readonly delay?: Seconds;
}

/**
 * The queues, from within the process. A queue is given by its name or its ARN.
 *
 * Every method but `ensure`, `snapshot` and `restore` throws UnknownQueueError.
 */
export interface Queues {
  /** Makes a queue, or changes the attributes of one that is there. Its messages stay. */
  ensure(properties: QueueProperties): { readonly arn: string };
  receive(queue: string, options: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
  /** @returns whether the handle was good: it is not when the message was received again since */
  delete(queue: string, receiptHandle: string): boolean;
  /** Hides a message until so long after the call. @returns whether it was in flight */
  changeVisibility(queue: string, receiptHandle: string, visibility: Seconds): boolean;
  /**
   * @returns the message's id
   * @throws MessageRefusedError when SQS would refuse it, e.g. for its size
   */
  send(queue: string, body: string, options?: SendOptions): Promise<string>;
  counts(queue: string): QueueCounts;
  snapshot(): QueueSnapshot;
  restore(snapshot: unknown): RestoreResult;
}

export function createQueues(set: QueueSet, fauxqs: Fauxqs): Queues {
  const find = (nameOrArn: string): Queue => {
    const queue = set.byName(nameOrArn) ?? set.byArn(nameOrArn);
    if (queue === undefined) throw new UnknownQueueError(nameOrArn);
    return queue;
  };
  return {
    ensure: (properties) => ({ arn: set.ensure(properties.QueueName, toAttributes(properties)).arn }),
    receive: async (queue, options) => receive(set, find(queue), options),
    delete: (queue, receiptHandle) => find(queue).delete(receiptHandle),
    changeVisibility: (queue, receiptHandle, visibility) => find(queue).changeVisibility(receiptHandle, visibility),
    send: async (queue, body, options = {}) => send(fauxqs, find(queue), body, options),
    counts: (queue) => find(queue).counts(),
    snapshot: () => takeSnapshot(set),
    restore: (snapshot) => restoreSnapshot(set, snapshot),
  };
}

async function receive(set: QueueSet, queue: Queue, { max, wait, visibility, signal }: ReceiveOptions) {
  const end = set.clock.now() + wait;
  for (;;) {
    if (signal?.aborted) return [];
    const messages = queue.receive({ max, visibility });
    const left = end - set.clock.now();
    if (messages.length > 0 || left <= 0) return messages;
    if ((await queue.wait(milliseconds(left), signal)) === 'over') return [];
  }
}

/** By way of fauxqs, which knows what SQS takes and how it sums it. */
async function send(fauxqs: Fauxqs, queue: Queue, body: string, { attributes, delay }: SendOptions): Promise<string> {
  const input = {
    QueueUrl: queuePath(queue.name),
    MessageBody: body,
    MessageAttributes: attributes,
    DelaySeconds: delay,
  };
  const response = await fauxqs.call({
    contentType: 'application/x-amz-json-1.0',
    target: 'AmazonSQS.SendMessage',
    body: JSON.stringify(input),
  });
  const output: { MessageId: string; __type: string; message: string } = JSON.parse(String(response.body));
  if (response.status !== 200)
    throw new MessageRefusedError(queue.name, output.__type.split('#').at(-1) ?? '', output.message);
  return output.MessageId;
}
