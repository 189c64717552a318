import { accountId, queueArn, queuePath, topicArn } from '../account.ts';

/** What the physical names of a resource follow from. */
interface Identity {
  readonly name: string;
  readonly region: string;
  readonly origin: string;
}

/** How AWS names resources of one type: what `Ref` and `Fn::GetAtt` yield, and which property holds the name. */
interface ResourceKind {
  readonly nameProperty?: string;
  readonly ref: (identity: Identity) => string;
  readonly attributes: Readonly<Record<string, (identity: Identity) => string>>;
}

const arn =
  (service: string, resource: (name: string) => string = (name) => name) =>
  ({ name, region }: Identity): string =>
    `arn:aws:${service}:${region}:${accountId}:${resource(name)}`;

/** IAM and S3 are not regional. */
const globalArn =
  (service: string, resource: (name: string) => string, account = accountId) =>
  ({ name }: Identity): string =>
    `arn:aws:${service}::${account}:${resource(name)}`;

const nameOf = ({ name }: Identity): string => name;

const queueUrl = ({ name, origin }: Identity): string => `${origin}${queuePath(name)}`;

const tableArn = arn('dynamodb', (name) => `table/${name}`);
const table: ResourceKind = {
  nameProperty: 'TableName',
  ref: nameOf,
  attributes: { Arn: tableArn, StreamArn: arn('dynamodb', (name) => `table/${name}/stream/1`) },
};

/** The suffix that Secrets Manager adds is random there. */
const secretArn = arn('secretsmanager', (name) => `secret:${name}-000000`);

/**
 * The types that Belfry deploys, and those that jobs commonly are given access to.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html "Return values" of each
 */
export const resourceKinds: Readonly<Record<string, ResourceKind>> = {
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: queueUrl,
    attributes: { Arn: ({ name, region }) => queueArn(name, region), QueueName: nameOf, QueueUrl: queueUrl },
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    ref: ({ name, region }) => topicArn(name, region),
    attributes: { TopicArn: ({ name, region }) => topicArn(name, region), TopicName: nameOf },
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    ref: nameOf,
    attributes: { Arn: arn('lambda', (name) => `function:${name}`) },
  },
  'AWS::Lambda::EventSourceMapping': { ref: nameOf, attributes: { Id: nameOf } },
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Scheduler::ScheduleGroup': {
    nameProperty: 'Name',
    ref: nameOf,
    attributes: { Arn: arn('scheduler', (name) => `schedule-group/${name}`) },
  },
  'AWS::Scheduler::Schedule': { nameProperty: 'Name', ref: nameOf, attributes: {} },
  'AWS::CloudWatch::Alarm': {
    nameProperty: 'AlarmName',
    ref: nameOf,
    attributes: { Arn: arn('cloudwatch', (name) => `alarm:${name}`) },
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    ref: nameOf,
    attributes: { Arn: arn('logs', (name) => `log-group:${name}:*`) },
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    ref: nameOf,
    attributes: { Arn: globalArn('iam', (name) => `role/${name}`), RoleId: nameOf },
  },
  'AWS::KMS::Key': { ref: nameOf, attributes: { Arn: arn('kms', (name) => `key/${name}`), KeyId: nameOf } },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    ref: ({ name }) => name.toLowerCase(),
    attributes: {
      Arn: globalArn('s3', (name) => name.toLowerCase(), ''),
      DomainName: ({ name }) => `${name.toLowerCase()}.s3.amazonaws.com`,
    },
  },
  'AWS::SecretsManager::Secret': { nameProperty: 'Name', ref: secretArn, attributes: { Id: secretArn } },
  'AWS::SSM::Parameter': { nameProperty: 'Name', ref: nameOf, attributes: {} },
  'AWS::EC2::VPC': { ref: nameOf, attributes: { VpcId: nameOf } },
  'AWS::EC2::SecurityGroup': { ref: nameOf, attributes: { GroupId: nameOf } },
};
