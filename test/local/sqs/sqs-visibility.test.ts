import { ChangeMessageVisibilityCommand, DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { HOUR, SECOND } from '../../../lib/units.ts';

import { setupQueues } from './queue-pair.ts';

test('a message keeps its id over redeliveries, which are counted', async () => {
  const { send, receiveOne, clock } = await setupQueues();
  const { MessageId } = await send('hello');

  const first = await receiveOne('jobs');
  clock.advance(30 * SECOND);
  const second = await receiveOne('jobs');

  expect([first.MessageId, second.MessageId]).toEqual([MessageId, MessageId]);
  expect(first.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
  expect(second.Attributes).toMatchObject({
    ApproximateReceiveCount: '2',
    SentTimestamp: `${Date.parse('2026-11-02T02:00:00Z')}`,
    ApproximateFirstReceiveTimestamp: first.Attributes?.ApproximateFirstReceiveTimestamp,
  });
});

test('a received message is hidden for the visibility timeout of its queue', async () => {
  const { send, receiveOne, receive, clock } = await setupQueues();
  await send('hello');
  await receiveOne('jobs');

  clock.advance(29 * SECOND);
  const early = await receive('jobs');
  clock.advance(SECOND);
  const late = await receive('jobs');

  expect(early).toEqual([]);
  expect(late).toHaveLength(1);
});

test('a changed visibility counts from the call', async () => {
  const { sqs, url, send, receiveOne, receive, clock } = await setupQueues();
  await send('hello');
  const { ReceiptHandle } = await receiveOne('jobs');
  clock.advance(20 * SECOND);

  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url('jobs'), ReceiptHandle, VisibilityTimeout: 60 }));

  clock.advance(59 * SECOND);
  expect(await receive('jobs')).toEqual([]);
  clock.advance(SECOND);
  expect(await receive('jobs')).toHaveLength(1);
});

test('a visibility of 0 gives the message back at once', async () => {
  const { sqs, url, send, receiveOne, receive } = await setupQueues();
  await send('hello');
  const { ReceiptHandle } = await receiveOne('jobs');

  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url('jobs'), ReceiptHandle, VisibilityTimeout: 0 }));

  expect(await receive('jobs')).toHaveLength(1);
});

test('a message cannot be hidden beyond 12 hours after its receive', async () => {
  const { sqs, url, send, receiveOne, clock } = await setupQueues();
  await send('hello');
  const { ReceiptHandle } = await receiveOne('jobs');
  clock.advance(10 * SECOND);
  const hide = (VisibilityTimeout: number) =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url('jobs'), ReceiptHandle, VisibilityTimeout }));

  await expect(hide(43_191)).rejects.toThrow('Total VisibilityTimeout for the message is beyond the limit');
  await expect(hide(43_190)).resolves.toBeDefined();
});

test('the visibility of a message that is not in flight cannot be changed', async () => {
  const { sqs, url, send, receiveOne, clock } = await setupQueues();
  await send('hello');
  const { ReceiptHandle } = await receiveOne('jobs');
  clock.advance(30 * SECOND);

  const change = sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl: url('jobs'), ReceiptHandle, VisibilityTimeout: 60 }),
  );

  await expect(change).rejects.toMatchObject({ name: 'MessageNotInflight' });
});

test('a handle is void once the message was received again', async () => {
  const { sqs, url, send, receiveOne, clock, queues } = await setupQueues();
  await send('hello');
  const { ReceiptHandle } = await receiveOne('jobs');
  clock.advance(30 * SECOND);
  await receiveOne('jobs');

  await sqs.send(new DeleteMessageCommand({ QueueUrl: url('jobs'), ReceiptHandle }));

  expect(queues.counts('jobs')).toMatchObject({ inFlight: 1 });
});

test('a late acknowledgement still deletes a message that nobody has received again', async () => {
  const { sqs, url, send, receiveOne, receive, clock } = await setupQueues();
  await send('hello');
  const { ReceiptHandle } = await receiveOne('jobs');
  clock.advance(HOUR);

  await sqs.send(new DeleteMessageCommand({ QueueUrl: url('jobs'), ReceiptHandle }));

  expect(await receive('jobs')).toEqual([]);
});
