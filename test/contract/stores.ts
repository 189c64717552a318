import type { LockStore, RunRequests, RunStore } from '../../lib/run/ports.ts';
import { DynamoDbLockStore } from '../../lib/store/dynamodb/dynamodb-lock-store.ts';
import { DynamoDbRunRequests } from '../../lib/store/dynamodb/dynamodb-run-requests.ts';
import { DynamoDbRunStore } from '../../lib/store/dynamodb/dynamodb-run-store.ts';
import { MemoryLockStore } from '../../lib/store/memory/memory-lock-store.ts';
import { MemoryRunStore } from '../../lib/store/memory/memory-run-store.ts';
import { milliseconds } from '../../lib/units.ts';
import { startTestTable } from '../support/dynalite.ts';

export interface Stores {
  readonly runs: RunStore;
  readonly requests: RunRequests;
  readonly locks: LockStore;
  close(): Promise<void>;
}

export const RETENTION = milliseconds(90 * 86_400_000);

/** Every adapter of the run store and the lock store: the contract suites run over each. */
export const ADAPTERS: readonly { readonly name: string; open(): Promise<Stores> }[] = [
  {
    name: 'memory',
    async open() {
      const runs = new MemoryRunStore();
      return { runs, requests: runs, locks: new MemoryLockStore(), close: async () => {} };
    },
  },
  {
    name: 'DynamoDB',
    async open() {
      const { client, table, close } = await startTestTable();
      const runs = new DynamoDbRunStore({ client, table, retention: RETENTION });
      const requests = new DynamoDbRunRequests({ client, table });
      return { runs, requests, locks: new DynamoDbLockStore({ client, table }), close };
    },
  },
];
