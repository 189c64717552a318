import type { AlertStore } from '../../lib/observe/alert-store.ts';
import type { LockStore, RunRequest, RunRequests, RunStore } from '../../lib/run/ports.ts';
import { DynamoDbAlertStore } from '../../lib/store/dynamodb/dynamodb-alert-store.ts';
import { DynamoDbLockStore } from '../../lib/store/dynamodb/dynamodb-lock-store.ts';
import { DynamoDbRunRequests } from '../../lib/store/dynamodb/dynamodb-run-requests.ts';
import { DynamoDbRunStore } from '../../lib/store/dynamodb/dynamodb-run-store.ts';
import { DynamoDbWatchStore } from '../../lib/store/dynamodb/dynamodb-watch-store.ts';
import { dueEntry, runKey } from '../../lib/store/dynamodb/keys.ts';
import { Table } from '../../lib/store/dynamodb/table.ts';
import { assign } from '../../lib/store/dynamodb/update.ts';
import { MemoryAlertStore } from '../../lib/store/memory/memory-alert-store.ts';
import { MemoryLockStore } from '../../lib/store/memory/memory-lock-store.ts';
import { DAY, type EpochMs, milliseconds } from '../../lib/units.ts';
import type { WatchStore } from '../../lib/watchdog/ports.ts';
import { startTestTable } from '../support/dynalite.ts';
import { openTestTable, type TestTable } from '../support/test-table.ts';
import { ForgetfulStore } from '../support/watchdog/forgetful-store.ts';

export interface Stores {
  readonly runs: RunStore;
  readonly requests: RunRequests;
  readonly locks: LockStore;
  readonly watch: WatchStore;
  readonly alerts: AlertStore;
  /** Asks for a run that is to be sent at an instant, and that nothing sends. */
  delay(request: RunRequest, now: EpochMs, sendAt: EpochMs): Promise<void>;
  close(): Promise<void>;
}

export const RETENTION = milliseconds(90 * DAY);

/**
 * One more DynamoDB for the suites to run over, of whoever's making: AWS's own or an emulator. Tables are made there
 * and deleted again.
 *
 * @default none
 */
const ENDPOINT = process.env['BELFRY_DYNAMODB_ENDPOINT'] || undefined;

/** Where a table to test with comes from: each `open` makes one. */
export interface TableSource {
  readonly name: string;
  /** Whether a refused write brings the item, as DynamoDB's does for `ReturnValuesOnConditionCheckFailure`. */
  readonly bringsRefusedItem: boolean;
  /** Whether it is one more, of whoever's making, which may take what DynamoDB refuses. */
  readonly isElsewhere: boolean;
  open(): Promise<TestTable>;
}

/** Every DynamoDB that tests run over. */
export const TABLE_SOURCES: readonly TableSource[] = [
  { name: 'DynamoDB', bringsRefusedItem: false, isElsewhere: false, open: startTestTable },
  ...(ENDPOINT === undefined
    ? []
    : [
        {
          name: `DynamoDB at ${ENDPOINT}`,
          bringsRefusedItem: true,
          isElsewhere: true,
          open: () => openTestTable(ENDPOINT),
        },
      ]),
];

/** Every adapter of the stores: the contract suites run over each. */
export const ADAPTERS: readonly { readonly name: string; open(): Promise<Stores> }[] = [
  {
    name: 'memory',
    async open() {
      const runs = new ForgetfulStore();
      const alerts = new MemoryAlertStore();
      const delay: Stores['delay'] = (...args) => runs.delay(...args);
      return { runs, requests: runs, locks: new MemoryLockStore(), watch: runs, alerts, delay, close: async () => {} };
    },
  },
  ...TABLE_SOURCES.map(({ name, open }) => ({ name, open: async () => storesOf(await open()) })),
];

function storesOf({ client, table, close }: TestTable): Stores {
  const runs = new DynamoDbRunStore({ client, table, retention: RETENTION });
  const requests = new DynamoDbRunRequests({ client, table });
  const watch = new DynamoDbWatchStore({ client, table });
  const alerts = new DynamoDbAlertStore({ client, table });
  const delay: Stores['delay'] = async (request, now, sendAt) => {
    await requests.createPending(request, { now, requestedBy: 'ada' });
    const values = { ...dueEntry(request.run, sendAt), nextAttemptAt: sendAt };
    const update = { key: runKey(request.run), set: assign(values), condition: 'attribute_exists(pk)', values };
    await new Table(client, table).update(update);
  };
  return { runs, requests, locks: new DynamoDbLockStore({ client, table }), watch, alerts, delay, close };
}
