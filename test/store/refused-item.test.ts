import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DynamoDbLockStore } from '../../lib/store/dynamodb/dynamodb-lock-store.ts';
import { DynamoDbRunStore } from '../../lib/store/dynamodb/dynamodb-run-store.ts';
import { plus } from '../../lib/units.ts';
import { RETENTION, TABLE_SOURCES } from '../contract/stores.ts';
import { claimRequest, DUE, lockRequest, minutes, scheduledRequest } from '../support/requests.ts';
import type { TestTable } from '../support/test-table.ts';

describe.each(TABLE_SOURCES)('a refused write over $name', ({ open, bringsRefusedItem }) => {
  const calls = bringsRefusedItem ? ['UpdateItemCommand'] : ['UpdateItemCommand', 'GetItemCommand'];
  const sent: string[] = [];
  let opened: TestTable;
  let runs: DynamoDbRunStore;
  let locks: DynamoDbLockStore;
  beforeAll(async () => {
    opened = await open();
    const { client, table } = opened;
    runs = new DynamoDbRunStore({ client, table, retention: RETENTION });
    locks = new DynamoDbLockStore({ client, table });
    noteCalls(client, sent);
  });
  afterAll(() => opened.close());

  test('tells a claim the whole record, with a read only where the item does not come with it', async () => {
    const request = scheduledRequest();
    await runs.claim(claimRequest(request, { maxAttempts: 1 }));
    const record = await runs.get(request.run);
    sent.length = 0;

    const refused = await runs.claim(claimRequest(request, { owner: 'owner-2', now: plus(DUE, minutes(10)) }));

    expect(refused).toEqual({ kind: 'exhausted', record });
    expect(sent).toEqual(calls);
  });

  test('tells a lock its holder, with a read only where the item does not come with it', async () => {
    const { job, run } = scheduledRequest();
    const until = plus(DUE, minutes(2));
    await locks.take(lockRequest({ job, run }));
    sent.length = 0;

    const refused = await locks.take(lockRequest({ job, run: 'another' }));

    expect(refused).toMatchObject({ kind: 'busy', view: { holder: { job, run, token: 1, until } } });
    expect(sent).toEqual(calls);
  });
});

function noteCalls(client: DynamoDBClient, sent: string[]): void {
  client.middlewareStack.add((next, { commandName = '' }) => (args) => {
    sent.push(commandName);
    return next(args);
  });
}
