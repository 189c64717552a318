import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  PublishBatchCommand,
  PublishCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { milliseconds } from '../../../lib/units.ts';
import { startCloud } from '../support/cloud.ts';

const attributes = { job: { DataType: 'String', StringValue: 'nightly & <report>' } };

async function setup() {
  const cloud = await startCloud();
  return { ...cloud, TopicArn: await cloud.topics.ensure('alerts') };
}

test('a topic made in the process is the one a client finds', async () => {
  const { sns, TopicArn } = await setup();

  const created = await sns.send(new CreateTopicCommand({ Name: 'alerts' }));

  expect(TopicArn).toBe('arn:aws:sns:us-east-1:000000000000:alerts');
  expect(created.TopicArn).toBe(TopicArn);
});

test('what a client publishes is heard with subject and attributes', async () => {
  const { sns, TopicArn, published } = await setup();

  await sns.send(
    new PublishCommand({ TopicArn, Subject: 'failed', Message: 'grüße & <b>', MessageAttributes: attributes }),
  );

  expect(published).toEqual([{ topicArn: TopicArn, subject: 'failed', message: 'grüße & <b>', attributes }]);
});

test('every entry of a batch is heard', async () => {
  const { sns, TopicArn, published } = await setup();
  const PublishBatchRequestEntries = [
    { Id: 'a', Message: 'one', Subject: 'first' },
    { Id: 'b', Message: 'two' },
  ];

  await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));

  expect(published).toMatchObject([
    { subject: 'first', message: 'one' },
    { subject: undefined, message: 'two' },
  ]);
});

test('a message to a topic that is not there is refused and not heard', async () => {
  const { sns, TopicArn, published } = await setup();

  const publishing = sns.send(new PublishCommand({ TopicArn: `${TopicArn}-2`, Message: 'lost' }));

  await expect(publishing).rejects.toMatchObject({ name: 'NotFoundException' });
  expect(published).toEqual([]);
});

test('a publication from within the process reaches the listener and a subscribed queue', async () => {
  const { sns, queues, topics, TopicArn, published } = await setup();
  const { arn } = queues.ensure({ QueueName: 'inbox' });
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn }));

  await topics.publish({ topicArn: TopicArn, subject: 'ALARM', message: 'late' });

  const [message] = await queues.receive('inbox', { max: 1, wait: milliseconds(0) });
  expect(JSON.parse(message?.body ?? '')).toMatchObject({ Subject: 'ALARM', Message: 'late' });
  expect(published).toMatchObject([{ subject: 'ALARM', message: 'late' }]);
});

test('a topic says how many subscriptions it has', async () => {
  const { sns, queues, TopicArn } = await setup();
  const attributesOf = async () => (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes;
  expect(await attributesOf()).toMatchObject({ SubscriptionsConfirmed: '0', SubscriptionsPending: '0' });

  const { arn } = queues.ensure({ QueueName: 'inbox' });
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn }));

  expect(await attributesOf()).toMatchObject({ SubscriptionsConfirmed: '1', SubscriptionsPending: '0' });
});

test('queues are subscribed once, and one that is not named any more is no longer', async () => {
  const { queues, topics, TopicArn } = await setup();
  const [one, other] = ['one', 'other'].map((QueueName) => ({
    topicArn: TopicArn,
    queueArn: queues.ensure({ QueueName }).arn,
  }));
  const messagesIn = async (queue: string) =>
    (await queues.receive(queue, { max: 10, wait: milliseconds(0) })).map(({ body }) => JSON.parse(body).Message);

  await topics.subscribe([one, other].filter((each) => each !== undefined));
  await topics.subscribe([one].filter((each) => each !== undefined));
  await topics.publish({ topicArn: TopicArn, subject: 's', message: 'text' });

  expect(await messagesIn('one')).toEqual(['text']);
  expect(await messagesIn('other')).toEqual([]);
});

test('a subscription that a client has made stays', async () => {
  const { sns, queues, topics, TopicArn } = await setup();
  const { arn } = queues.ensure({ QueueName: 'inbox' });
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn }));

  await topics.subscribe([]);
  await topics.publish({ topicArn: TopicArn, subject: 's', message: 'text' });

  expect(await queues.receive('inbox', { max: 1, wait: milliseconds(0) })).toHaveLength(1);
});
