import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { TABLE } from '../../lib/store/dynamodb/keys.ts';

/** A table as the deployment makes it, and a client that reaches it. */
export interface TestTable {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Credentials that sign, for whoever does not look at them. */
export const DUMMY_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** How long a table may take to become ACTIVE: AWS makes it behind the answer, others at once. */
const SECONDS_TO_ACTIVE = 60;

/**
 * A table of a fresh name at any DynamoDB endpoint, deleted by `close`.
 *
 * The environment wins, as the SDK reads it: `AWS_REGION`, otherwise us-east-1, and the credentials that come with
 * `AWS_ACCESS_KEY_ID`, otherwise dummies.
 *
 * @throws the SDK's error when the endpoint makes no table, and the waiter's when it takes longer than a minute over it
 */
export async function openTestTable(endpoint: string): Promise<TestTable> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_REGION: region = 'us-east-1' } = process.env;
  const credentials = accessKeyId === undefined ? { credentials: DUMMY_CREDENTIALS } : {};
  const client = new DynamoDBClient({ endpoint, region, ...credentials });
  const table = `belfry-test-${randomUUID()}`;
  await createTable(client, table);
  await waitUntilTableExists({ client, maxWaitTime: SECONDS_TO_ACTIVE, minDelay: 1 }, { TableName: table });
  return {
    client,
    table,
    endpoint,
    async close() {
      await client.send(new DeleteTableCommand({ TableName: table }));
      client.destroy();
    },
  };
}

/** Asks for a table with the keys and the index of the deployment's. It may not be there yet when this returns. */
export async function createTable(client: DynamoDBClient, table: string): Promise<void> {
  const { partitionKey, sortKey, openIndex } = TABLE;
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [partitionKey, sortKey, openIndex.partitionKey, openIndex.sortKey].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: openIndex.name,
          KeySchema: [
            { AttributeName: openIndex.partitionKey, KeyType: 'HASH' },
            { AttributeName: openIndex.sortKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
}
