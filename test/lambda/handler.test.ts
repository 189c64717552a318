import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSMessageAttributes } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { NonRetryableError } from '../../lib/job/errors.ts';
import { defineJob, type InputSchema, type JobDefinition } from '../../lib/job/job.ts';
import { policyOf } from '../../lib/job/policy.ts';
import { createHandler, type HandlerExtras } from '../../lib/lambda/handler.ts';
import { skip } from '../../lib/lambda/overlap/skip.ts';
import { measureDurations } from '../../lib/observe/duration-metrics.ts';
import { cut } from '../../lib/run/run-error.ts';
import { DynamoDbRunStore } from '../../lib/store/dynamodb/dynamodb-run-store.ts';
import { DAY, milliseconds } from '../../lib/units.ts';
import { RETENTION } from '../contract/stores.ts';
import { startTestTable, type TestTable } from '../support/dynalite.ts';
import { captureOutput, stubFunctionEnvironment } from '../support/function-environment.ts';

const QUEUE = 'https://sqs.us-east-1.amazonaws.com/1/app-dev-report';
const sqs = mockClient(SQSClient);
const sns = mockClient(SNSClient);
const written: string[] = [];
let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

beforeEach(() => {
  stubFunctionEnvironment(table, QUEUE);
  sqs.reset();
  sns.reset();
  captureOutput(written);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const context = {
  getRemainingTimeInMillis: () => 80_000,
  logGroupName: '/aws/lambda/app-dev-report',
  logStreamName: 'stream-1',
  awsRequestId: 'request-1',
} as Context;

let serial = 0;

/** The due times of these tests are fixed and the clock is not. */
const YEARS = milliseconds(100 * 366 * DAY);

/** The handler of a job, and a way to hand it a message of a run of its own. */
function setup(
  run: JobDefinition<undefined, unknown>['run'],
  definition: { input?: InputSchema; retry?: { maxAttempts: number } } = {},
  extras: Omit<HandlerExtras, 'gate'> = {},
) {
  const name = `report-${++serial}`;
  const job = defineJob<InputSchema | undefined>(name, { ...definition, run });
  const schedules = { nightly: { timezone: 'Europe/Stockholm', lateAfter: YEARS } };
  const handler = createHandler(job, { policy: policyOf(job), schedules }, { gate: skip, ...extras });
  const scheduledTime = '2027-03-02T02:00:00Z';
  const runId = `${name}/2027-03-02T02:00Z/nightly`;
  const message = { v: 1, run: null, job: name, schedule: 'nightly', scheduledTime, trigger: 'schedule' };
  const store = new DynamoDbRunStore({ client: table.client, table: table.table, retention: RETENTION });
  return {
    name,
    runId,
    message,
    record: () => store.get(runId),
    deliver: (body: unknown = message, messageAttributes: SQSMessageAttributes = {}, messageId = 'message-1') =>
      handler(sqsEvent(typeof body === 'string' ? body : JSON.stringify(body), messageAttributes, messageId), context),
  };
}

function sqsEvent(body: string, messageAttributes: SQSMessageAttributes, messageId: string): SQSEvent {
  const attributes = {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: 's',
    ApproximateFirstReceiveTimestamp: '0',
  };
  const source = { md5OfBody: '', eventSource: 'aws:sqs', eventSourceARN: 'arn', awsRegion: 'us-east-1' };
  return {
    Records: [{ messageId, receiptHandle: 'receipt-1', body, attributes, messageAttributes, ...source }],
  };
}

const visibilities = () =>
  sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args }) => args[0].input.VisibilityTimeout);
const deadLetters = () => sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);

