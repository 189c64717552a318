import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadAssembly, UnreadableAssemblyError } from '../../../lib/local/assembly/index.ts';
import { ASSET, createFolder, functionWith, load, ORIGIN, writeAssembly } from './fixture.ts';

const stack = (Resources: Record<string, unknown>) => ({ 'app-dev': { Resources } });

test('reads a function with the folder of its asset', () => {
  const resource = functionWith(
    { LEVEL: 'info', COUNT: 3 },
    { Timeout: 80, MemorySize: '512', ReservedConcurrentExecutions: 2, LoggingConfig: { LogGroup: '/logs/job' } },
  );
  const directory = writeAssembly(stack({ Function: resource }));

  const { functions } = loadAssembly(directory, { origin: ORIGIN });

  expect(functions).toEqual([
    {
      name: 'app-dev-job',
      directory: join(directory, `asset.${ASSET}`),
      handler: 'index.handler',
      timeoutSeconds: 80,
      memoryMb: 512,
      environment: { LEVEL: 'info', COUNT: '3' },
      logGroup: '/logs/job',
      reservedConcurrency: 2,
    },
  ]);
});

test("takes Lambda's defaults for what a function does not say", () => {
  const { functions } = load(stack({ Function: functionWith({}) }));

  expect(functions).toMatchObject([{ timeoutSeconds: 3, memoryMb: 128, logGroup: '/aws/lambda/app-dev-job' }]);
});

test('passes over functions that are no bundle of Node', () => {
  const { functions } = load(
    stack({
      Inline: functionWith({}, { Code: { ZipFile: 'exports.handler = () => {}' } }),
      Python: functionWith({}, { Runtime: 'python3.13' }),
    }),
  );

  expect(functions).toEqual([]);
});

test('needs not know what .belfry.env sets', () => {
  const resource = functionWith({ DATABASE: { 'Fn::GetAtt': ['Database', 'Endpoint'] }, LEVEL: 'info' });

  const { functions } = load(stack({ Function: resource }), { localVariables: ['DATABASE'] });

  expect(functions[0]?.environment).toEqual({ LEVEL: 'info' });
});

test('reads the subscriptions of queues, and passes over those of addresses', () => {
  const { subscriptions } = load(
    stack({
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'app-dev-alerts' } },
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'app-dev-alerts' } },
      ToQueue: {
        Type: 'AWS::SNS::Subscription',
        Properties: { Protocol: 'sqs', TopicArn: { Ref: 'Topic' }, Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
      },
      ToAddress: {
        Type: 'AWS::SNS::Subscription',
        Properties: { Protocol: 'email', TopicArn: { Ref: 'Elsewhere' }, Endpoint: 'a@example.org' },
      },
    }),
  );

  expect(subscriptions).toEqual([
    {
      topicArn: 'arn:aws:sns:us-east-1:000000000000:app-dev-alerts',
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:app-dev-alerts',
    },
  ]);
});

test('passes over the mapping of a stream, which is not emulated', () => {
  const { mappings, tables } = load(
    stack({
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: { TableName: 'app-dev-runs', StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName: 'f', EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] } },
      },
    }),
  );

  expect(mappings).toEqual([]);
  expect(tables).toHaveLength(1);
});

test('reads a queue as CreateQueue takes it, without its encryption', () => {
  const { queues } = load(
    stack({
      DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'app-dev-job-dlq' } },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: 'app-dev-job',
          VisibilityTimeout: 480,
          SqsManagedSseEnabled: true,
          KmsMasterKeyId: { 'Fn::GetAtt': ['Nowhere', 'Arn'] },
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, maxReceiveCount: 19 },
        },
      },
    }),
  );

  expect(queues[1]).toEqual({
    name: 'app-dev-job',
    arn: 'arn:aws:sqs:us-east-1:000000000000:app-dev-job',
    attributes: {
      VisibilityTimeout: '480',
      RedrivePolicy:
        '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:app-dev-job-dlq","maxReceiveCount":19}',
    },
  });
});

