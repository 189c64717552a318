import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { openDynamoDb, type Tables } from './dynamodb/dynamodb.ts';
import type { StoreObserver } from './dynamodb/kept-store.ts';
import type { ServiceHandler } from './gateway/service.ts';
import { createSns, type Publication, type Topics } from './sns/sns.ts';
import { createFauxqs } from './sqs/fauxqs.ts';
import { admitAllCharacters } from './sqs/fauxqs-characters.ts';
import { MessageMoves } from './sqs/message-moves.ts';
import { QueueSet } from './sqs/queue-set.ts';
import { createQueues, type Queues } from './sqs/queues.ts';
import { createSqs } from './sqs/sqs.ts';

export { accountId, queueArn, queuePath, topicArn } from './account.ts';
export { DirectoryInUseError, DirectoryUnusableError, TableMismatchError } from './dynamodb/data-errors.ts';
export type { Tables } from './dynamodb/dynamodb.ts';
export type { DroppedData, StoreObserver } from './dynamodb/kept-store.ts';
export type { TableProperties } from './dynamodb/table-properties.ts';
export type { Publication, Topics } from './sns/sns.ts';
export type { MessageAttribute, MessageAttributes, QueueCounts, QueueMessage, ReceivedMessage } from './sqs/message.ts';
export { MessageRefusedError, UnknownQueueError } from './sqs/queue-errors.ts';
export type { QueueProperties } from './sqs/queue-properties.ts';
export type { Queues, ReceiveOptions, SendOptions } from './sqs/queues.ts';
export type { QueueSnapshot, RestoreResult } from './sqs/snapshot.ts';

/** Where the embedded cloud lives. The account is {@link accountId}. */
export const defaultRegion = 'us-east-1';

export interface BackendOptions {
  /** The data folder; the table goes into `dynamodb` in it. Absent: in memory. */
  readonly directory?: string;
  /** @default {@link defaultRegion} */
  readonly region?: string;
  /** The time of the queues. Tables have none. */
  readonly clock?: Clock;
  /** Called for every message published to a topic. */
  readonly onPublish?: (publication: Publication) => void;
  /** Called, many times in a row, when a snapshot of the queues would differ from the last. */
  readonly onChange?: () => void;
  /** What happens to the table on disk. */
  readonly store?: StoreObserver;
}

/** The emulated services that keep things: DynamoDB, SQS, SNS. None has a port of its own. */
export interface Backends {
  /** For the front. */
  readonly services: { readonly dynamodb: ServiceHandler; readonly sqs: ServiceHandler; readonly sns: ServiceHandler };
  readonly tables: Tables;
  readonly queues: Queues;
  readonly topics: Topics;
  /** Ends long polls, then waits for what is being written. Take the last snapshot before. */
  close(): Promise<void>;
}

/**
 * Opens the stores of the embedded cloud.
 *
 * @throws DirectoryInUseError
 * @throws DirectoryUnusableError
 */
export async function createBackends(options: BackendOptions = {}): Promise<Backends> {
  const { directory, region = defaultRegion, clock = systemClock, onPublish = () => {}, onChange = () => {} } = options;
  const dynamodb = await openDynamoDb({
    region,
    directory: directory && join(directory, 'dynamodb'),
    observer: options.store,
  });
  const queues = new QueueSet({ region, clock, onChange });
  await admitAllCharacters();
  const fauxqs = createFauxqs(queues);
  const sns = createSns({ fauxqs, region, onPublish });
  const moves = new MessageMoves(queues);

  return {
    services: {
      dynamodb: dynamodb.handler,
      sqs: createSqs({ queues, fauxqs, moves }),
      sns: sns.handler,
    },
    tables: dynamodb.tables,
    queues: createQueues(queues, fauxqs),
    topics: sns.topics,
    async close() {
      moves.close();
      await fauxqs.close();
      await dynamodb.close();
    },
  };
}