describe('the handler', () => {
  test('derives the run id from the due time, runs the job and acknowledges the message', async () => {
    const { deliver, record, runId } = setup(() => ({ rows: 3 }));

    expect(await deliver()).toEqual({ batchItemFailures: [] });
    expect(await record()).toMatchObject({
      id: runId,
      status: 'completed',
      result: { rows: 3 },
      attempts: [{ logStream: 'stream-1', requestId: 'request-1' }],
    });
  });

  test.each([
    { what: 'nothing', extras: {}, names: [] },
    { what: 'durations', extras: { measure: measureDurations }, names: ['StartDelay', 'RunDuration'] },
  ])('writes the metrics of $what that its entry asks for', async ({ extras, names }) => {
    const { deliver, name } = setup(() => {}, {}, extras);

    await deliver();

    const metrics = written
      .join('')
      .split('\n')
      .filter((line) => line.includes('"_aws"'))
      .map((line) => JSON.parse(line));
    expect(metrics.map((line) => Object.keys(line).at(-1))).toEqual(names);
    for (const line of metrics) expect(line).toMatchObject({ Deployment: 'app-dev', Job: name });
  });

  test('hides its message until twenty seconds after its own end, so that a kill is retried soon', async () => {
    const { deliver } = setup(() => {});

    await deliver();

    expect(visibilities()).toEqual([100]);
  });

  test('keeps the message of a failed attempt, hidden for the backoff', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { deliver } = setup(() => {
      throw new Error('no');
    });

    expect(await deliver()).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(visibilities()).toEqual([100, 15]);
  });

  test('sends the dead letter of a failed run with its run, attempts and error, and one alert', async () => {
    const { deliver, runId, name } = setup(
      () => {
        throw new TypeError('no\nconnection\u0000', { cause: new Error('no route\nto host') });
      },
      { retry: { maxAttempts: 1 } },
    );

    expect(await deliver()).toEqual({ batchItemFailures: [] });

    expect(deadLetters()).toMatchObject([
      {
        QueueUrl: `${QUEUE}-dlq`,
        MessageAttributes: {
          'belfry-run': { DataType: 'String', StringValue: runId },
          'belfry-attempts': { DataType: 'Number', StringValue: '1' },
          'belfry-error': {
            DataType: 'String',
            StringValue: expect.stringMatching(
              /^TypeError: no connection; at test\/lambda\/handler\.test\.ts:\d+:\d+; caused by Error: no route to host$/,
            ),
          },
        },
      },
    ]);
    const [alert, ...others] = sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
    expect(others).toEqual([]);
    expect(alert?.TopicArn).toBe('arn:aws:sns:us-east-1:1:app-dev-alerts');
    expect(alert?.Subject).toBe(`[dev] ${name} failed: TypeError: no connection`);
    for (const part of [
      runId,
      'nightly',
      'Europe/Stockholm',
      'Attempts     1',
      '\nat test/lambda/handler.test.ts:',
      '\ncaused by Error: no route to host\n',
      'log-events/stream-1',
      `npm run belfry -- show '${runId}' --stage dev`,
    ]) {
      expect(alert?.Message).toContain(part);
    }
  });

  test.each([
    { by: 'its body, whatever has become of its attributes', keepsStory: true, keepsAttributes: false },
    { by: 'its attributes, where a version without the story has sent it', keepsStory: false, keepsAttributes: true },
  ])('knows a dead letter that was moved back by $by', async ({ keepsStory, keepsAttributes }) => {
    let broken = true;
    const { deliver, record } = setup(
      () => {
        if (broken) throw new Error('no');
      },
      { retry: { maxAttempts: 1 } },
    );
    await deliver();
    broken = false;
    const { MessageBody = '', MessageAttributes = {} } = deadLetters()[0] ?? {};
    const { deadLetter, ...message } = JSON.parse(MessageBody);
    const attributes = Object.entries(MessageAttributes).map(([name, { DataType = '', StringValue = '' }]) => [
      name,
      { dataType: DataType, stringValue: StringValue },
    ]);

    await deliver(
      keepsStory ? { ...message, deadLetter } : message,
      keepsAttributes ? Object.fromEntries(attributes) : {},
      'message-2',
    );

    expect(deadLetter).toMatchObject({ attempts: 1, lastError: expect.stringMatching(/^Error: no/) });
    expect(await record()).toMatchObject({ status: 'completed', attempts: [{ n: 1 }, { n: 2, cause: 'redrive' }] });
  });

  test('goes on when SQS does not let it hide the message', async () => {
    sqs.on(ChangeMessageVisibilityCommand).rejects(new Error('throttled'));
    const { deliver, record } = setup(() => {});

    expect(await deliver()).toEqual({ batchItemFailures: [] });
    expect((await record())?.status).toBe('completed');
    expect(written.join('')).toContain('set the visibility');
  });
});

