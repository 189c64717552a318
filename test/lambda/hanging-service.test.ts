import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SDK_OPTIONS } from '../../lib/lambda/sdk-options.ts';

/** Takes every request and answers none. */
let server: Server;
let requests = 0;

beforeEach(async () => {
  requests = 0;
  server = createServer(() => {
    requests++;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

const options = () => ({
  ...SDK_OPTIONS,
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

test.each([
  ['DynamoDB', () => new DynamoDBClient(options()).send(new GetItemCommand({ TableName: 'runs', Key: {} }))],
  ['SQS', () => new SQSClient(options()).send(new ReceiveMessageCommand({ QueueUrl: 'http://localhost/1/queue' }))],
  ['SNS', () => new SNSClient(options()).send(new PublishCommand({ TopicArn: 'arn', Message: 'text' }))],
])('a call of %s that gets no answer within three seconds is made again, four times in all', async (_, call) => {
  const ended = call().then(
    () => 'answered',
    (error: Error) => error.name,
  );
  let outcome: string | undefined;
  void ended.then((value) => {
    outcome = value;
  });

  for (let moment = 0; outcome === undefined && moment < 10_000; moment++) {
    // Sockets take real time, timers none.
    await new Promise((resolve) => setImmediate(resolve));
    if (requests > 0) await vi.advanceTimersByTimeAsync(50);
  }

  expect({ outcome, requests }).toEqual({ outcome: 'TimeoutError', requests: 4 });
});
