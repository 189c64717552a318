import { expect, test } from 'vitest';
import { PermanentDeliveryError } from '../../lib/local/scheduler/index.ts';
import { queueTarget } from '../../lib/local/services.ts';
import { setupQueues } from './sqs/queue-pair.ts';

test.each([
  ['a queue that is not there', 'nowhere', 'body', 'AWS.SimpleQueueService.NonExistentQueue'],
  ['a body that SQS refuses', 'jobs', 'a\u0001b', 'InvalidMessageContents'],
])('a schedule does not try again to deliver to %s', async (_, queue, body, targetCode) => {
  const { queues } = await setupQueues();

  const delivery = queueTarget(queues).send(queue, body, {});

  await expect(delivery).rejects.toThrow(PermanentDeliveryError);
  await expect(delivery).rejects.toMatchObject({ targetCode });
});
