import { describe, expect, test } from 'vitest';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import { jobFile, only, queueNamed, report, resourcesOf, synth, withoutWatchdog } from './support.ts';

describe('a job', () => {
  test('costs 11 resources with one schedule', () => {
    const other = defineJob('other', { run() {} });
    const schedules = { nightly: schedule(report, { cron: '0 2 * * *' }) };
    const one = synth({ schedules });
    const two = synth({
      jobs: [jobFile(report), jobFile(other)],
      schedules: { ...schedules, hourly: schedule(other, { every: '1 hour' }) },
    });

    const added = Object.keys(two.template.Resources).length - Object.keys(one.template.Resources).length;

    expect(added).toBe(11);
  });

  test('has a queue that gives up on a message only after its own retries have had every chance', () => {
    const { template } = synth();

    const { Properties: queue } = queueNamed(template, 'shop-dev-report');

    expect(queue).toMatchObject({
      VisibilityTimeout: 6 * 320,
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: 19 },
    });
    expect(queue.FifoQueue).toBeUndefined();
  });

  test('has a dead-letter queue that keeps dead letters as long as SQS can, for its own queue only', () => {
    const { template } = synth();

    const { Properties: deadLetters } = queueNamed(template, 'shop-dev-report-dlq');

    expect(deadLetters.MessageRetentionPeriod).toBe(14 * 24 * 3600);
    expect(deadLetters.RedriveAllowPolicy.redrivePermission).toBe('byQueue');
    expect(JSON.stringify(deadLetters.RedriveAllowPolicy.sourceQueueArns)).toContain(':shop-dev-report"');
  });

  test('has a function that outlives its timeout by the margin to record the outcome', () => {
    const { template } = synth();

    expect(only(template, 'AWS::Lambda::Function').Properties).toMatchObject({
      FunctionName: 'shop-dev-report',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 320,
      Environment: {
        Variables: {
          BELFRY_APP: 'shop',
          BELFRY_STAGE: 'dev',
          BELFRY_TABLE: 'shop-dev-runs',
          POWERTOOLS_SERVICE_NAME: 'report',
          NODE_OPTIONS: '--enable-source-maps',
        },
      },
    });
  });

  test('gets one message a delivery, reports failures by message, and runs as many at once as its policy says', () => {
    const { template } = synth({ jobs: [jobFile(defineJob('report', { concurrency: 7, run() {} }))] });

    expect(only(template, 'AWS::Lambda::EventSourceMapping').Properties).toMatchObject({
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 7 },
    });
  });

  test('keeps its log no shorter than its records', () => {
    const { template } = synth({ jobs: [jobFile(defineJob('report', { retention: '100 days', run() {} }))] });

    expect(only(template, 'AWS::Logs::LogGroup').Properties).toMatchObject({
      LogGroupName: '/aws/lambda/shop-dev-report',
      RetentionInDays: 120,
    });
  });
});

describe('a schedule', () => {
  test('sends the message of its due time to its job, at an aligned time in its zone', () => {
    const { template } = synth();

    const { Properties } = only(template, 'AWS::Scheduler::Schedule');

    expect(Properties).toMatchObject({
      Name: 'shop-dev-nightly',
      GroupName: 'shop-dev',
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Stockholm',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 } },
    });
    expect(Properties.StartDate).toBeUndefined();
    expect(JSON.parse(Properties.Target.Input)).toEqual({
      v: 1,
      run: null,
      job: 'report',
      schedule: 'nightly',
      scheduledTime: '<aws.scheduler.scheduled-time>',
      trigger: 'schedule',
    });
    expect(JSON.stringify(Properties.Target.DeadLetterConfig)).toContain('shop-dev-undelivered');
  });

  test('becomes two in EventBridge, with one identity, when either day field may match', () => {
    const { template } = synth({ schedules: { paydays: schedule(report, { cron: '0 2 13 * 5' }) } });

    const pair = resourcesOf(withoutWatchdog(template), 'AWS::Scheduler::Schedule').map(({ Properties }) => Properties);

    expect(pair.map(({ Name, ScheduleExpression }) => [Name, ScheduleExpression])).toEqual([
      ['shop-dev-paydays', 'cron(0 2 13 * ? *)'],
      ['shop-dev-paydays_2', 'cron(0 2 ? * FRI *)'],
    ]);
    expect(pair[0].Target.Input).toBe(pair[1].Target.Input);
  });

  test.each([
    { enabled: undefined, dev: 'ENABLED', prod: 'ENABLED' },
    { enabled: true, dev: 'ENABLED', prod: 'ENABLED' },
    { enabled: false, dev: 'DISABLED', prod: 'DISABLED' },
    { enabled: ['prod'], dev: 'DISABLED', prod: 'ENABLED' },
    { enabled: ['dev', 'prod'], dev: 'ENABLED', prod: 'ENABLED' },
  ])('with enabled $enabled is $dev in dev and $prod in prod', ({ enabled, dev, prod }) => {
    const schedules = {
      nightly: schedule(report, { cron: '0 2 * * *', ...(enabled === undefined ? {} : { enabled }) }),
    };
    const stateIn = (stage: string) =>
      only(synth({ stage, schedules }).template, 'AWS::Scheduler::Schedule').Properties.State;

    expect([stateIn('dev'), stateIn('prod')]).toEqual([dev, prod]);
  });

  test('that is past is left out, of the template and of the manifest', () => {
    const { template } = synth({ schedules: { once: schedule(report, { at: '2020-01-01T00:00' }) } });

    expect(resourcesOf(withoutWatchdog(template), 'AWS::Scheduler::Schedule')).toEqual([]);
  });

  test('is never a rate', () => {
    const { template } = synth({ schedules: { often: schedule(report, { every: '5 minutes' }) } });

    expect(JSON.stringify(template)).not.toContain('rate(');
  });
});

describe('the table', () => {
  test('has the keys, the index and the time to live that the stores write', () => {
    const { Properties } = only(synth().template, 'AWS::DynamoDB::Table');

    expect(Properties).toMatchObject({
      TableName: 'shop-dev-runs',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'open',
          KeySchema: [
            { AttributeName: 'openShard', KeyType: 'HASH' },
            { AttributeName: 'openAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
    // The key that AWS owns; the one that it manages costs money by the call.
    expect(Properties).not.toHaveProperty('SSESpecification');
  });

  test('survives mistakes in production', () => {
    const { Properties, DeletionPolicy } = only(synth({ stage: 'prod' }).template, 'AWS::DynamoDB::Table');

    expect(DeletionPolicy).toBe('Retain');
    expect(Properties).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  test('goes with its stack in any other stage', () => {
    const { Properties, DeletionPolicy } = only(synth().template, 'AWS::DynamoDB::Table');

    expect([DeletionPolicy, Properties.DeletionProtectionEnabled]).toEqual(['Delete', false]);
  });
});

test.each([
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::Scheduler::ScheduleGroup',
])('every %s says which deployment it is of', (type) => {
  const tagged = resourcesOf(synth().template, type).map(({ Properties }) => Properties.Tags);

  const expected = [
    { Key: 'belfry:app', Value: 'shop' },
    { Key: 'belfry:stage', Value: 'dev' },
  ];
  expect(tagged).toEqual(tagged.map(() => expected));
  expect(tagged).not.toEqual([]);
});
