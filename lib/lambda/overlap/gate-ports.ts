import type { GatePorts } from '../../run/overlap/gate.ts';
import { DynamoDbLockStore } from '../../store/dynamodb/dynamodb-lock-store.ts';
import { createSqsRunQueue } from '../../store/sqs/sqs-run-queue.ts';
import type { GateParts } from './create-gate.ts';

/** What the gate of a policy with a lock works with: locks in the table, and the job's own queue to wake who waits. */
export const gatePorts = ({ client, table, runs, sqs, queueUrl }: GateParts): GatePorts => ({
  locks: new DynamoDbLockStore({ client, table }),
  runs,
  queue: createSqsRunQueue({ client: sqs, urlOf: () => queueUrl }),
});
