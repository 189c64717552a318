import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { TABLE } from './keys.ts';

export interface OpenQuery {
  readonly table: string;
  readonly shard: string;
  /** Excluded; from the first on by default. */
  readonly after?: string;
  readonly until: string;
}

/** Before every time that is written with four digits for the year. */
const FIRST = '0';

/** The sort keys of one shard of the index of open runs, ascending; read page by page as they are asked for. */
export async function* queryOpen(
  client: DynamoDBClient,
  { table, shard, after = FIRST, until }: OpenQuery,
): AsyncIterable<string> {
  const { name, partitionKey, sortKey } = TABLE.openIndex;
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      IndexName: name,
      KeyConditionExpression: `${partitionKey} = :shard AND ${sortKey} BETWEEN :after AND :until`,
      ExpressionAttributeValues: marshall({ ':shard': shard, ':after': after, ':until': until }),
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const row = item[sortKey]?.S;
      if (row !== undefined && row !== after) yield row;
    }
  }
}
