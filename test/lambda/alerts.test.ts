import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { DynamoDBRecord, SQSEvent, SQSMessageAttributes } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AlertsOptions, createAlertsHandler } from '../../lib/lambda/alerts.ts';
import { type Answer, startAlertServer } from '../channels/alert-server.ts';
import { startTestTable, type TestTable } from '../support/dynalite.ts';
import { captureOutput, stubFunctionEnvironment } from '../support/function-environment.ts';

const QUEUE = 'https://sqs.us-east-1.amazonaws.com/1/app-dev-alerts';
const MAIL_TOPIC = 'arn:aws:sns:us-east-1:1:app-dev-mail';
const sqs = mockClient(SQSClient);
const sns = mockClient(SNSClient);
const ssm = mockClient(SSMClient);
const events = mockClient(EventBridgeClient);
const written: string[] = [];
let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

beforeEach(() => {
  stubFunctionEnvironment(table, QUEUE);
  vi.stubEnv('BELFRY_MAIL_TOPIC_ARN', MAIL_TOPIC);
  for (const mock of [sqs, sns, ssm, events]) mock.reset();
  captureOutput(written);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

let serial = 0;

const messageOf = (
  message: string,
  more: { attributes?: SQSMessageAttributes; receiveCount?: number } = {},
): SQSEvent => {
  const { attributes = {}, receiveCount = 1 } = more;
  const id = `message-${++serial}`;
  const body = {
    Type: 'Notification',
    MessageId: id,
    Subject: message,
    Message: message,
    Timestamp: new Date().toISOString(),
  };
  return {
    Records: [
      {
        messageId: id,
        receiptHandle: `receipt-${id}`,
        body: JSON.stringify(body),
        attributes: { ApproximateReceiveCount: String(receiveCount), SentTimestamp: String(Date.now()) },
        messageAttributes: attributes,
      } as SQSEvent['Records'][number],
    ],
  };
};

/** A function whose Slack is a server that answers so. */
async function setup(
  answer: () => Answer,
  channels: AlertsOptions['channels'] = { slack: { url: { ssm: '/shop/slack' } } },
) {
  const server = await startAlertServer(answer);
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: `${server.url}/hunter2\n` } });
  return { server, handler: createAlertsHandler({ channels }) };
}

test('an alert goes to its channel, with the secret that Systems Manager has, and is acknowledged', async () => {
  const { server, handler } = await setup(() => ({ status: 200 }));

  expect(await handler(messageOf('report failed'))).toEqual({ batchItemFailures: [] });

  expect(server.accepted).toMatchObject([{ path: '/hunter2' }]);
  expect(ssm.commandCalls(GetParameterCommand)[0]?.args[0].input).toEqual({
    Name: '/shop/slack',
    WithDecryption: true,
  });
});

test('a second delivery of the same message, by another process, sends nothing', async () => {
  const { server, handler } = await setup(() => ({ status: 200 }));
  const event = messageOf('report failed');
  await handler(event);

  const other = createAlertsHandler({ channels: { slack: { url: { ssm: '/shop/slack' } } } });
  expect(await other(event)).toEqual({ batchItemFailures: [] });

  expect(server.received).toHaveLength(1);
});

test('what cannot be sent now stays in the queue, hidden for as long as the service asks', async () => {
  const { handler } = await setup(() => ({ status: 429, headers: { 'retry-after': '90' } }));
  const event = messageOf('report failed');

  expect(await handler(event)).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] });

  const { VisibilityTimeout, QueueUrl } = sqs.commandCalls(ChangeMessageVisibilityCommand)[0]?.args[0].input ?? {};
  expect(QueueUrl).toBe(QUEUE);
  expect(VisibilityTimeout).toBeGreaterThanOrEqual(90);
  expect(VisibilityTimeout).toBeLessThan(95);
});

test('what is refused goes to the dead-letter queue with its channel and the reason, and is acknowledged', async () => {
  const { handler } = await setup(() => ({ status: 404, body: 'no_service' }));
  const event = messageOf('report failed');

  expect(await handler(event)).toEqual({ batchItemFailures: [] });

  expect(sqs.commandCalls(SendMessageCommand)[0]?.args[0].input).toEqual({
    QueueUrl: `${QUEUE}-dlq`,
    MessageBody: event.Records[0]?.body,
    MessageAttributes: {
      'belfry-channel': { DataType: 'String', StringValue: 'slack' },
      'belfry-error': { DataType: 'String', StringValue: 'slack: it answered 404: no_service' },
    },
  });
});

test('a dead letter that cannot be sent keeps the message', async () => {
  const { handler } = await setup(() => ({ status: 404 }));
  sqs.on(SendMessageCommand).rejects(new Error('throttled'));

  expect((await handler(messageOf('report failed'))).batchItemFailures).toHaveLength(1);
});

test('a dead letter that was moved back goes to its channel only', async () => {
  const { server, handler } = await setup(() => ({ status: 200 }), {
    email: true,
    slack: { url: { ssm: '/shop/slack' } },
  });
  const attributes = { 'belfry-channel': { dataType: 'String' as const, stringValue: 'slack' } };

  await handler(messageOf('report failed', { attributes }));

  expect(server.accepted).toHaveLength(1);
  expect(sns.commandCalls(PublishCommand)).toEqual([]);
});

