import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { ItemKey } from './keys.ts';

/** One conditional UpdateItem, with names and values in the open instead of placeholders. */
export interface Update {
  readonly key: ItemKey;
  /** Attributes and the expression each is set to: `{ attempt: 'attempt + :one' }`. */
  readonly set: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  readonly condition: string;
  /** Values by name, without the colon. `undefined` inside a value is left out. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Sets each attribute to the value of its own name. */
export const assign = (fields: object): Update['set'] =>
  Object.fromEntries(Object.keys(fields).map((name) => [name, `:${name}`]));

/**
 * Turns attribute names into placeholders, every one of them, since DynamoDB reserves 573 words and
 * `status`, `owner`, `result` and `error` are among them or may become so.
 */
export function toUpdateItem(table: string, update: Update): UpdateItemCommandInput {
  const names: Record<string, string> = {};
  const place = (expression: string): string =>
    expression.replace(/(?<![:\w])(?!(?:AND|OR|NOT|IN)\b)[a-z]\w*(?!\w*\()/gi, (name) => {
      names[`#${name}`] = name;
      return `#${name}`;
    });
  const sets = Object.entries(update.set).map(([name, expression]) => `${place(name)} = ${place(expression)}`);
  const removes = (update.remove ?? []).map(place);
  return {
    TableName: table,
    Key: marshall(update.key),
    UpdateExpression: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
    ConditionExpression: place(update.condition),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: marshall(
      Object.fromEntries(Object.entries(update.values).map(([name, value]) => [`:${name}`, value])),
      { removeUndefinedValues: true, convertTopLevelContainer: false },
    ),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}
