import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { deleteExpired } from '../../../lib/local/state/expiry.ts';
import { epochMs } from '../../../lib/units.ts';
import { runsTable } from '../dynamodb/runs-table.ts';
import { startCloud } from '../support/cloud.ts';

const TableName = runsTable.TableName;

test('deletes what has expired, and keeps what has not or never will', async () => {
  const { dynamodb, tables } = await startCloud();
  await tables.ensure(runsTable);
  const put = (sk: string, more: object) =>
    dynamodb.send(new PutItemCommand({ TableName, Item: marshall({ pk: 'JOB#report', sk, ...more }) }));
  await put('RUN#1', { expiresAt: 1_000 });
  await put('RUN#2', { expiresAt: 1_001 });
  await put('STATE', {});

  await deleteExpired(dynamodb, TableName, epochMs(1_000_001));

  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }));
  expect(Items.map(({ sk }) => sk?.S).sort()).toEqual(['RUN#2', 'STATE']);
});
