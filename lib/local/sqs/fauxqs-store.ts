import type { BuildAppOptions } from 'fauxqs';
import { epochMs, seconds } from '../../units.ts';
import { queueNameOf, queuePath } from '../account.ts';
import type { ReceivedMessage } from './message.ts';
import type { Queue } from './queue.ts';
import type { QueueSet } from './queue-set.ts';

export type TheirStores = NonNullable<BuildAppOptions['stores']>;
type TheirQueue = NonNullable<ReturnType<TheirStores['sqsStore']['getQueue']>>;
type TheirMessage = Parameters<TheirQueue['enqueue']>[0];
type TheirReceived = ReturnType<TheirQueue['dequeue']>[number];

/** What fauxqs's actions use of a queue. Its FIFO half is not among it: the cloud has standard queues only. */
type UsedOfQueue = Pick<
  TheirQueue,
  | 'name'
  | 'url'
  | 'arn'
  | 'attributes'
  | 'tags'
  | 'isFifo'
  | 'getAllAttributes'
  | 'setAttributes'
  | 'enqueue'
  | 'dequeue'
  | 'deleteMessage'
  | 'changeVisibility'
  | 'purge'
>;

/** One of our queues in the shape that fauxqs's actions work on. */
class FauxqsQueue implements UsedOfQueue {
  readonly #queue: Queue;
  readonly #clock: QueueSet['clock'];
  readonly inflightMessages: Pick<TheirQueue['inflightMessages'], 'has' | 'get'>;

  constructor(queue: Queue, clock: QueueSet['clock']) {
    this.#queue = queue;
    this.#clock = clock;
    this.inflightMessages = {
      has: (handle) => queue.isInFlight(handle),
      get: (handle) => inFlightEntry(queue, handle),
    };
  }

  get name() {
    return this.#queue.name;
  }
  get arn() {
    return this.#queue.arn;
  }
  /** A path: the handler puts the host that the client used before it. */
  get url() {
    return queuePath(this.#queue.name);
  }
  get attributes() {
    return this.#queue.attributes;
  }
  get tags() {
    return this.#queue.tags;
  }

  isFifo() {
    return false;
  }

  getAllAttributes(requested: string[]): Record<string, string> {
    const all = attributesOf(this.#queue);
    return requested.includes('All')
      ? all
      : Object.fromEntries(Object.entries(all).filter(([n]) => requested.includes(n)));
  }

  setAttributes(attributes: Record<string, string>) {
    Object.assign(this.#queue.attributes, attributes);
  }

  /** fauxqs has stamped the message by the real clock: only the length of the delay is taken from it. */
  enqueue({ messageId, body, md5OfBody, messageAttributes, md5OfMessageAttributes, ...stamps }: TheirMessage) {
    const now = this.#clock.now();
    this.#queue.add({
      id: messageId,
      body,
      md5OfBody,
      attributes: messageAttributes,
      md5OfAttributes: md5OfMessageAttributes,
      sentAt: now,
      arrivedAt: now,
      visibleAt: epochMs(now + (stamps.delayUntil ?? stamps.sentTimestamp) - stamps.sentTimestamp),
      receiveCount: 0,
    });
  }

  dequeue(max: number, visibility?: number): TheirReceived[] {
    return this.#queue
      .receive({ max, visibility: visibility === undefined ? undefined : seconds(visibility) })
      .map(toTheirReceived);
  }

  deleteMessage(handle: string) {
    return this.#queue.delete(handle);
  }

  changeVisibility(handle: string, timeout: number) {
    this.#queue.changeVisibility(handle, seconds(timeout));
  }

  purge() {
    this.#queue.purge();
  }
}

function attributesOf(queue: Queue): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts();
  const createdAt = String(Math.floor(queue.createdAt / 1000));
  return {
    ...queue.attributes,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: createdAt,
    LastModifiedTimestamp: createdAt,
  };
}

function inFlightEntry(queue: Queue, receiptHandle: string): ReturnType<TheirQueue['inflightMessages']['get']> {
  const found = queue.find(receiptHandle);
  if (found === undefined) return undefined;
  const message: TheirMessage = {
    messageId: found.id,
    body: found.body,
    md5OfBody: found.md5OfBody,
    messageAttributes: { ...found.attributes } as TheirMessage['messageAttributes'],
    md5OfMessageAttributes: found.md5OfAttributes,
    sentTimestamp: found.sentAt,
    approximateReceiveCount: found.receiveCount,
    approximateFirstReceiveTimestamp: found.firstReceivedAt ?? found.sentAt,
  };
  return { message, receiptHandle, visibilityDeadline: found.visibleAt };
}

const toTheirReceived = (message: ReceivedMessage): TheirReceived => ({
  MessageId: message.id,
  ReceiptHandle: message.receiptHandle,
  MD5OfBody: message.md5OfBody,
  Body: message.body,
  ...(message.md5OfAttributes && { MD5OfMessageAttributes: message.md5OfAttributes }),
  ...(Object.keys(message.attributes).length > 0 && {
    MessageAttributes: { ...message.attributes } as NonNullable<TheirReceived['MessageAttributes']>,
  }),
});

/**
 * Our queues as the store that fauxqs's `buildApp` takes.
 *
 * fauxqs keeps the protocol: parameters, errors, batches, checksums, the fan-out of topics. The queues
 * are ours because its own have no retention, no way to move messages, and URLs matched as whole texts.
 */
export function toFauxqsStore(queues: QueueSet): TheirStores['sqsStore'] {
  const view = (queue: Queue | undefined) => queue && new FauxqsQueue(queue, queues.clock);
  const store = {
    host: '',
    region: queues.region,
    createQueue: (name: string, _url: string, _arn: string, attributes = {}, tags = {}) =>
      view(queues.ensure(name, attributes, tags)),
    deleteQueue: (url: string) => queues.remove(queueNameOf(url) ?? ''),
    buildQueueUrl: (name: string) => queuePath(name),
    getQueue: (url: string) => view(queues.byName(queueNameOf(url) ?? '')),
    getQueueByArn: (arn: string) => view(queues.byArn(arn)),
    getQueueByName: (name: string) => view(queues.byName(name)),
    listQueues: (prefix = '', max = 1000) =>
      queues
        .all()
        .filter((queue) => queue.name.startsWith(prefix))
        .slice(0, max)
        .map(view),
    shutdown: () => queues.close(),
  };
  // The classes of fauxqs are not exported, and have private members, so nothing else can have their type.
  return store as unknown as TheirStores['sqsStore'];
}
