import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { TABLE } from '../store/dynamodb/keys.ts';

export interface RunTableProps {
  readonly tableName: string;
  /** Whether the records must survive mistakes: deletion, bad writes, the stack itself. */
  readonly isProtected: boolean;
  /** Whether its changes can be followed, in a stream. */
  readonly hasStream: boolean;
}

/** The one table: records of runs, locks, and the index of runs that something other than a message must remember. */
export class RunTable extends Construct {
  readonly resource: CfnTable;

  constructor(scope: Construct, id: string, { tableName, isProtected, hasStream }: RunTableProps) {
    super(scope, id);
    const text = (attributeName: string) => ({ attributeName, attributeType: 'S' });
    const keys = (partition: string, sort: string) => [
      { attributeName: partition, keyType: 'HASH' },
      { attributeName: sort, keyType: 'RANGE' },
    ];
    const { openIndex } = TABLE;
    // Without sseSpecification: AWS then encrypts with a key that it owns. `sseEnabled: true` would mean the AWS managed key, whose
    // use KMS charges by the call. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    this.resource = new CfnTable(this, 'Resource', {
      tableName,
      billingMode: 'PAY_PER_REQUEST',
      attributeDefinitions: [TABLE.partitionKey, TABLE.sortKey, openIndex.partitionKey, openIndex.sortKey].map(text),
      keySchema: keys(TABLE.partitionKey, TABLE.sortKey),
      globalSecondaryIndexes: [
        {
          indexName: openIndex.name,
          keySchema: keys(openIndex.partitionKey, openIndex.sortKey),
          projection: { projectionType: 'KEYS_ONLY' },
        },
      ],
      timeToLiveSpecification: { attributeName: TABLE.timeToLive, enabled: true },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: isProtected },
      deletionProtectionEnabled: isProtected,
      ...(hasStream ? { streamSpecification: { streamViewType: 'NEW_AND_OLD_IMAGES' } } : {}),
    });
    this.resource.applyRemovalPolicy(isProtected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    if (!isProtected) {
      const reason = 'Only in production are the records worth the price of point-in-time recovery';
      Validations.of(this).acknowledge({ id: 'AwsSolutions-DDB3', reason });
    }
  }
}
