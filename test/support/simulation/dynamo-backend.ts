import { createDirectOnce } from '../../../lib/store/direct-once.ts';
import { DynamoDbLockStore } from '../../../lib/store/dynamodb/dynamodb-lock-store.ts';
import { DynamoDbRunStore } from '../../../lib/store/dynamodb/dynamodb-run-store.ts';
import { DAY, milliseconds } from '../../../lib/units.ts';
import { startTestTable } from '../dynalite.ts';
import type { Backend } from './backend.ts';

const RETENTION = milliseconds(90 * DAY);

/** The stores of a deployment over an emulated table. A world needs a table of its own. */
export async function openDynamoBackend(): Promise<{ backend: Backend; close(): Promise<void> }> {
  const { client, table, close } = await startTestTable();
  const runs = new DynamoDbRunStore({ client, table, retention: RETENTION });
  const locks = new DynamoDbLockStore({ client, table });
  return {
    backend: {
      runs,
      locks,
      once: createDirectOnce,
      peek: (runId) => runs.get(runId),
      peekLock: (job) => locks.read(job),
    },
    close,
  };
}
