import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountId } from '../account.ts';
import type { ServiceHandler, ServiceResponse } from '../gateway/service.ts';
import { parseObject } from '../parse-object.ts';
import { DirectoryInUseError, DirectoryUnusableError, TableMismatchError } from './data-errors.ts';
import { createStore, type DynaliteStore, hasOperation, isFault, perform } from './dynalite.ts';
import { hasSameShape, type TableDescription, type TableProperties, toCreateTable } from './table-properties.ts';

export interface Tables {
  /**
   * Makes a table unless it is there. Its items stay.
   *
   * @throws TableMismatchError
   */
  ensure(properties: TableProperties): Promise<void>;
}

export interface DynamoDb {
  readonly handler: ServiceHandler;
  readonly tables: Tables;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

export interface DynamoDbOptions {
  /** Absent: in memory. */
  readonly directory: string | undefined;
  readonly region: string;
}

/**
 * DynamoDB on LevelDB: what was acknowledged survives the end of the process, however it ends.
 *
 * @throws DirectoryInUseError
 * @throws DirectoryUnusableError
 */
export async function openDynamoDb({ directory, region }: DynamoDbOptions): Promise<DynamoDb> {
  const store = await openStore(directory);
  store.tableDb.awsAccountId = accountId;
  store.tableDb.awsRegion = region;

  return {
    handler: ({ headers, body }) => handle(store, headers['x-amz-target'] ?? '', body.toString()),
    tables: { ensure: (properties) => ensureTable(store, directory, properties) },
    close: () => store.db.close(),
  };
}

async function openStore(directory: string | undefined): Promise<DynaliteStore> {
  try {
    if (directory !== undefined) await mkdir(directory, { recursive: true });
    const store = createStore(directory);
    await store.db.open();
    return store;
  } catch (error) {
    throw directory === undefined ? error : explain(error, directory);
  }
}

function explain(error: unknown, directory: string): Error {
  // LevelDB says only "failed to open"; why is in the cause.
  const { cause } = error as Error;
  const reason = (cause ?? error) as NodeJS.ErrnoException;
  return reason.code === 'LEVEL_LOCKED'
    ? new DirectoryInUseError(directory, { cause: error })
    : new DirectoryUnusableError(directory, reason.message, { cause: error });
}

async function handle(store: DynaliteStore, target: string, body: string): Promise<ServiceResponse> {
  const operation = target.slice(target.indexOf('.') + 1);
  if (!hasOperation(operation)) {
    const message = `Belfry's embedded cloud has no ${operation} of DynamoDB.`;
    return answer(400, { __type: 'com.amazon.coral.service#UnknownOperationException', message });
  }
  const input = parseObject(body);
  if (input === undefined) return answer(400, { __type: 'com.amazon.coral.service#SerializationException' });

  try {
    return answer(200, await perform(store, operation, input));
  } catch (error) {
    if (isFault(error)) return answer(error.statusCode, error.body);
    throw error;
  }
}

const answer = (status: number, output: object): ServiceResponse => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(output),
});

async function ensureTable(store: DynaliteStore, directory: string | undefined, properties: TableProperties) {
  const { TableName: name } = properties;
  const existing = await describeTable(store, name);
  if (existing?.TableStatus === 'ACTIVE') {
    if (!hasSameShape(existing, properties)) throw new TableMismatchError(name, directory);
    return;
  }
  // The process was killed between the two writes by which dynalite makes a table: it would stay so for ever.
  if (existing !== undefined) await forgetTable(store, name);
  await perform(store, 'CreateTable', toCreateTable(properties));
  while ((await describeTable(store, name))?.TableStatus !== 'ACTIVE') await sleep(1);
}

async function describeTable(store: DynaliteStore, name: string): Promise<TableDescription | undefined> {
  try {
    const output = (await perform(store, 'DescribeTable', { TableName: name })) as { Table: TableDescription };
    return output.Table;
  } catch (error) {
    if (isFault(error) && error.body.__type.endsWith('#ResourceNotFoundException')) return undefined;
    throw error;
  }
}

const forgetTable = (store: DynaliteStore, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    store.tableDb.del(name, (error) => (error ? reject(error) : resolve()));
  });
