import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { createRunClient } from '../../lib/entry/client.ts';
import { parseRunId } from '../../lib/run/run-id.ts';
import { epochMs } from '../../lib/units.ts';

const dynamo = mockClient(DynamoDBClient);
const sqs = mockClient(SQSClient);
const NOW = epochMs(Date.parse('2027-03-02T02:00:00.123Z'));
const client = createRunClient({
  deployment: { app: 'shop', stage: 'prod' },
  client: { region: 'eu-north-1' },
  now: () => NOW,
});

beforeEach(() => {
  dynamo.reset();
  sqs.reset();
  dynamo.on(UpdateItemCommand).resolves({ Attributes: {} });
  sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: 'https://queue' });
});

describe('asking for a run', () => {
  test('records it before its message is sent, under names found by rule', async () => {
    const order: string[] = [];
    dynamo.on(UpdateItemCommand).callsFake(({ TableName }) => {
      order.push(TableName);
      return {};
    });
    sqs.on(SendMessageCommand).callsFake(({ QueueUrl }) => {
      order.push(QueueUrl);
      return {};
    });

    const run = await client.requestRun({ job: 'report', input: { region: 'eu' }, requestedBy: 'ada' });

    expect(order).toEqual(['shop-prod-runs', 'https://queue']);
    expect(sqs.commandCalls(GetQueueUrlCommand)[0]?.args[0].input).toEqual({ QueueName: 'shop-prod-report' });
    expect(parseRunId(run)).toMatchObject({ job: 'report', scheduledTime: NOW });
    expect(JSON.parse(sqs.commandCalls(SendMessageCommand)[0]?.args[0].input.MessageBody ?? '')).toEqual({
      v: 1,
      run,
      job: 'report',
      schedule: null,
      scheduledTime: '2027-03-02T02:00:00.123Z',
      trigger: 'manual',
      input: { region: 'eu' },
    });
  });

  test('gives every request an identity of its own', async () => {
    const request = { job: 'report', input: undefined, requestedBy: 'ada' };
    const runs = await Promise.all([client.requestRun(request), client.requestRun(request)]);

    expect(new Set(runs).size).toBe(2);
  });

  test.each([
    {
      what: 'an input of more than 32 KB',
      input: 'x'.repeat(33_000),
      says: 'the input has 33002 bytes of JSON; allowed are 32768',
    },
    { what: 'a message of more than 64 KB', input: 'x'.repeat(70_000), says: 'allowed are 65536' },
    { what: 'a key that reaches a prototype', input: JSON.parse('{"__proto__":1}'), says: 'the key __proto__' },
  ])('refuses $what before anything is recorded', async ({ input, says }) => {
    await expect(client.requestRun({ job: 'report', input, requestedBy: 'ada' })).rejects.toThrow(says);

    expect([...dynamo.calls(), ...sqs.calls()]).toEqual([]);
  });

  test('sends nothing when it cannot be recorded', async () => {
    dynamo.on(UpdateItemCommand).rejects(new Error('no table'));

    await expect(client.requestRun({ job: 'report', input: undefined, requestedBy: 'ada' })).rejects.toThrow(
      'no table',
    );
    expect(sqs.commandCalls(SendMessageCommand)).toEqual([]);
  });

  test('records nothing for a job that has left the app since its last request', async () => {
    const request = { job: 'report', input: undefined, requestedBy: 'ada' };
    await client.requestRun(request);
    sqs.on(GetQueueUrlCommand).rejects(new Error('no such queue'));

    await expect(client.requestRun(request)).rejects.toThrow('no such queue');

    expect(dynamo.commandCalls(UpdateItemCommand)).toHaveLength(1);
  });
});
