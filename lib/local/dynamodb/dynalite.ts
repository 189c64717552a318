import { createRequire } from 'node:module';

/**
 * The inside of dynalite: its store and its actions, without its HTTP server.
 *
 * The server rethrows what it does not expect where nobody can catch it, which ends the process; its `close()`
 * leaves the database open unless it listens; and it does not say that the folder is in use. All of that is in its outermost
 * hundred lines. The version is pinned, and dynalite restricts no imports.
 */
export interface DynaliteStore {
  readonly db: {
    open(): Promise<void>;
    close(): Promise<void>;
    /** Each takes, last, what is called with the error or null when it is done. */
    put: Call;
    del: Call;
    batch: Call;
    /** Calls back with the error or null, and the value. */
    get: Call;
    clear(): Promise<void>;
  };
  /** Put into the ARNs of tables. By default from the environment of whoever starts the cloud. */
  readonly tableDb: {
    awsAccountId: string;
    awsRegion: string;
    del(key: string, done: (error: unknown) => void): void;
  };
}

type Call = (...given: unknown[]) => void;

/** An error that DynamoDB would answer with. Anything else that comes out of dynalite is a failure of its own. */
export interface DynaliteFault {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

type Action = (store: DynaliteStore, input: object, done: (error: unknown, output?: object) => void) => void;

interface Validations {
  checkTypes(input: object, types: unknown): object;
  checkValidations(input: object, types: unknown, custom: unknown, store: DynaliteStore): void;
}

const require = createRequire(import.meta.url);

const database: { create(options: object): DynaliteStore } = require('dynalite/db/index.js');
const validations: Validations = require('dynalite/validations/index.js');

/**
 * What dynalite has of DynamoDB, less its tags: a malformed TagResource ends the process. No transactions, no PartiQL,
 * no backups; no TTL but to describe that there is none.
 */
const operations: ReadonlySet<string> = new Set([
  ...['CreateTable', 'DeleteTable', 'DescribeTable', 'DescribeTimeToLive', 'ListTables', 'UpdateTable'],
  ...['PutItem', 'GetItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem'],
]);

export const hasOperation = (name: string): boolean => operations.has(name);

/** @param path the folder of the database; absent: in memory */
export const createStore = (path: string | undefined): DynaliteStore =>
  database.create({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

/**
 * Does one operation. The input is changed on the way.
 *
 * @throws a {@link DynaliteFault}, or whatever went wrong
 */
export async function perform(store: DynaliteStore, operation: string, input: object): Promise<object> {
  const file = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}.js`;
  const { types, custom }: { types: unknown; custom: unknown } = require(`dynalite/validations/${file}`);
  const action: Action = require(`dynalite/actions/${file}`);

  const checked = validations.checkTypes(input, types);
  validations.checkValidations(checked, types, custom, store);
  return new Promise((resolve, reject) => {
    action(store, checked, (error, output = {}) => (error ? reject(error) : resolve(output)));
  });
}

export const isFault = (error: unknown): error is DynaliteFault =>
  typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error;
