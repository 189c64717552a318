import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defineJob, type JobDefinition } from '../../lib/job/job.ts';
import { policyOf } from '../../lib/job/policy.ts';
import { bundleAlerts } from '../../lib/lambda/bundled-alerts.ts';
import { createHandler } from '../../lib/lambda/handler.ts';
import { skip } from '../../lib/lambda/overlap/skip.ts';
import { DynamoDbAlertStore } from '../../lib/store/dynamodb/dynamodb-alert-store.ts';
import { DAY, epochMs, milliseconds } from '../../lib/units.ts';
import { startTestTable, type TestTable } from '../support/dynalite.ts';
import { captureOutput, stubFunctionEnvironment } from '../support/function-environment.ts';

const QUEUE = 'https://sqs.us-east-1.amazonaws.com/1/app-dev-report';
const sns = mockClient(SNSClient);
const sqs = mockClient(SQSClient);
let table: TestTable;
let store: DynamoDbAlertStore;

beforeEach(async () => {
  table = await startTestTable();
  store = new DynamoDbAlertStore({ client: table.client, table: table.table });
  stubFunctionEnvironment(table, QUEUE);
  sns.reset();
  sqs.reset();
  captureOutput([]);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await table.close();
});

const context = {
  getRemainingTimeInMillis: () => 80_000,
  logGroupName: '/aws/lambda/app-dev-report',
  logStreamName: 'stream-1',
  awsRequestId: 'request-1',
} as Context;

/** The function of a job in a stage that sends alerts to people. */
function setup(run: JobDefinition<undefined, unknown>['run']) {
  const job = defineJob('report', { retry: { maxAttempts: 1 }, run });
  const schedules = { nightly: { timezone: 'UTC', lateAfter: milliseconds(100 * 366 * DAY) } };
  const handler = createHandler(job, { policy: policyOf(job), schedules }, { gate: skip, alerts: bundleAlerts });
  return (scheduledTime: string) => handler(eventOf(scheduledTime), context);
}

const eventOf = (scheduledTime: string): SQSEvent =>
  ({
    Records: [
      {
        messageId: `message-${scheduledTime}`,
        receiptHandle: 'receipt-1',
        body: JSON.stringify({
          ...{ v: 1, run: null, job: 'report', schedule: 'nightly', scheduledTime, trigger: 'schedule' },
        }),
        attributes: { ApproximateReceiveCount: '1' },
        messageAttributes: {},
      },
    ],
  }) as unknown as SQSEvent;

const published = () => sns.commandCalls(PublishCommand).map(({ args }) => args[0].input.Subject);
const fail = () => {
  throw new Error('no connection');
};

describe('the function of a job in a stage that sends alerts to people', () => {
  test('publishes its first failure, and counts the others in its story', async () => {
    const deliver = setup(fail);

    for (const hour of ['02', '03', '04']) await deliver(`2027-03-02T${hour}:00:00Z`);

    expect(published()).toEqual(['[dev] report failed: Error: no connection']);
    expect(await store.stories()).toMatchObject([
      { key: 'failed:report', kind: 'run-failed', job: 'report', run: 'report/2027-03-02T04:00Z/nightly', count: 3 },
    ]);
    expect(await store.pending(10)).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no texts', {}],
    ['numbers', { subject: 1, body: 2 }],
    ['a text alone', 'report is late'],
  ])('completes a run whose job sends an alert of %s', async (_what, message) => {
    const deliver = setup(async (_input, { alert }) => await alert(message as never));

    expect(await deliver('2027-03-02T02:00:00Z')).toEqual({ batchItemFailures: [] });

    expect(published()).toHaveLength(1);
    expect(await store.stories()).toEqual([]);
  });

  test('publishes a subject that SNS takes, and the facts beside it', async () => {
    await setup(() => {
      throw new Error(`größer als… ${'x'.repeat(200)}`);
    })('2027-03-02T02:00:00Z');

    const { Subject = '', MessageAttributes } = sns.commandCalls(PublishCommand)[0]?.args[0].input ?? {};
    expect(Subject).toMatch(/^[ -~]{1,99}$/);
    expect(JSON.parse(MessageAttributes?.['belfry-alert']?.StringValue ?? '')).toMatchObject({
      story: 'failed:report',
    });
  });

  test('leaves to the watchdog what SNS refuses, with all that a channel needs', async () => {
    sns.on(PublishCommand).rejects(new Error('Throttling'));

    await setup(fail)('2027-03-02T02:00:00Z');

    const [pending, ...others] = await store.pending(10);
    expect(others).toEqual([]);
    expect(pending?.readyAt).toBeLessThanOrEqual(Date.now());
    expect(pending?.alert).toMatchObject({
      subject: '[dev] report failed: Error: no connection',
      body: expect.stringContaining('report/2027-03-02T02:00Z/nightly\nSchedule '),
      facts: {
        kind: 'run-failed',
        story: 'failed:report',
        job: 'report',
        run: 'report/2027-03-02T02:00Z/nightly',
        attempts: 1,
        error: expect.stringMatching(/^Error: no connection at test\/lambda\/bundled-alerts\.test\.ts:\d+:\d+$/),
        command: expect.stringContaining("show 'report/2027-03-02T02:00Z/nightly'"),
        links: [{ label: 'Log lines', url: expect.stringContaining('https://') }],
      },
    });
  });

  test('leaves to the watchdog what is over the places of the minute, as soon as it looks', async () => {
    const now = epochMs(Date.now());
    for (let place = 0; place < 3; place++) await store.takePlace(now);

    await setup(fail)('2027-03-02T02:00:00Z');

    expect(published()).toEqual([]);
    expect(await store.pending(10)).toMatchObject([{ alert: { facts: { story: 'failed:report' } } }]);
    expect((await store.pending(10))[0]?.readyAt).toBeLessThanOrEqual(Date.now());
  });

  test("sends each of a job's own alerts, and cuts one that is longer than SNS takes", async () => {
    const deliver = setup(async (_input, { alert }) => {
      await alert({ subject: 'one', body: 'text' });
      await alert({ subject: 'two', body: 'x'.repeat(300_000) });
    });

    await deliver('2027-03-02T02:00:00Z');

    expect(published()).toEqual(['one', 'two']);
    const [, long] = sns.commandCalls(PublishCommand).map(({ args }) => args[0].input.Message ?? '');
    expect(long?.length).toBeLessThan(100_000);
    expect(long).toContain('The text was longer, and is cut here.');
    expect(await store.stories()).toEqual([]);
    expect(await store.pending(10)).toEqual([]);
  });

  test('publishes at once where the table cannot be reached for alerts', async () => {
    vi.spyOn(DynamoDbAlertStore.prototype, 'put').mockRejectedValue(new Error('AccessDenied'));
    const deliver = setup(fail);

    await deliver('2027-03-02T02:00:00Z');

    expect(published()).toEqual(['[dev] report failed: Error: no connection']);
  });
});
