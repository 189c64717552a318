import { setTimeout as sleep } from 'node:timers/promises';
import { accountId } from '../account.ts';
import type { ServiceHandler, ServiceResponse } from '../gateway/service.ts';
import { parseObject } from '../parse-object.ts';
import { TableMismatchError } from './data-errors.ts';
import { type createStore, type DynaliteStore, hasOperation, isFault, perform } from './dynalite.ts';
import { KeptStore, type StoreObserver } from './kept-store.ts';
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
  readonly observer?: StoreObserver | undefined;
  /** @default dynalite's */
  readonly create?: typeof createStore | undefined;
}

/**
 * DynamoDB on LevelDB: what was acknowledged survives the end of the process, however it ends, and a full disk.
 *
 * @throws DirectoryInUseError
 * @throws DirectoryUnusableError
 */
export async function openDynamoDb({ directory, region, observer, create }: DynamoDbOptions): Promise<DynamoDb> {
  const kept = await KeptStore.open({
    directory,
    observer,
    create,
    prepare({ tableDb }) {
      tableDb.awsAccountId = accountId;
      tableDb.awsRegion = region;
    },
  });
  return {
    handler: ({ headers, body }) => kept.use((store) => handle(store, headers['x-amz-target'] ?? '', body.toString())),
    tables: { ensure: (properties) => kept.use((store) => ensureTable(store, directory, properties)) },
    close: () => kept.close(),
  };
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
