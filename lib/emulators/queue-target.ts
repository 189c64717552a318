import { GetQueueUrlCommand, QueueDoesNotExist, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { PermanentDeliveryError, type Target } from '../local/scheduler/index.ts';
import type { Outages } from './outages.ts';

/** Delivers into the queues of an endpoint, which it finds by the names in their ARNs. */
export function queueTarget(sqs: SQSClient, outages: Outages): Target {
  const urls = new Map<string, string | undefined>();

  const urlOf = async (QueueName: string): Promise<string | undefined> => {
    if (!urls.has(QueueName)) {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
      urls.set(QueueName, QueueUrl);
    }
    return urls.get(QueueName);
  };

  return {
    async send(arn, body, attributes) {
      const name = arn.slice(arn.lastIndexOf(':') + 1);
      try {
        const QueueUrl = await urlOf(name);
        const MessageAttributes = toMessageAttributes(attributes);
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes }));
        outages.worked({ kind: 'send', name });
      } catch (error) {
        // An emulator that was started again may have given the queue another URL.
        urls.delete(name);
        if (error instanceof QueueDoesNotExist) throw noSuchQueue(name, error);
        outages.failed({ kind: 'send', name }, error);
        throw error;
      }
    },
  };
}

const toMessageAttributes = (attributes: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );

const noSuchQueue = (name: string, cause: unknown): PermanentDeliveryError =>
  new PermanentDeliveryError('AWS.SimpleQueueService.NonExistentQueue', `there is no queue ${name}`, { cause });
