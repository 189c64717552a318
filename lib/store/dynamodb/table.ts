import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ItemKey } from './keys.ts';
import { toUpdateItem, type Update } from './update.ts';

export type Item = Readonly<Record<string, unknown>>;

export type UpdateResult =
  | { readonly applied: true; readonly item: Item }
  /** The condition failed. `item` is what stands there; `undefined` when nothing does. */
  | { readonly applied: false; readonly item: Item | undefined };

/** The one table, by single-item conditional updates and consistent reads: all that Belfry's protocol uses. */
export class Table {
  /** For queries, which each store makes in its own way. */
  readonly client: DynamoDBClient;
  readonly name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.client = client;
    this.name = name;
  }

  /** A condition that fails is an answer. @throws every other error of the SDK, unchanged */
  async update(update: Update): Promise<UpdateResult> {
    try {
      const { Attributes } = await this.client.send(new UpdateItemCommand(toUpdateItem(this.name, update)));
      return { applied: true, item: unmarshall(Attributes ?? {}) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // DynamoDB hands the item over with the refusal; dynalite does not.
      // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
      const item = error.Item === undefined ? await this.get(update.key) : unmarshall(error.Item);
      return { applied: false, item };
    }
  }

  async get(key: ItemKey): Promise<Item | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.name, Key: marshall(key), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : unmarshall(Item);
  }
}
