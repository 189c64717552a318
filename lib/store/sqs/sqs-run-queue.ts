import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { formatRunMessage } from '../../run/message.ts';
import type { RunQueue } from '../../run/queue.ts';

export interface SqsRunQueueOptions {
  readonly client: SQSClient;
  /** The URL of a job's queue. @throws for a job that has none */
  readonly urlOf: (job: string) => string | Promise<string>;
}

/** The queues of a deployment's jobs. */
export const createSqsRunQueue = ({ client, urlOf }: SqsRunQueueOptions): RunQueue => ({
  async send(run, { delay } = {}) {
    const QueueUrl = await urlOf(run.job);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: formatRunMessage(run), DelaySeconds: delay }));
  },
});