describe('a message that is no run of this job', () => {
  const ok = {
    v: 1,
    run: null,
    job: 'report',
    schedule: 'nightly',
    scheduledTime: '2027-03-02T02:00:00Z',
    trigger: 'schedule',
  };
  const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown;

  test.each([
    { body: 'not json', says: 'the body is no JSON object' },
    { body: '[]', says: 'the body is no JSON object' },
    { body: 'null', says: 'the body is no JSON object' },
    { body: ' '.repeat(70_000), says: 'the body has 70000 bytes; allowed are 65536' },
    { body: { ...ok, v: 2 }, says: 'v is 2; allowed: 1' },
    {
      body: { ...ok, more: 1 },
      says: 'a field is "more"; allowed: v, run, job, schedule, scheduledTime, trigger, input',
    },
    { body: { ...ok, job: '__proto__' }, says: 'job is "__proto__"; allowed: /^[a-z][a-z0-9-]{0,39}$/' },
    { body: { ...ok, job: 'other' }, says: 'the message is for the job "other"; this function runs "report-' },
    { body: { ...ok, schedule: 'A' }, says: 'schedule is "A"; allowed: null and /^[a-z0-9][a-z0-9.-]{0,39}$/' },
    {
      body: { ...ok, trigger: 'magic' },
      says: 'trigger is "magic"; allowed: schedule, manual, enqueue, backfill, catch-up',
    },
    { body: { ...ok, scheduledTime: 'soon' }, says: 'scheduledTime is "soon"; allowed: an instant in ISO 8601' },
    {
      body: { ...ok, scheduledTime: '<aws.scheduler.scheduled-time>' },
      says: 'scheduledTime still reads <aws.scheduler.scheduled-time>',
    },
    { body: { ...ok, scheduledTime: '+010000-01-01T00:00:00Z' }, says: 'before the year 10000' },
    { body: { ...ok, schedule: null }, says: 'run is null; allowed: a run id; null beside a schedule' },
    { body: { ...ok, run: 'report/yesterday/nightly' }, says: 'run is "report/yesterday/nightly"; allowed: a run id' },
    { body: { ...ok, run: 'report/2027-02-30T02:00Z/nightly' }, says: 'allowed: a run id' },
    { body: { ...ok, run: 'other/2027-03-02T02:00Z/nightly' }, says: 'is of another job or schedule than the message' },
    { body: { ...ok, input: deep }, says: 'the input is nested deeper than 32' },
    {
      body: { ...ok, input: ['<aws.scheduler.execution-id>'] },
      says: 'the input still holds <aws.scheduler.…: it was not filled in',
    },
    {
      body: '{"v":1,"run":null,"job":"report","schedule":"nightly","scheduledTime":"2027-03-02T02:00:00Z","trigger":"schedule","input":{"a":{"__proto__":{}}}}',
      says: 'the input has the key __proto__, which is not allowed',
    },
  ])('goes to the dead-letter queue as it is: $says', async ({ body, says }) => {
    let calls = 0;
    const { deliver } = setup(() => void calls++);

    expect(await deliver(body)).toEqual({ batchItemFailures: [] });

    expect(calls).toBe(0);
    expect(deadLetters()).toHaveLength(1);
    expect(deadLetters()[0]?.MessageBody).toBe(typeof body === 'string' ? body : JSON.stringify(body));
    expect(deadLetters()[0]?.MessageAttributes?.['belfry-error']?.StringValue).toContain(says);
  });

  test('stays in its queue when even the dead letter cannot be sent', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('no queue'));
    const { deliver } = setup(() => {});

    await expect(deliver('not json')).rejects.toThrow('no queue');
  });
});

