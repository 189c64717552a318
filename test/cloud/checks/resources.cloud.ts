import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { expect } from 'vitest';
import { alertTopicArn } from '../support/alert-listener.ts';
import { check, cloud } from '../support/check.ts';

const FORTNIGHT_S = 14 * 24 * 3600;
const { prefix } = cloud;

check(
  'queues keep messages for 14 days, hide them for six function timeouts, and hand on what is received too often',
  async () => {
    const attributes = await cloud.queueAttributes('probe-retry');

    // A job timeout of 10 s makes a function timeout of 30 s; three attempts make 3 × 3 + 10 receives.
    expect(attributes).toMatchObject({ MessageRetentionPeriod: String(FORTNIGHT_S), VisibilityTimeout: '180' });
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(attributes['RedrivePolicy'] ?? '{}');
    expect(deadLetterTargetArn).toBe(`${attributes['QueueArn']}-dlq`);
    expect(Number(maxReceiveCount)).toBe(19);
  },
);

check('dead-letter queues keep dead letters for 14 days', async () => {
  for (const name of ['probe-retry-dlq', 'undelivered']) {
    expect(await cloud.queueAttributes(name)).toMatchObject({ MessageRetentionPeriod: String(FORTNIGHT_S) });
  }
});

check('dead-letter queues take dead letters of their own queue only', async () => {
  const { RedriveAllowPolicy = '{}' } = await cloud.queueAttributes('probe-retry-dlq');
  const { QueueArn } = await cloud.queueAttributes('probe-retry');

  expect(JSON.parse(RedriveAllowPolicy)).toEqual({ redrivePermission: 'byQueue', sourceQueueArns: [QueueArn] });
});

check('queues are encrypted, and refuse plain HTTP', async () => {
  const { Policy = '{}', SqsManagedSseEnabled } = await cloud.queueAttributes('probe-retry');

  expect(SqsManagedSseEnabled).toBe('true');
  expect(JSON.parse(Policy).Statement).toMatchObject([
    { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  ]);
});

check('the table has its keys, its index and on-demand billing', async () => {
  const { Table } = await cloud.dynamodb.send(new DescribeTableCommand({ TableName: cloud.table }));

  expect(Table?.KeySchema).toEqual([
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ]);
  expect(Table?.GlobalSecondaryIndexes).toMatchObject([
    {
      IndexName: 'open',
      KeySchema: [
        { AttributeName: 'openShard', KeyType: 'HASH' },
        { AttributeName: 'openAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ]);
  expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
});

check('the table forgets ended runs by their time to live', async () => {
  const { TimeToLiveDescription } = await cloud.dynamodb.send(
    new DescribeTimeToLiveCommand({ TableName: cloud.table }),
  );

  expect(TimeToLiveDescription?.AttributeName).toBe('expiresAt');
  // AWS takes up to an hour.
  expect(TimeToLiveDescription?.TimeToLiveStatus).toMatch(/^ENABL(ED|ING)$/);
});

check('schedules have their expression, queue, retries and dead-letter queue', async () => {
  const { QueueArn } = await cloud.queueAttributes('probe-due');
  const undelivered = await cloud.queueAttributes('undelivered');

  expect(await schedule('probe-due')).toMatchObject({ ScheduleExpression: 'cron(* * * * ? *)', State: 'ENABLED' });
  expect(await schedule('probe-seldom')).toMatchObject({
    ScheduleExpression: 'cron(30 7 ? * MON-FRI *)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: QueueArn,
      DeadLetterConfig: { Arn: undelivered['QueueArn'] },
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    },
  });
});

check('schedules have their zone', async () => {
  expect(await schedule('probe-seldom')).toMatchObject({ ScheduleExpressionTimezone: 'Europe/Stockholm' });
});

check('the alert topic is encrypted with a key of its own', async () => {
  const sns = new SNSClient(cloud.config);
  const TopicArn = await alertTopicArn(cloud);

  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));

  expect(Attributes?.['KmsMasterKeyId']).toMatch(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\//);
});

const schedule = (id: string) =>
  new SchedulerClient(cloud.config).send(new GetScheduleCommand({ Name: `${prefix}-${id}`, GroupName: prefix }));
