import {
  ChangeMessageVisibilityBatchCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { clientConfig } from '../support/cloud.ts';
import { setupQueues } from './queue-pair.ts';

test('every way to a queue gives a URL that the front serves', async () => {
  const { sqs, url } = await setupQueues();

  const created = await sqs.send(new CreateQueueCommand({ QueueName: 'new' }));
  const looked = await sqs.send(new GetQueueUrlCommand({ QueueName: 'jobs' }));
  const listed = await sqs.send(new ListQueuesCommand({}));
  const sources = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: url('dead-letters') }));

  expect(created.QueueUrl).toBe(url('new'));
  expect(looked.QueueUrl).toBe(url('jobs'));
  expect(listed.QueueUrls).toEqual([url('dead-letters'), url('jobs'), url('new')]);
  expect(sources.queueUrls).toEqual([url('jobs')]);
});

test('a URL has the host that the client used, so that no SDK sees a foreign endpoint', async () => {
  const { front } = await setupQueues();
  const sqs = new SQSClient(clientConfig(`http://localhost:${front.port}`));

  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'jobs' }));

  expect(QueueUrl).toBe(`http://localhost:${front.port}/000000000000/jobs`);
});

test('every action on a queue takes its URL, the batches too', async () => {
  const { sqs, url, receive } = await setupQueues();
  const QueueUrl = url('jobs');

  await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'a', MessageBody: '1' },
        { Id: 'b', MessageBody: '2' },
      ],
    }),
  );
  const received = await receive('jobs');
  const entries = received.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
  const hidden = await sqs.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl,
      Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: 60 })),
    }),
  );
  const deleted = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries }));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '90' } }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));

  expect(hidden.Successful).toHaveLength(2);
  expect(deleted.Successful).toHaveLength(2);
  expect(Attributes).toMatchObject({ VisibilityTimeout: '90', ApproximateNumberOfMessages: '0' });
  await expect(receive('jobs')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
});

test('a client of another region finds the same queues, for the cloud has one region', async () => {
  const { front, url } = await setupQueues();
  const sqs = new SQSClient({ ...clientConfig(front.origin), region: 'eu-north-1' });

  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'jobs' }));

  expect(QueueUrl).toBe(url('jobs'));
});

test('attributes of every type arrive as they were sent', async () => {
  const { send, receiveOne } = await setupQueues();
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'grüße' },
    number: { DataType: 'Number', StringValue: '42' },
    bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255, 7) },
  };
  await send('hello', { MessageAttributes });

  const message = await receiveOne('jobs');

  expect(message.MessageAttributes).toEqual(MessageAttributes);
});

test('a FIFO queue is refused, not half emulated', async () => {
  const { sqs } = await setupQueues();

  const creation = sqs.send(new CreateQueueCommand({ QueueName: 'x.fifo', Attributes: { FifoQueue: 'true' } }));

  await expect(creation).rejects.toThrow('standard queues only');
});

test('a client with the old query protocol is told to update', async () => {
  const { front } = await setupQueues();

  const response = await fetch(front.origin, {
    method: 'POST',
    body: new URLSearchParams({ Action: 'ListQueues', Version: '2012-11-05' }),
  });

  expect(response.status).toBe(400);
  expect(await response.text()).toContain('update it');
});

test('a body may hold every character that SQS takes, those above U+FFFF too', async () => {
  const { send, receiveOne } = await setupQueues();

  await send('{"text":"😀 𠮷"}');

  expect((await receiveOne('jobs')).Body).toBe('{"text":"😀 𠮷"}');
});

test.each(['\u0001', '\ufffe', '\uffff'])('a body may not hold what SQS refuses: %j', async (character) => {
  const { send } = await setupQueues();

  await expect(send(`a${character}b`)).rejects.toMatchObject({ name: 'InvalidMessageContents' });
});

test('message attributes come to those who ask for them', async () => {
  const { send, receive } = await setupQueues();
  await send('body', { MessageAttributes: { mark: { DataType: 'String', StringValue: 'kept' } } });

  const [unasked] = await receive('jobs', { MessageAttributeNames: [], VisibilityTimeout: 0 });
  const [asked] = await receive('jobs', { MessageAttributeNames: ['mark'] });

  expect(unasked?.MessageAttributes).toBeUndefined();
  expect(asked?.MessageAttributes).toMatchObject({ mark: { StringValue: 'kept' } });
});
