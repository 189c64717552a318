import { DeleteItemCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { TABLE } from '../../store/dynamodb/keys.ts';
import { type EpochMs, toEpochSeconds } from '../../units.ts';

/**
 * Deletes the items whose time is over, as DynamoDB does within a few days. Else a job that runs every minute makes
 * each start and each end slower than the one before. To be called while nothing runs.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export async function deleteExpired(client: DynamoDBClient, table: string, now: EpochMs): Promise<void> {
  const keyNames: readonly string[] = [TABLE.partitionKey, TABLE.sortKey];
  const pages = paginateScan(
    { client },
    {
      TableName: table,
      FilterExpression: '#expiry < :now',
      ExpressionAttributeNames: { '#expiry': TABLE.timeToLive },
      ExpressionAttributeValues: { ':now': { N: String(toEpochSeconds(now)) } },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keyNames.includes(name)));
      await client.send(new DeleteItemCommand({ TableName: table, Key }));
    }
  }
}