describe('no secret, no input and no text of an error ever stands in a log line', () => {
  const CANARY = 'canary-7f3a';
  const fails = (error: unknown) => () => Promise.reject(error);

  /** What a wrapper leaves that redacts a message: the text remains in the stack. */
  function redacted(text: string, message = 'redacted'): Error {
    const error = new Error(text);
    return Object.assign(error, { stack: String(error.stack), message });
  }

  test.each([
    { path: 'a completed run', run: () => ({ token: CANARY }), input: { key: CANARY } },
    { path: 'an input that does not fit', run: () => {}, input: { key: 7, extra: CANARY } },
    { path: 'a thrown object', run: fails({ token: CANARY }), input: { key: CANARY } },
    { path: 'a thrown text', run: fails(CANARY), input: { key: CANARY } },
    { path: 'a message', run: fails(new Error(`no user ${CANARY}`)), input: { key: CANARY } },
    {
      path: 'a message of several lines',
      run: fails(new Error(`no\n    at ${CANARY} (a.ts:1:1)`)),
      input: { key: 'x' },
    },
    ...[
      `https://user:${CANARY}@db:5432:1`,
      `connect (https://user:${CANARY}@db:5432:1)`,
      `https://db/${CANARY}.ts:1:1`,
      `${CANARY}.ts:1:1`,
      `login (${CANARY}.js:1:1)`,
      `/srv/${CANARY}.ts:1:1`,
      `file:///srv/${CANARY}.mjs:1:1`,
      `login (${process.cwd()}/functions/a.ts?${CANARY}:1:1)`,
      `/${CANARY}${process.cwd()}/functions/a.ts:1:1`,
    ].map((frame) => ({
      path: `a message that is replaced and had the line: at ${frame}`,
      run: fails(redacted(`cannot log in\n    at ${frame}`)),
      input: { key: 'x' },
    })),
    {
      path: 'a message that is emptied',
      run: fails(redacted(`cannot log in\n    at https://user:${CANARY}@db:5432:1`, '')),
      input: { key: 'x' },
    },
    {
      path: 'a message that is shortened',
      run: fails(redacted(`cannot log in\n    at https://user:${CANARY}@db:5432:1`, 'cannot log in')),
      input: { key: 'x' },
    },
    {
      path: 'a message that is replaced, of a cause',
      run: fails(
        Object.assign(new Error('no', { cause: redacted(`no\n    at https://user:${CANARY}@db:5432:1`) }), {
          stack: undefined,
        }),
      ),
      input: { key: 'x' },
    },
    {
      path: 'a code that is a text',
      run: fails(Object.assign(new Error('no'), { code: `of ${CANARY}` })),
      input: { key: 'x' },
    },
    {
      path: 'a name that is a text',
      run: fails(Object.assign(new Error('no'), { name: `password=${CANARY} for user bob` })),
      input: { key: 'x' },
    },
    { path: 'a cause', run: fails(new Error('no', { cause: CANARY })), input: { key: CANARY } },
    {
      path: 'the cause of a cause',
      run: fails(new Error('no', { cause: new Error('no', { cause: new Error(CANARY) }) })),
      input: { key: 'x' },
    },
    { path: 'one of several errors', run: fails(new AggregateError([new Error(CANARY)], 'no')), input: { key: 'x' } },
    { path: 'an error that ends the run', run: fails(new NonRetryableError(CANARY)), input: { key: 'x' } },
  ])('$path', async ({ run, input }) => {
    const { deliver, message } = setup(run, { input: z.object({ key: z.string() }), retry: { maxAttempts: 2 } });

    await deliver({ ...message, input });

    expect(written.join('')).toContain('attempt-started');
    expect(written.join('')).not.toContain(CANARY);
  });

  test('a refused message', async () => {
    const { deliver, message } = setup(() => {});

    await deliver({ ...message, v: 9, input: CANARY, job: CANARY });

    expect(written.join('')).toContain('message-refused');
    expect(written.join('')).not.toContain(CANARY);
  });

  test('a service that fails with a text', async () => {
    sqs.on(ChangeMessageVisibilityCommand).rejects(Object.assign(new Error(CANARY), { name: `of ${CANARY}` }));
    sns.on(PublishCommand).rejects(new Error(CANARY));
    const { deliver } = setup(fails(new Error('no')), { retry: { maxAttempts: 1 } });

    await deliver();

    expect(written.join('')).toContain('set the visibility');
    expect(written.join('')).toContain('"step":"alert"');
    expect(written.join('')).not.toContain(CANARY);
  });
});

