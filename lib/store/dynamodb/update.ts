import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { ItemKey } from './keys.ts';

/** One conditional UpdateItem, with names and values in the open instead of placeholders. */
export interface Update {
  readonly key: ItemKey;
  /** Attributes and the expression each is set to: `{ attempt: 'attempt + :one' }`. @default none */
  readonly set?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  /** Sets of texts and the value whose members each gains: `{ asked: ':me' }`. An absent set is made. @default none */
  readonly add?: Readonly<Record<string, string>>;
  /** Sets of texts and the value whose members each loses; a set that becomes empty is removed. @default none */
  readonly delete?: Readonly<Record<string, string>>;
  readonly condition: string;
  /** Values by name, without the colon. `undefined` inside a value is left out; a `Set` is a set of texts. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Attributes whose names are not words, by the placeholder that stands for each: `{ '#pause': 'pause#*' }`. @default none */
  readonly names?: Readonly<Record<string, string>>;
}

/** Sets each attribute to the value of its own name. */
export const assign = (fields: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(fields).map((name) => [name, `:${name}`]));

/**
 * Turns attribute names into placeholders, every one of them, since DynamoDB reserves 573 words and
 * `status`, `owner`, `result` and `error` are among them or may become so.
 */
export function toUpdateItem(table: string, update: Update): UpdateItemCommandInput {
  const names: Record<string, string> = { ...update.names };
  const place = (expression: string): string =>
    expression.replace(/(?<![:#\w])(?!(?:AND|OR|NOT|IN)\b)[a-z]\w*(?!\w*\()/gi, (name) => {
      names[`#${name}`] = name;
      return `#${name}`;
    });
  const clause = (keyword: string, changes: Update['set'] = {}, between = ' '): string[] => {
    const parts = Object.entries(changes).map(([name, expression]) => place(name + between + expression));
    return parts.length > 0 ? [`${keyword} ${parts.join(', ')}`] : [];
  };
  const removed = Object.fromEntries((update.remove ?? []).map((name) => [name, '']));
  return {
    TableName: table,
    Key: marshall(update.key),
    UpdateExpression: [
      ...clause('SET', update.set, ' = '),
      ...clause('REMOVE', removed, ''),
      ...clause('ADD', update.add),
      ...clause('DELETE', update.delete),
    ].join(' '),
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
