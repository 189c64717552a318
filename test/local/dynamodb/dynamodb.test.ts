import {
  type AttributeValue,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { startCloud } from '../support/cloud.ts';
import { runsTable } from './runs-table.ts';

const Key = { pk: { S: 'JOB#report' }, sk: { S: 'RUN#1' } };
const TableName = runsTable.TableName;

async function setup() {
  const cloud = await startCloud();
  await cloud.tables.ensure(runsTable);
  const put = (attributes: Record<string, AttributeValue>) =>
    cloud.dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key, ...attributes } }));
  const update = (input: object) =>
    cloud.dynamodb.send(new UpdateItemCommand({ TableName, Key, ReturnValues: 'ALL_NEW', ...input }));
  const open = async () => {
    const output = await cloud.dynamodb.send(
      new QueryCommand({
        TableName,
        IndexName: 'open',
        KeyConditionExpression: 'openShard = :shard AND openAt < :now',
        ExpressionAttributeValues: { ':shard': { S: 'OPEN#1' }, ':now': { S: '2026-11-02' } },
      }),
    );
    return output.Items ?? [];
  };
  return { ...cloud, put, update, open };
}

test('a table has the ARN of the cloud’s account and region, whatever the environment says', async () => {
  const { dynamodb } = await setup();

  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));

  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    TableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/runs',
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
  });
});

test('one update counts, appends to a list that may not exist, and returns the item', async () => {
  const { update } = await setup();
  const attempt = (n: string) =>
    update({
      UpdateExpression:
        'SET claim = if_not_exists(claim, :zero) + :one, attempts = list_append(if_not_exists(attempts, :none), :new)',
      ExpressionAttributeValues: {
        ':zero': { N: '0' },
        ':one': { N: '1' },
        ':none': { L: [] },
        ':new': { L: [{ M: { n: { N: n } } }] },
      },
    });

  await attempt('1');
  const { Attributes } = await attempt('2');

  expect(Attributes).toEqual({
    ...Key,
    claim: { N: '2' },
    attempts: { L: [{ M: { n: { N: '1' } } }, { M: { n: { N: '2' } } }] },
  });
});

test('an update whose condition fails changes nothing', async () => {
  const { put, update, dynamodb } = await setup();
  await put({ owner: { S: 'a' } });

  const stale = update({
    UpdateExpression: 'SET done = :true REMOVE lease',
    ConditionExpression: '#owner = :me AND attribute_exists(lease.#until)',
    ExpressionAttributeNames: { '#owner': 'owner', '#until': 'until' },
    ExpressionAttributeValues: { ':true': { BOOL: true }, ':me': { S: 'b' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });

  await expect(stale).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  expect(Item).toEqual({ ...Key, owner: { S: 'a' } });
});

test('a sparse index lists an item while it has the index’s keys', async () => {
  const { put, update, open } = await setup();
  await put({ openShard: { S: 'OPEN#1' }, openAt: { S: '2026-11-01' }, secret: { S: 'not projected' } });

  const listed = await open();
  await update({ UpdateExpression: 'REMOVE openShard, openAt' });

  expect(listed).toEqual([{ ...Key, openShard: { S: 'OPEN#1' }, openAt: { S: '2026-11-01' } }]);
  expect(await open()).toEqual([]);
});

test('an index is read in pages, ascending, up to an instant that is left out', async () => {
  const { dynamodb } = await setup();
  const row = (n: number, openAt: string, openShard = 'OPEN#1') =>
    dynamodb.send(
      new PutItemCommand({
        TableName,
        Item: { pk: { S: `JOB#${n}` }, sk: { S: 'RUN#1' }, openShard: { S: openShard }, openAt: { S: openAt } },
      }),
    );
  for (const n of [3, 1, 4, 2, 5]) await row(n, `2027-03-02T02:0${n}`);
  await row(6, '2027-03-02T02:00', 'OPEN#2');
  const query = (ExclusiveStartKey?: Record<string, AttributeValue>) =>
    dynamodb.send(
      new QueryCommand({
        TableName,
        IndexName: 'open',
        KeyConditionExpression: 'openShard = :shard AND openAt < :until',
        ExpressionAttributeValues: { ':shard': { S: 'OPEN#1' }, ':until': { S: '2027-03-02T02:05' } },
        Limit: 2,
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );

  const pages: (string | undefined)[][] = [];
  let next: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await query(next);
    pages.push(Items.map(({ openAt }) => openAt?.S));
    next = LastEvaluatedKey;
  } while (next !== undefined && pages.length < 9);

  expect(pages.slice(0, 2)).toEqual([
    ['2027-03-02T02:01', '2027-03-02T02:02'],
    ['2027-03-02T02:03', '2027-03-02T02:04'],
  ]);
  expect(pages.slice(2).flat()).toEqual([]);
});

test('of simultaneous conditional updates exactly one wins', async () => {
  const { update } = await setup();
  const claim = (me: string) =>
    update({
      UpdateExpression: 'SET #owner = :me',
      ConditionExpression: 'attribute_not_exists(#owner)',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':me': { S: me } },
    });

  const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(claim));

  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
});

test('an operation that is not emulated says so', async () => {
  const { dynamodb } = await setup();

  const transaction = dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [] }));

  await expect(transaction).rejects.toThrow("Belfry's embedded cloud has no TransactWriteItems of DynamoDB.");
});

test('a table ensured again keeps its items', async () => {
  const { put, tables, dynamodb } = await setup();
  await put({ owner: { S: 'a' } });

  await tables.ensure({ ...runsTable, AttributeDefinitions: [...runsTable.AttributeDefinitions].reverse() });

  const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key }));
  expect(Item).toMatchObject({ owner: { S: 'a' } });
});

test('a table with other keys than the app’s is refused with a cure', async () => {
  const { tables } = await setup();
  const { GlobalSecondaryIndexes: _, ...withoutIndex } = runsTable;
  const AttributeDefinitions = runsTable.AttributeDefinitions.slice(0, 2);

  const ensuring = tables.ensure({ ...withoutIndex, AttributeDefinitions });

  await expect(ensuring).rejects.toThrow('has other keys or indexes than the app');
});
