import type { Backends } from './backends.ts';
import { MessageRefusedError, UnknownQueueError } from './backends.ts';
import type { ServiceHandler } from './gateway/index.ts';
import { PermanentDeliveryError, type Scheduler, type Target } from './scheduler/index.ts';
import { savesSends } from './state/queue-keeper.ts';

/**
 * The emulated services by the names that SDKs sign their requests for.
 *
 * @param saveQueues called before a send is acknowledged; by default queues are in memory only
 */
export function servicesOf(
  backends: Backends,
  scheduler: Scheduler,
  saveQueues: () => Promise<void> = async () => {},
): Readonly<Record<string, ServiceHandler>> {
  const { dynamodb, sqs, sns } = backends.services;
  return {
    dynamodb,
    sqs: savesSends(sqs, saveQueues),
    sns: savesSends(sns, saveQueues),
    scheduler: async ({ body, ...request }) => scheduler.handle({ ...request, body: body.toString() }),
  };
}

/** The scheduler's way into the queues. */
export function queueTarget(queues: Backends['queues']): Target {
  return {
    async send(arn, body, attributes) {
      const texts = Object.entries(attributes).map(([name, StringValue]) => [
        name,
        { DataType: 'String', StringValue },
      ]);
      try {
        await queues.send(arn, body, { attributes: Object.fromEntries(texts) });
      } catch (error) {
        if (error instanceof UnknownQueueError) {
          throw new PermanentDeliveryError('AWS.SimpleQueueService.NonExistentQueue', error.message);
        }
        if (error instanceof MessageRefusedError) throw new PermanentDeliveryError(error.awsCode, error.message);
        throw error;
      }
    },
  };
}
