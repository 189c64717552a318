import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ListMessageMoveTasksCommand,
  type MessageAttributeValue,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { seconds, toMilliseconds } from '../../../lib/units.ts';
import { setupQueues } from './queue-pair.ts';

const text = (StringValue: string): MessageAttributeValue => ({ DataType: 'String', StringValue });
const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, text('x')]));

test.each<[string, object, string]>([
  ['a delay below zero', { DelaySeconds: -1 }, 'DelaySeconds must be >= 0 and <= 900'],
  ['a delay above a quarter of an hour', { DelaySeconds: 901 }, 'DelaySeconds must be >= 0 and <= 900'],
  ['eleven attributes', { MessageAttributes: eleven }, 'exceeds the allowed maximum [10]'],
  ['a name with a space', { MessageAttributes: { 'a b': text('x') } }, "attribute name 'a b' is invalid"],
  ["a name of AWS's own", { MessageAttributes: { 'AWS.a': text('x') } }, "attribute name 'AWS.a' is invalid"],
  ['an empty value', { MessageAttributes: { a: text('') } }, 'must contain a non-empty value'],
  ['an unknown type', { MessageAttributes: { a: { DataType: 'Foo', StringValue: 'x' } } }, 'supported type prefixes'],
])('a message is refused with %s', async (_, more, says) => {
  const { send } = await setupQueues();

  await expect(send('body', more)).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringContaining(says),
  });
});

test('a message is taken with ten attributes of every type, a label among them', async () => {
  const { send, receiveOne } = await setupQueues();
  const { a10: _, ...ten } = eleven;
  const MessageAttributes = { ...ten, a0: { DataType: 'Number.int', StringValue: '1' } };

  await send('body', { MessageAttributes, DelaySeconds: 0 });

  expect((await receiveOne('jobs')).MessageAttributes).toMatchObject(MessageAttributes);
});

test.each([
  ['no JSON', 'nojson', 'not a valid JSON map'],
  ['no target', '{}', 'deadLetterTargetArn'],
  ['no number of receives', '{"deadLetterTargetArn":"ARN","maxReceiveCount":"x"}', 'from 1 to 1000'],
  ['too few receives', '{"deadLetterTargetArn":"ARN","maxReceiveCount":0}', 'from 1 to 1000'],
  ['too many receives', '{"deadLetterTargetArn":"ARN","maxReceiveCount":1001}', 'from 1 to 1000'],
  ['a target that is not there', '{"deadLetterTargetArn":"arn:nowhere","maxReceiveCount":3}', 'does not exist'],
])('a redrive policy is refused with %s, and the one before stays', async (_, policy, says) => {
  const { sqs, url, queues, deadLettersArn, receive, send } = await setupQueues();
  const RedrivePolicy = policy.replace('ARN', deadLettersArn);

  const setting = sqs.send(new SetQueueAttributesCommand({ QueueUrl: url('jobs'), Attributes: { RedrivePolicy } }));

  await expect(setting).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringContaining(says),
  });
  await send('dead-letter');
  for (let time = 0; time < 3; time++) await receive('jobs', { VisibilityTimeout: 0 });
  expect(queues.counts('dead-letters').visible).toBe(1);
});

test('a queue is refused with a name that SQS does not know', async () => {
  const { sqs } = await setupQueues();

  const making = sqs.send(new CreateQueueCommand({ QueueName: 'a b' }));

  await expect(making).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

test('a message is not deleted by what is no receipt handle', async () => {
  const { sqs, url } = await setupQueues();

  const deletion = sqs.send(new DeleteMessageCommand({ QueueUrl: url('jobs'), ReceiptHandle: 'bogus' }));

  await expect(deletion).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
});

test('a move fails when its destination is deleted meanwhile, and what was not moved stays', async () => {
  const { sqs, url, queues, clock, deadLettersArn, arn } = await setupQueues();
  await sqs.send(new CreateQueueCommand({ QueueName: 'elsewhere' }));
  for (const body of ['1', '2', '3']) await queues.send('dead-letters', body);
  const DestinationArn = arn.replace(/jobs$/, 'elsewhere');
  const move = { SourceArn: deadLettersArn, DestinationArn, MaxNumberOfMessagesPerSecond: 1 };
  await sqs.send(new StartMessageMoveTaskCommand(move));

  await sqs.send(new DeleteQueueCommand({ QueueUrl: url('elsewhere') }));
  clock.advance(toMilliseconds(seconds(1)));

  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: deadLettersArn }));
  expect(Results).toMatchObject([{ Status: 'FAILED', ApproximateNumberOfMessagesMoved: 1 }]);
  expect(queues.counts('dead-letters').visible).toBe(2);
});