describe('of an error', () => {
  const refused = Object.assign(new Error('connect 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
  const fail = () => {
    throw Object.assign(new TypeError('no connection', { cause: refused }), { code: 'E_REPORT' });
  };
  const errorsIn = (lines: readonly string[]): unknown[] =>
    lines.filter((line) => line.includes('"error":')).map((line) => (JSON.parse(line) as { error: unknown }).error);

  test('a log line has name, code and the first place in the job, and nothing else', async () => {
    const { deliver } = setup(fail);

    await deliver();

    expect(errorsIn(written)).toEqual([
      { name: 'TypeError', code: 'E_REPORT', at: expect.stringMatching(/^test\/lambda\/handler\.test\.ts:\d+:\d+$/) },
    ]);
  });

  test.each([
    { name: 'AWS.SimpleQueueService.NonExistentQueue', logged: 'AWS.SimpleQueueService.NonExistentQueue' },
    { name: 'password=hunter2 for user bob', logged: 'Error' },
    { name: 'x'.repeat(101), logged: 'Error' },
    { name: '', logged: 'Error' },
  ])('a log line has the name only if it is one word: $name', async ({ name, logged }) => {
    const { deliver, record } = setup(() => Promise.reject(Object.assign(new TypeError('no'), { name })));

    await deliver();

    expect(errorsIn(written)).toEqual([expect.objectContaining({ name: logged })]);
    expect((await record())?.error?.name).toBe(name === '' ? 'Error' : cut(name, 100));
  });

  test('the record has message, causes and stack', async () => {
    const { deliver, record } = setup(fail);

    await deliver();

    const { error, attempts } = (await record()) ?? {};
    expect(error).toEqual({
      name: 'TypeError',
      message: 'no connection',
      code: 'E_REPORT',
      at: expect.stringMatching(/^test\/lambda\/handler\.test\.ts:\d+:\d+$/),
      stack: expect.stringMatching(/^at Object\.fail \[as run\] \(test\/lambda\/handler\.test\.ts:\d+:\d+\)\n/),
      causes: [{ depth: 1, name: 'Error', message: 'connect 10.0.0.7:5432', code: 'ECONNREFUSED' }],
    });
    expect(attempts?.[0]?.error).toEqual({
      name: 'TypeError',
      message: 'no connection',
      code: 'E_REPORT',
      at: error?.at,
    });
  });

  test('the embedded cloud, which says so by a variable that no job may set, gets all of it in the log line', async () => {
    vi.stubEnv('BELFRY_FULL_ERRORS', '1');
    const { deliver, record } = setup(fail);

    await deliver();

    expect(errorsIn(written)).toEqual([(await record())?.error]);
  });
});

describe('a function that cannot work says so when it starts', () => {
  const job = defineJob('report', { run: () => {} });

  test('without the variables of the deployment', () => {
    vi.stubEnv('BELFRY_TABLE', '');
    vi.stubEnv('BELFRY_QUEUE_URL', undefined);

    expect(() => createHandler(job, { policy: policyOf(job), schedules: {} }, { gate: skip })).toThrow(
      'not set: BELFRY_TABLE, BELFRY_QUEUE_URL',
    );
  });

  test('with idempotency switched off', () => {
    vi.stubEnv('POWERTOOLS_IDEMPOTENCY_DISABLED', '1');

    expect(() => createHandler(job, { policy: policyOf(job), schedules: {} }, { gate: skip })).toThrow(
      'POWERTOOLS_IDEMPOTENCY_DISABLED is set',
    );
  });
});
