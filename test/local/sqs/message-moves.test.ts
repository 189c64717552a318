import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  SendMessageBatchCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { DAY, milliseconds, SECOND, seconds } from '../../../lib/units.ts';
import { startCloud } from '../support/cloud.ts';

const attributes = { 'belfry-run': { DataType: 'String', StringValue: 'report/1' } };

async function setup() {
  const cloud = await startCloud();
  const deadLetters = cloud.queues.ensure({ QueueName: 'dead-letters' }).arn;
  const jobs = cloud.queues.ensure({
    QueueName: 'jobs',
    RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: 1 },
  }).arn;
  const other = cloud.queues.ensure({ QueueName: 'other' }).arn;

  /** Leaves a dead letter as SQS does: by receiving too often. */
  const deadLetter = async (body: string) => {
    const id = await cloud.queues.send('jobs', body, { attributes });
    await cloud.queues.receive('jobs', { max: 10, wait: milliseconds(0), visibility: seconds(0) });
    await cloud.queues.receive('jobs', { max: 10, wait: milliseconds(0) });
    return id;
  };
  const receive = (queue: string) => cloud.queues.receive(queue, { max: 10, wait: milliseconds(0) });
  const start = (input: object) =>
    cloud.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: deadLetters, ...input }));
  const list = async () => {
    const output = await cloud.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: deadLetters, MaxResults: 10 }));
    return output.Results ?? [];
  };
  return { ...cloud, jobs, deadLetters, other, deadLetter, receive, start, list };
}

test('dead letters go back to the queue they came from, as new messages with body and attributes', async () => {
  const { deadLetter, start, receive, clock } = await setup();
  const id = await deadLetter('again');
  clock.advance(DAY);

  await start({});

  const [message] = await receive('jobs');
  expect(message).toMatchObject({
    body: 'again',
    attributes,
    receiveCount: 1,
    sentAt: clock.now(),
    deadLetterSource: undefined,
  });
  expect(message?.id).not.toBe(id);
  expect(await receive('dead-letters')).toEqual([]);
});

test('dead letters go to another queue when it is named', async () => {
  const { deadLetter, start, receive, other } = await setup();
  await deadLetter('elsewhere');

  await start({ DestinationArn: other });

  expect((await receive('other')).map((message) => message.body)).toEqual(['elsewhere']);
});

test('a finished move is listed with what it moved', async () => {
  const { deadLetter, start, list, deadLetters } = await setup();
  await deadLetter('one');

  await start({});

  const [move] = await list();
  expect(move).toMatchObject({
    Status: 'COMPLETED',
    SourceArn: deadLetters,
    ApproximateNumberOfMessagesMoved: 1,
    ApproximateNumberOfMessagesToMove: 1,
  });
  expect(move?.TaskHandle).toBeUndefined();
});

test('a dead letter that was sent, not moved by SQS, has no queue to go back to', async () => {
  const { queues, start, list } = await setup();
  await queues.send('dead-letters', 'sent by the job itself');

  await start({});

  expect(await list()).toMatchObject([{ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' }]);
  expect(queues.counts('dead-letters')).toMatchObject({ visible: 1 });
});

test('a dead letter that was sent can be moved to a queue that is named', async () => {
  const { queues, start, receive, jobs } = await setup();
  await queues.send('dead-letters', 'sent by the job itself', { attributes });

  await start({ DestinationArn: jobs });

  expect(await receive('jobs')).toMatchObject([{ body: 'sent by the job itself', attributes }]);
});

test('a queue that is nobody’s dead-letter queue cannot be moved from', async () => {
  const { start, other } = await setup();

  await expect(start({ SourceArn: other })).rejects.toThrow('must be configured as a Dead Letter Queue');
});

test('a queue that does not exist cannot be moved from', async () => {
  const { start } = await setup();

  const move = start({ SourceArn: 'arn:aws:sqs:us-east-1:000000000000:nothing' });

  await expect(move).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a move goes at its rate, alone, and can be cancelled', async () => {
  const { sqs, front, queues, start, list, jobs, clock } = await setup();
  const Entries = ['1', '2', '3', '4', '5'].map((Id) => ({ Id, MessageBody: Id }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: `${front.origin}/000000000000/dead-letters`, Entries }));
  const move = { DestinationArn: jobs, MaxNumberOfMessagesPerSecond: 2 };

  const { TaskHandle } = await start(move);
  clock.advance(SECOND);
  const second = start(move);
  await expect(second).rejects.toThrow('already a task running');
  const cancelled = await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
  clock.advance(DAY / 24);

  expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(4);
  expect(await list()).toMatchObject([{ Status: 'CANCELLED' }]);
  expect(queues.counts('dead-letters')).toMatchObject({ visible: 1 });
});
