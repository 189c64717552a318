import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { createBackends, type Publication } from '../../../lib/local/backends.ts';
import { startFront } from '../../../lib/local/gateway/index.ts';
import { MovableClock } from './movable-clock.ts';

/** Fresh backends behind a front, real clients, and a clock for the queues. Closed when the test ends. */
export async function startCloud({ directory }: { readonly directory?: string } = {}) {
  const clock = new MovableClock();
  const published: Publication[] = [];
  const changes = { count: 0 };
  const backends = await createBackends({
    ...(directory !== undefined && { directory }),
    clock,
    onPublish: (publication) => published.push(publication),
    onChange: () => {
      changes.count += 1;
    },
  });
  const front = await startFront({ services: backends.services, control: { token: 'secret', handlers: {} } });
  const config = clientConfig(front.origin);
  const clients = { sqs: new SQSClient(config), sns: new SNSClient(config), dynamodb: new DynamoDBClient(config) };

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= front.close().then(() => backends.close());
    for (const client of Object.values(clients)) client.destroy();
    return closing;
  };
  onTestFinished(close);
  return { ...backends, ...clients, front, clock, published, changes, close };
}

export const clientConfig = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
