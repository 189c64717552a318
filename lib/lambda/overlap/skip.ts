import { createSkipGate } from '../../run/overlap/skip.ts';
import { DynamoDbLockStore } from '../../store/dynamodb/dynamodb-lock-store.ts';
import type { CreateGate } from './create-gate.ts';

/** The gate of `overlap: 'skip'`, with locks in the table. */
export const skip: CreateGate = ({ client, table, runs }) =>
  createSkipGate({ locks: new DynamoDbLockStore({ client, table }), runs });
