import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { createBackends } from '../../lib/local/backends.ts';
import { createStore } from '../../lib/local/dynamodb/dynalite.ts';
import { runsTable } from './dynamodb/runs-table.ts';
import { startCloud } from './support/cloud.ts';

const Key = { pk: { S: 'JOB#report' }, sk: { S: 'RUN#1' } };
const TableName = runsTable.TableName;

async function setup() {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-data-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return { directory, table: join(directory, 'dynamodb') };
}

test('an item is there when the folder is opened again', async () => {
  const { directory } = await setup();
  const before = await startCloud({ directory });
  await before.tables.ensure(runsTable);
  await before.dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key, owner: { S: 'a' } } }));
  await before.close();

  const after = await startCloud({ directory });
  await after.tables.ensure(runsTable);

  const { Item } = await after.dynamodb.send(new GetItemCommand({ TableName, Key }));
  expect(Item).toEqual({ ...Key, owner: { S: 'a' } });
  await after.close();
});

test('a folder in use is refused by name', async () => {
  const { directory, table } = await setup();
  const first = await startCloud({ directory });

  const second = createBackends({ directory });

  await expect(second).rejects.toThrow(`another process uses ${table}`);
  await first.close();
});

test('a torn folder is refused with what is wrong and what to do', async () => {
  const { directory, table } = await setup();
  const first = await createBackends({ directory });
  await first.close();
  await writeFile(join(table, 'CURRENT'), 'torn');

  const second = createBackends({ directory });

  await expect(second).rejects.toMatchObject({
    code: 'DIRECTORY_UNUSABLE',
    message: `the data in ${table} cannot be used: Corruption: CURRENT file does not end with newline. Move the folder away to start without it`,
  });
});

test('a file in the place of the folder is refused', async () => {
  const { directory, table } = await setup();
  await writeFile(table, '');

  await expect(createBackends({ directory })).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' });
});

test('a table whose making was cut off is made anew', async () => {
  const { directory, table } = await setup();
  await mkdir(table);
  const store = createStore(table);
  const half = { ...runsTable, TableStatus: 'CREATING' };
  await new Promise((done) => Reflect.get(store.tableDb, 'put')(TableName, half, done));
  await store.db.close();

  const cloud = await startCloud({ directory });
  await cloud.tables.ensure(runsTable);

  await cloud.dynamodb.send(new PutItemCommand({ TableName, Item: Key }));
  await cloud.close();
});
