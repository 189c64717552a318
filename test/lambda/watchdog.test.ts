import { DynamoDBClient, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetScheduleCommand, ResourceNotFoundException, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetTopicAttributesCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defineJob } from '../../lib/job/job.ts';
import { skip } from '../../lib/lambda/overlap/skip.ts';
import { createWatchdogHandler } from '../../lib/lambda/watchdog.ts';
import { NoPassError } from '../../lib/run/errors.ts';
import { requestedRunId } from '../../lib/run/run-id.ts';
import { DynamoDbRunRequests } from '../../lib/store/dynamodb/dynamodb-run-requests.ts';
import { DynamoDbWatchStore } from '../../lib/store/dynamodb/dynamodb-watch-store.ts';
import { epochMs, plus } from '../../lib/units.ts';
import { definitionOf } from '../../lib/watchdog/deployed.ts';
import type { WatchedSchedule } from '../../lib/watchdog/plan.ts';
import { FIRST_STATE } from '../../lib/watchdog/state.ts';
import { PASS } from '../cdk/costs/per-run.ts';
import { startTestTable, type TestTable } from '../support/dynalite.ts';
import { captureOutput, stubFunctionEnvironment } from '../support/function-environment.ts';
import { minutes } from '../support/requests.ts';
import { jobPolicy, planOf } from '../support/watchdog/app.ts';

const NOW = epochMs(Date.parse('2027-03-02T02:10:20Z'));
const QUEUE = 'https://sqs.us-east-1.amazonaws.com/1/app-dev-watchdog';
const FIVE_PAST = 'cron(5 * * * ? *)';
const sqs = mockClient(SQSClient);
const sns = mockClient(SNSClient);
const scheduler = mockClient(SchedulerClient);
const written: string[] = [];
let table: TestTable;

beforeEach(async () => {
  // Only the date: the emulator and its client need their timers.
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  table = await startTestTable();
  stubFunctionEnvironment(table, QUEUE);
  for (const client of [sqs, sns, scheduler]) client.reset();
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: {} });
  captureOutput(written);
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await table.close();
});

const context = {
  getRemainingTimeInMillis: () => 70_000,
  logGroupName: '/aws/lambda/app-dev-watchdog',
  logStreamName: 'stream-1',
  awsRequestId: 'request-1',
} as Context;

/** The watchdog's function as it is deployed, in an app with one schedule that was last checked ten minutes ago. */
async function setup({
  catchUp = 0,
  watchedUntil = plus(NOW, minutes(-1)),
  checks = FIRST_STATE.checks,
  checkedUntil = plus(NOW, minutes(-10)),
  maxAttempts = 1,
} = {}) {
  const plan = planOf({ schedules: { five: { expressions: [FIVE_PAST], catchUp } } });
  const store = new DynamoDbWatchStore({ client: table.client, table: table.table });
  const records = new DynamoDbRunRequests({ client: table.client, table: table.table });
  const [schedule] = plan.schedules as [WatchedSchedule];
  await store.saveState({
    version: 1,
    lookedAt: plus(NOW, minutes(-1)),
    watched: { until: watchedUntil, gaps: [] },
    sweep: { since: plus(NOW, minutes(-2)), until: plus(NOW, minutes(-1)) },
    schedules: {
      five: {
        definition: definitionOf(schedule),
        expectedFrom: plus(NOW, minutes(-600)),
        checkedUntil,
      },
    },
    waiting: {},
    catchUps: [],
    checks,
  });
  const retry = { maxAttempts, backoff: '2 minutes' } as const;
  const policy = jobPolicy(defineJob('watchdog', { run: () => {}, retry }));
  const schedules = { watchdog: { timezone: 'UTC', lateAfter: minutes(10) } };
  const handler = createWatchdogHandler({ plan, policy, schedules }, { gate: skip });
  return { store, records, runPass: (event = messageOf('2027-03-02T02:10:00Z')) => handler(event, context) };
}

const messageOf = (scheduledTime: string): SQSEvent =>
  recordOf(
    JSON.stringify({ v: 1, run: null, job: 'watchdog', schedule: 'watchdog', scheduledTime, trigger: 'schedule' }),
  );

const recordOf = (body: string): SQSEvent =>
  ({
    Records: [
      {
        messageId: 'message-1',
        receiptHandle: 'receipt-1',
        body,
        attributes: { ApproximateReceiveCount: '1' },
        messageAttributes: {},
      },
    ],
  }) as unknown as SQSEvent;

const deployed = (more: object = {}) =>
  scheduler.on(GetScheduleCommand).resolves({
    Name: 'app-dev-five',
    ScheduleExpression: FIVE_PAST,
    ScheduleExpressionTimezone: 'UTC',
    State: 'ENABLED',
    CreationDate: new Date(plus(NOW, minutes(-600))),
    LastModificationDate: new Date(plus(NOW, minutes(-600))),
    ...more,
  });