test('a mail is published to the topic of mails', async () => {
  const handler = createAlertsHandler({ channels: { email: true } });

  await handler(messageOf('größer'));

  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input).toEqual({
    TopicArn: MAIL_TOPIC,
    Subject: 'gro?er',
    Message: 'größer',
  });
});

test('a secret is read once in five minutes, and a variable of the embedded cloud wins', async () => {
  const { server, handler } = await setup(() => ({ status: 200 }));
  await handler(messageOf('one'));
  await handler(messageOf('two'));
  expect(ssm.commandCalls(GetParameterCommand)).toHaveLength(1);

  vi.stubEnv('BELFRY_ALERTS_SLACK', `${server.url}/local`);
  await handler(messageOf('three'));

  expect(server.accepted.map(({ path }) => path)).toEqual(['/hunter2', '/hunter2', '/local']);
  expect(ssm.commandCalls(GetParameterCommand)).toHaveLength(1);
});

test('log lines say what became of a message, without text, address or secret', async () => {
  const { handler } = await setup(() => ({ status: 500, body: 'hunter2 canary-answer' }));

  await handler(messageOf('canary-message'));

  const line = JSON.parse(written.find((each) => each.includes('alert-postponed')) ?? '{}');
  expect(line).toMatchObject({ level: 'WARN', event: 'alert-postponed', channel: 'slack', service: 'alerts' });
  expect(written.join('')).not.toMatch(/hunter2|canary-message|127\.0\.0\.1/);
});

test.each([
  'BELFRY_TABLE',
  'BELFRY_QUEUE_URL',
  'BELFRY_DEAD_LETTER_QUEUE_URL',
  'BELFRY_MAIL_TOPIC_ARN',
  'BELFRY_STAGE',
])('a function without %s ends when it starts, and says so', (name) => {
  vi.stubEnv(name, '');

  expect(() => createAlertsHandler({ channels: { email: true } })).toThrow(`not set: ${name}; the deployment sets it`);
});

describe('the stream', () => {
  const handler = () => createAlertsHandler({ channels: {}, bus: 'orders' });

  /** As DynamoDB Streams delivers it. */
  const change = (sequence: number, status: string, before = 'running'): DynamoDBRecord => ({
    eventName: 'MODIFY',
    dynamodb: {
      SequenceNumber: String(sequence),
      ApproximateCreationDateTime: 1_803_949_204,
      OldImage: image(sequence, before),
      NewImage: image(sequence, status),
    },
  });
  const image = (sequence: number, status: string) => ({
    pk: { S: 'JOB#report' },
    sk: { S: `RUN#2027-03-02T01:0${sequence}:00.000Z#nightly` },
    runId: { S: `report/2027-03-02T01:0${sequence}Z/nightly` },
    job: { S: 'report' },
    schedule: { S: 'nightly' },
    scheduledTime: { N: '1803949200000' },
    trigger: { S: 'schedule' },
    status: { S: status },
    attempt: { N: '1' },
    result: { S: '"canary"' },
  });

  test('puts the ends of runs on the bus, in their order', async () => {
    events.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }, { EventId: '2' }] });

    const answer = await handler()({
      Records: [
        change(1, 'completed'),
        change(2, 'failed', 'failed'),
        change(3, 'running', 'retrying'),
        change(4, 'failed'),
      ],
    });

    expect(answer).toEqual({ batchItemFailures: [] });
    const { Entries = [] } = events.commandCalls(PutEventsCommand)[0]?.args[0].input ?? {};
    expect(Entries).toMatchObject([
      { EventBusName: 'orders', Source: 'belfry', DetailType: 'Run Completed' },
      { EventBusName: 'orders', Source: 'belfry', DetailType: 'Run Failed' },
    ]);
    expect(Entries.map(({ Detail }) => JSON.parse(Detail ?? '').run)).toEqual([
      'report/2027-03-02T01:01Z/nightly',
      'report/2027-03-02T01:04Z/nightly',
    ]);
    expect(JSON.stringify(Entries)).not.toContain('canary');
  });

  test('has the batch delivered anew from the first event that the bus does not take', async () => {
    events.on(PutEventsCommand).resolves({
      FailedEntryCount: 1,
      Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }, { EventId: '3' }],
    });

    const answer = await handler()({
      Records: [change(1, 'completed'), change(2, 'completed'), change(3, 'completed')],
    });

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(written.join('')).toContain('ThrottlingException');
  });

  test('has all of it delivered anew when the bus cannot be reached', async () => {
    events.on(PutEventsCommand).rejects(new Error('no network'));

    expect(await handler()({ Records: [change(1, 'completed'), change(2, 'completed')] })).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }],
    });
  });

  test('asks the bus nothing where nothing has ended', async () => {
    expect(await handler()({ Records: [change(1, 'running')] })).toEqual({ batchItemFailures: [] });

    expect(events.commandCalls(PutEventsCommand)).toEqual([]);
  });

  test('puts more than ten events in several calls', async () => {
    events.on(PutEventsCommand).callsFake(({ Entries }) => ({ Entries: Entries.map(() => ({ EventId: 'x' })) }));

    await handler()({ Records: Array.from({ length: 12 }, (_, index) => change(index % 10, 'completed')) });

    expect(events.commandCalls(PutEventsCommand).map(({ args }) => args[0].input.Entries?.length)).toEqual([10, 2]);
  });
});