test('reads a mapping, by the names of its queue and its function', () => {
  const Queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'app-dev-job' } };
  const mapping = (properties: object) => ({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { Ref: 'Function' },
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      ...properties,
    },
  });
  const { mappings } = load(
    stack({
      Queue,
      Function: functionWith({}),
      Full: mapping({
        FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
        BatchSize: 1,
        Enabled: false,
        ScalingConfig: { MaximumConcurrency: 10 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
      Bare: mapping({}),
      Stream: mapping({ EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' }),
    }),
  );

  const names = { functionName: 'app-dev-job', queueName: 'app-dev-job' };
  expect(mappings).toEqual([
    { ...names, batchSize: 1, maximumConcurrency: 10, reportBatchItemFailures: true, enabled: false },
    { ...names, batchSize: 10, reportBatchItemFailures: false, enabled: true },
  ]);
});

test('reads a schedule as CreateSchedule takes it', () => {
  const { schedules, scheduleGroups } = load(
    stack({
      Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'app-dev' } },
      Role: { Type: 'AWS::IAM::Role' },
      Schedule: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          Name: 'nightly',
          GroupName: { Ref: 'Group' },
          ScheduleExpression: 'cron(0 2 * * ? *)',
          ScheduleExpressionTimezone: 'Europe/Stockholm',
          EndDate: '2027-12-31T00:00:00.000Z',
          FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
          KmsKeyArn: { 'Fn::GetAtt': ['Nowhere', 'Arn'] },
          Target: {
            Arn: 'arn:aws:sqs:us-east-1:000000000000:q',
            RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
            Input: '{}',
            RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 185 },
          },
        },
      },
    }),
  );

  expect(scheduleGroups).toEqual(['app-dev']);
  expect(schedules).toEqual([
    {
      Name: 'nightly',
      GroupName: 'app-dev',
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Stockholm',
      EndDate: new Date('2027-12-31T00:00:00.000Z'),
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: {
        Arn: 'arn:aws:sqs:us-east-1:000000000000:q',
        RoleArn: 'arn:aws:iam::000000000000:role/app-dev-Role',
        Input: '{}',
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 185 },
      },
    },
  ]);
});

test('reads how long an alarm warms up, and whether it does so to the end', () => {
  const alarm = (AlarmName: string, WarmUpConfiguration?: object) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ...{ AlarmName, Namespace: 'N', MetricName: 'M', Statistic: 'Sum', Period: 60, Threshold: 1 },
      ComparisonOperator: 'GreaterThanThreshold',
      ...(WarmUpConfiguration && { WarmUpConfiguration }),
    },
  });
  const minutes = { WarmUpPeriodDurationInMinutes: 30 };
  const { alarms } = load(
    stack({
      None: alarm('none'),
      Early: alarm('early', minutes),
      Whole: alarm('whole', { ...minutes, OnlyStartEvaluatingAfterWarmUpPeriodEnds: true }),
      Wrong: alarm('wrong', {}),
    }),
  );

  expect(alarms.map(({ name, warmUp }) => [name, warmUp])).toEqual([
    ['none', undefined],
    ['early', { duration: 1_800_000, isWhole: false }],
    ['whole', { duration: 1_800_000, isWhole: true }],
    ['wrong', undefined],
  ]);
  expect(alarms.at(-1)?.unknown).toEqual([expect.stringContaining('WarmUpConfiguration')]);
});

test('hands on an alarm that it cannot read, with what it does not know', () => {
  const alarm = (Properties: object) => ({ Type: 'AWS::CloudWatch::Alarm', Properties });
  const { alarms } = load(
    stack({
      Band: alarm({ AlarmName: 'band', ThresholdMetricId: 'ad1' }),
      Foreign: alarm({ Threshold: 1, Namespace: 'N', MetricName: { Ref: 'Nowhere' }, Period: 60 }),
      Composite: {
        Type: 'AWS::CloudWatch::CompositeAlarm',
        Properties: { AlarmName: 'both', AlarmRule: 'ALARM(band)' },
      },
    }),
  );

  expect(alarms.map(({ name, unknown }) => [name, unknown])).toEqual([
    ['band', ['ThresholdMetricId']],
    ['Foreign', [expect.stringContaining('property MetricName: there is no resource or parameter "Nowhere"')]],
    ['both', ['AlarmRule']],
  ]);
});

test.each([
  ['a folder without an assembly', {}, 'it has no manifest.json; synthesize the app into it first (npx cdk synth)'],
  ['a torn file', { 'manifest.json': '{' }, 'manifest.json is not JSON'],
  ['an app without Belfry', { 'manifest.json': '{}' }, 'it has no belfry.json'],
  ['another version', { 'manifest.json': '{}', 'belfry.json': '{"v":2}' }, 'belfry.json is of version 2'],
])('refuses %s', (_case, files, problem) => {
  const directory = createFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);

  const act = () => loadAssembly(directory, { origin: ORIGIN });

  expect(act).toThrow(UnreadableAssemblyError);
  expect(act).toThrow(problem);
});
