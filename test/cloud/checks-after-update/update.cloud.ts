import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { check, cloud } from '../support/check.ts';

const { prefix } = cloud;
const removed = `${prefix}-probe-gone`;
const lambda = new LambdaClient(cloud.config);
const scheduler = new SchedulerClient(cloud.config);

check('a changed schedule has its new expression, and the rest of it', async () => {
  const { QueueArn } = await cloud.queueAttributes('probe-due');
  expect(await changedSchedule()).toMatchObject({
    ScheduleExpression: 'cron(45 6 * * ? *)',
    State: 'ENABLED',
    Target: { Arn: QueueArn, RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
  });
});

check('a changed schedule has its new zone', async () => {
  expect(await changedSchedule()).toMatchObject({ ScheduleExpressionTimezone: 'Asia/Tokyo' });
});

check('a removed job has no schedule left', async () => {
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ GroupName: prefix }));

  const names = Schedules.map(({ Name }) => Name);
  expect(names).toContain(`${prefix}-probe-due`);
  expect(names).not.toContain(`${prefix}-probe-gone`);
});

check('a removed job has no queue left', async () => {
  // SQS takes up to a minute to forget a queue.
  await cloud.eventually(
    'the end of its queues',
    async () => {
      const { QueueUrls = [] } = await cloud.sqs.send(new ListQueuesCommand({ QueueNamePrefix: removed }));
      return QueueUrls.length === 0;
    },
    90,
  );
});

check('a removed job has no function left', async () => {
  const get = (name: string) => lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `${prefix}-${name}` }));

  expect((await get('probe-due')).FunctionName).toBe(`${prefix}-probe-due`);
  await expect(get('probe-gone')).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
});

check('a removed job has no mapping left', async () => {
  const { QueueArn = '' } = await cloud.queueAttributes('probe-due');
  const mappingsOf = async (EventSourceArn: string) =>
    (await lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn }))).EventSourceMappings ?? [];

  expect(await mappingsOf(QueueArn)).toHaveLength(1);
  await cloud.eventually('its end', async () => (await mappingsOf(QueueArn.replace(/due$/, 'gone'))).length === 0, 90);
});

check('a removed job has no alarm left', async () => {
  const { MetricAlarms } = await new CloudWatchClient(cloud.config).send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: removed }),
  );

  expect(MetricAlarms ?? []).toEqual([]);
});

check('a removed job has no log group left', async () => {
  const logGroupNamePrefix = `/aws/lambda/${removed}`;

  const { logGroups } = await new CloudWatchLogsClient(cloud.config).send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix }),
  );

  expect(logGroups ?? []).toEqual([]);
});

check('a job that stayed goes on', async () => {
  await cloud.reaches(await cloud.request('probe-token'), 'completed');
});

const changedSchedule = () =>
  scheduler.send(new GetScheduleCommand({ Name: `${prefix}-probe-seldom`, GroupName: prefix }));