const metrics = () =>
  written
    .join('')
    .split('\n')
    .filter((line) => line.includes('"CloudWatchMetrics"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const alerts = () => sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
const MISSED = 'report/2027-03-02T02:05Z/five';

describe("the watchdog's function", () => {
  test('does one pass, records what it did as the result of its run, and acknowledges its message', async () => {
    deployed();
    const { store, records, runPass } = await setup();

    expect(await runPass()).toEqual({ batchItemFailures: [] });

    expect(await records.get('watchdog/2027-03-02T02:10Z/watchdog')).toMatchObject({
      status: 'completed',
      result: { checked: 1, missed: 1, skipped: 0, resent: 0, catchUpsSent: 0, waitingFor: [], isCut: false },
    });
    expect(await records.get(MISSED)).toMatchObject({ status: 'missed', missedAt: NOW });
    expect(await store.loadState()).toMatchObject({ version: 2, lookedAt: NOW });
  });

  test('asks EventBridge for the schedule in the group of the deployment', async () => {
    deployed();
    const { runPass } = await setup();

    await runPass();

    expect(scheduler.commandCalls(GetScheduleCommand).map(({ args }) => args[0].input)).toEqual([
      { Name: 'app-dev-five', GroupName: 'app-dev' },
    ]);
  });

  test('counts what was missed for the deployment, names its job, and writes no metric about its own pass', async () => {
    deployed();
    const { runPass } = await setup();

    await runPass();

    expect(metrics()).toEqual([expect.objectContaining({ Deployment: 'app-dev', Job: 'report', RunsMissed: 1 })]);
  });

  test('sends an alert to the topic of the deployment, and logs it as an error', async () => {
    deployed();
    const { runPass } = await setup();

    await runPass();

    expect(alerts()).toEqual([
      {
        TopicArn: 'arn:aws:sns:us-east-1:1:app-dev-alerts',
        Subject: '[dev] a due time missed: five',
        Message: expect.stringContaining("npm run belfry -- show '<run>' --stage dev"),
        MessageAttributes: {
          'belfry-alert': { DataType: 'String', StringValue: expect.stringContaining('"story":"missed:five"') },
        },
      },
    ]);
    const line = written
      .join('')
      .split('\n')
      .find((each) => each.includes('"run-missed"'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'ERROR', event: 'run-missed', schedule: 'five' });
  });

  test('sends to the queue of the job, beside its own', async () => {
    deployed();
    const { runPass } = await setup({ catchUp: 1 });

    await runPass();

    const [message, ...others] = sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
    expect(others).toEqual([]);
    expect(message?.QueueUrl).toBe('https://sqs.us-east-1.amazonaws.com/1/app-dev-report');
    expect(JSON.parse(message?.MessageBody ?? '')).toMatchObject({ run: MISSED, trigger: 'catch-up' });
  });

  test('reports that a schedule is gone when EventBridge has none', async () => {
    scheduler
      .on(GetScheduleCommand)
      .rejects(new ResourceNotFoundException({ $metadata: {}, message: 'no', Message: 'no' }));
    const { runPass } = await setup();

    expect(await runPass()).toEqual({ batchItemFailures: [] });

    expect(alerts()[0]?.Message).toContain('why       EventBridge has no schedule app-dev-five');
  });

  test('does not take a schedule for gone when EventBridge does not answer', async () => {
    scheduler
      .on(GetScheduleCommand)
      .rejects(Object.assign(new Error('of user canary'), { name: 'ThrottlingException' }));
    const { runPass } = await setup();

    await runPass();

    expect(alerts()[0]?.Message).toContain('why       EventBridge could not be asked: ThrottlingException');
    expect(written.join('')).toContain('EventBridge could not be asked: ThrottlingException');
    expect(written.join('')).not.toContain('canary');
  });

  test('costs the calls that docs/costs.md counts, where it finds nothing', async () => {
    deployed();
    const justNow = epochMs(Date.parse('2027-03-02T02:09:00Z'));
    const { runPass } = await setup({
      checkedUntil: plus(NOW, minutes(-3)),
      checks: { ...FIRST_STATE.checks, deadLettersDueAt: justNow, slowDueAt: justNow },
    });
    const sent = vi.spyOn(DynamoDBClient.prototype, 'send');
    const commands = (kind: object) => sent.mock.calls.filter(([command]) => command.constructor === kind);

    await runPass();

    const inputs = commands(QueryCommand).map(([{ input }]) => input as { ConsistentRead?: boolean });
    const consistent = inputs.filter(({ ConsistentRead }) => ConsistentRead === true).length;
    expect(commands(UpdateItemCommand)).toHaveLength(PASS.write ?? 0);
    expect(commands(GetItemCommand).length + (inputs.length + consistent) / 2).toBe(PASS.read);
    expect(sent.mock.calls).toHaveLength(
      commands(UpdateItemCommand).length + commands(GetItemCommand).length + inputs.length,
    );
    expect(consistent).toBe(2);
    // EventBridge sends the message, and Lambda deletes it.
    expect(sqs.calls()).toHaveLength((PASS.message ?? 0) - 2);
    expect(written.join('').length).toBeLessThan(PASS.log ?? 0);
  });

  describe('about the subscriptions of its topic', () => {
    const asked = () => sns.commandCalls(GetTopicAttributesCommand).map(({ args }) => args[0].input);
    const counted = (confirmed: string) =>
      sns.on(GetTopicAttributesCommand).resolves({
        Attributes: { SubscriptionsConfirmed: confirmed, SubscriptionsPending: '1' },
      });

    test('asks SNS, and has the numbers in the result of its run', async () => {
      deployed();
      counted('2');
      const { records, runPass } = await setup();

      await runPass();

      expect(asked()).toEqual([{ TopicArn: 'arn:aws:sns:us-east-1:1:app-dev-alerts' }]);
      const run = await records.get('watchdog/2027-03-02T02:10Z/watchdog');
      expect(run?.result).toMatchObject({ subscriptions: { confirmed: 2, pending: 1 } });
      expect(written.join('')).not.toContain('no-subscriber');
    });

    test('warns in its log when no one receives alerts', async () => {
      deployed();
      counted('0');
      const { runPass } = await setup();

      await runPass();

      const line = written
        .join('')
        .split('\n')
        .find((each) => each.includes('"no-subscriber"'));
      expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'WARN', event: 'no-subscriber', job: 'watchdog' });
    });

    test('asks nothing on the embedded cloud, whose alerts are in the live log', async () => {
      vi.stubEnv('BELFRY_FULL_ERRORS', 'true');
      deployed();
      const { records, runPass } = await setup();

      await runPass();

      expect(asked()).toEqual([]);
      const run = await records.get('watchdog/2027-03-02T02:10Z/watchdog');
      expect(run?.result).toMatchObject({ subscriptions: null });
    });
  });

  describe('about dead-letter queues', () => {
    const asked = () => sqs.commandCalls(GetQueueAttributesCommand).map(({ args }) => args[0].input);

    test('asks those of all jobs, and that of the deliveries, for what they have and what is in flight', async () => {
      deployed();
      const { runPass } = await setup();

      await runPass();

      expect(asked()).toEqual(
        ['app-dev-report-dlq', 'app-dev-undelivered'].map((name) => ({
          QueueUrl: `https://sqs.us-east-1.amazonaws.com/1/${name}`,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        })),
      );
    });

    test('does not ask in between', async () => {
      deployed();
      const aMinuteAgo = epochMs(Date.parse('2027-03-02T02:09:00Z'));
      const { runPass } = await setup({ checks: { ...FIRST_STATE.checks, deadLettersDueAt: aMinuteAgo } });

      await runPass();

      expect(asked()).toEqual([]);
    });

    test('takes one that does not exist for empty: the stack of its group is not deployed yet', async () => {
      deployed();
      const gone = { $metadata: {}, message: 'no such queue' };
      sqs.on(GetQueueAttributesCommand).rejects(new QueueDoesNotExist(gone));
      const { records, runPass } = await setup();

      await runPass();

      expect((await records.get('watchdog/2027-03-02T02:10Z/watchdog'))?.status).toBe('completed');
    });

    test('fails when one cannot be asked, and does the rest', async () => {
      deployed();
      sqs.on(GetQueueAttributesCommand).rejects(new Error('AccessDenied'));
      const { records, runPass } = await setup();

      await expect(runPass()).rejects.toThrow(NoPassError);

      const record = await records.get('watchdog/2027-03-02T02:10Z/watchdog');
      expect(record?.error?.message).toContain('queue app-dev-report-dlq cannot be asked for dead letters');
      expect(await records.get(MISSED)).toMatchObject({ status: 'missed' });
    });
  });

  test('counts runs that wait too long', async () => {
    deployed();
    const requests = new DynamoDbRunRequests({ client: table.client, table: table.table });
    const scheduledTime = plus(NOW, minutes(-60));
    const run = requestedRunId('report', scheduledTime, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
    const request = { v: 1, run, job: 'report', schedule: null, scheduledTime, trigger: 'manual' } as const;
    await requests.createPending({ ...request, input: undefined }, { now: scheduledTime, requestedBy: 'ada' });
    const { runPass } = await setup();

    await runPass();

    expect(metrics()).toContainEqual(expect.objectContaining({ Deployment: 'app-dev', RunsWaiting: 1 }));
  });

  const A_MINUTE_AGO = new Date(plus(NOW, minutes(-1)));
  test.each([
    { what: 'a schedule that was created after', more: { CreationDate: A_MINUTE_AGO }, passAt: -8, missed: false },
    { what: 'a schedule that was re-created after', more: { CreationDate: A_MINUTE_AGO }, passAt: -1, missed: true },
    {
      what: 'a schedule that was only changed after',
      more: { LastModificationDate: A_MINUTE_AGO },
      passAt: -8,
      missed: true,
    },
  ])('knows $what the due time', async ({ more, passAt, missed }) => {
    deployed(more);
    const { records, runPass } = await setup({ watchedUntil: plus(NOW, minutes(passAt)) });

    await runPass();

    expect((await records.get(MISSED))?.status).toBe(missed ? 'missed' : undefined);
  });

  test('fails, and is retried, when something could not be done', async () => {
    deployed();
    sqs.on(SendMessageCommand).rejects(new Error('no queue'));
    const { records, runPass } = await setup({ catchUp: 1 });

    await expect(runPass()).rejects.toThrow(NoPassError);

    const record = await records.get('watchdog/2027-03-02T02:10Z/watchdog');
    expect(record?.error).toMatchObject({ name: 'IncompleteLookError' });
    expect(record?.error?.message).toContain(`run ${MISSED} cannot be caught up`);
    expect(await records.get(MISSED)).toMatchObject({ status: 'missed' });
  });
});

describe('an invocation that completes no pass is an error of the function', () => {
  test('when its pass fails: the message stays, hidden until the next attempt', async () => {
    deployed();
    sqs.on(SendMessageCommand).rejects(new Error('no queue'));
    const { runPass } = await setup({ catchUp: 1, maxAttempts: 2 });

    await expect(runPass()).rejects.toThrow(NoPassError);

    expect(sqs.commandCalls(DeleteMessageCommand)).toEqual([]);
    const hidden = sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args }) => args[0].input);
    // First beyond the end of the process, then to the attempt two minutes later.
    expect(hidden.map(({ VisibilityTimeout }) => VisibilityTimeout)).toEqual([90, 120]);
  });

  test('when another pass holds the lock: its own is skipped, and the message deleted', async () => {
    deployed();
    sqs.on(SendMessageCommand).rejects(new Error('no queue'));
    const { records, runPass } = await setup({ catchUp: 1, maxAttempts: 2 });
    await expect(runPass()).rejects.toThrow(NoPassError);

    vi.setSystemTime(plus(NOW, minutes(1)));
    await expect(runPass(messageOf('2027-03-02T02:11:00Z'))).rejects.toThrow(NoPassError);

    expect(await records.get('watchdog/2027-03-02T02:11Z/watchdog')).toMatchObject({
      status: 'skipped',
      reason: 'overlap',
    });
    expect(sqs.commandCalls(DeleteMessageCommand).map(({ args }) => args[0].input)).toEqual([
      { QueueUrl: QUEUE, ReceiptHandle: 'receipt-1' },
    ]);
  });

  test('when its message came too late: the message is deleted', async () => {
    const { runPass } = await setup();

    await expect(runPass(messageOf('2027-03-02T01:50:00Z'))).rejects.toThrow(NoPassError);

    expect(sqs.commandCalls(DeleteMessageCommand)).toHaveLength(1);
  });

  test('when its message is a duplicate: the pass counted once', async () => {
    deployed();
    const { runPass } = await setup();
    expect(await runPass()).toEqual({ batchItemFailures: [] });

    await expect(runPass()).rejects.toThrow(NoPassError);

    expect(sqs.commandCalls(DeleteMessageCommand)).toHaveLength(1);
  });

  test('when its message is no run: the message is a dead letter, and deleted', async () => {
    const { runPass } = await setup();

    await expect(runPass(recordOf('no JSON'))).rejects.toThrow(NoPassError);

    expect(sqs.commandCalls(SendMessageCommand)).toHaveLength(1);
    expect(sqs.commandCalls(DeleteMessageCommand)).toHaveLength(1);
  });

  test('also when the message cannot be deleted, which it says', async () => {
    sqs.on(DeleteMessageCommand).rejects(new Error('AccessDenied'));
    const { runPass } = await setup();

    await expect(runPass(messageOf('2027-03-02T01:50:00Z'))).rejects.toThrow(
      'its message could not be deleted: Error: AccessDenied',
    );
  });
});
