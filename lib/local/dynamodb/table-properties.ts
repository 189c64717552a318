interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

interface SecondaryIndex {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: { readonly ProjectionType?: string; readonly NonKeyAttributes?: readonly string[] };
}

/** The properties of an `AWS::DynamoDB::Table` that make a difference here. The others are ignored. */
export interface TableProperties {
  readonly TableName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly SecondaryIndex[];
  readonly LocalSecondaryIndexes?: readonly SecondaryIndex[];
}

export interface TableDescription extends TableProperties {
  readonly TableStatus: string;
}

/** On demand, whatever the template says: nothing here has a capacity. */
export const toCreateTable = (properties: TableProperties): object =>
  structuredClone({
    TableName: properties.TableName,
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    ...(properties.GlobalSecondaryIndexes?.length && {
      GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes.map(toIndex),
    }),
    ...(properties.LocalSecondaryIndexes?.length && {
      LocalSecondaryIndexes: properties.LocalSecondaryIndexes.map(toIndex),
    }),
  });

/** Without the capacity of the index. */
const toIndex = ({ IndexName, KeySchema, Projection }: SecondaryIndex) => ({ IndexName, KeySchema, Projection });

/** Whether two tables have the same keys and indexes, in whatever order they are listed. */
export const hasSameShape = (one: TableProperties, other: TableProperties): boolean => shapeOf(one) === shapeOf(other);

function shapeOf({ KeySchema, GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] }: TableProperties): string {
  const indexes = (kind: string, all: readonly SecondaryIndex[]) =>
    all.map(({ IndexName, KeySchema: keys, Projection }) => {
      const attributes = [...(Projection.NonKeyAttributes ?? [])].sort().join();
      return `${kind} ${IndexName}(${keysOf(keys)}) ${Projection.ProjectionType} ${attributes}`;
    });
  const parts = [...indexes('global', GlobalSecondaryIndexes), ...indexes('local', LocalSecondaryIndexes)];
  return [keysOf(KeySchema), ...parts.sort()].join('\n');
}

const keysOf = (keys: readonly KeySchemaElement[]): string =>
  keys
    .map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`)
    .sort()
    .join();
