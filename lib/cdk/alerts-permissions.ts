import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { AlertSettings, SecretReference } from '../job/stages.ts';
import { ALERTS } from '../store/dynamodb/keys.ts';
import type { MailTopic } from './mail-topic.ts';
import type { SharedResources } from './shared-resources.ts';
import { keysArn, sharedArns } from './surroundings.ts';
import { wildcardIn } from './wildcard.ts';

export interface AlertsPermissionsProps {
  readonly alerts: AlertSettings;
  readonly shared: SharedResources;
  readonly queue: CfnQueue | undefined;
  readonly deadLetters: CfnQueue;
  readonly mailTopic: MailTopic | undefined;
}

interface Permissions {
  readonly statements: readonly PolicyStatement[];
  /** Findings of cdk-nag that are right as they are. */
  readonly acknowledged: readonly { readonly id: string; readonly reason: string }[];
}

/** What the alerts function may do: what its channels need, and nothing else. */
export function alertsPermissions(scope: Construct, props: AlertsPermissionsProps): Permissions {
  const { alerts, shared, queue, deadLetters, mailTopic } = props;
  const parts = [
    { statements: [allow(['sqs:SendMessage'], [deadLetters.attrArn])], acknowledged: [] },
    ...(queue === undefined ? [] : [queuePermissions(scope, shared, queue)]),
    ...(mailTopic === undefined ? [] : [mailPermissions(shared, mailTopic)]),
    ...secretPermissions(scope, secretsOf(alerts)),
    ...(alerts.eventBridge === undefined ? [] : [streamPermissions(scope, shared, alerts.eventBridge)]),
  ];
  const acknowledged = parts.flatMap((part) => part.acknowledged);
  return {
    statements: parts.flatMap(({ statements }) => statements),
    acknowledged: acknowledged.filter(({ id }, index) => acknowledged.findIndex((each) => each.id === id) === index),
  };
}

const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>): PolicyStatement =>
  new PolicyStatement({ actions, resources, ...(conditions === undefined ? {} : { conditions }) });

const queuePermissions = (scope: Construct, { names }: SharedResources, queue: CfnQueue): Permissions => ({
  statements: [
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      [queue.attrArn],
    ),
    allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [sharedArns(scope, names).table], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [ALERTS] },
    }),
  ],
  acknowledged: [],
});

const mailPermissions = ({ topic }: SharedResources, { arn }: MailTopic): Permissions => ({
  statements: [
    allow(['sns:Publish'], [arn]),
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [topic.keyArn], {
      StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': arn },
    }),
  ],
  acknowledged: [],
});

const secretsOf = ({ slack, teams, webhook, pagerDuty }: AlertSettings): readonly SecretReference[] =>
  [slack?.url, teams?.url, webhook?.url, webhook?.secret, pagerDuty?.routingKey].filter((each) => each !== undefined);

/** The secrets by name, and the keys that encrypt these and no others. */
function secretPermissions(scope: Construct, references: readonly SecretReference[]): readonly Permissions[] {
  const parameters = arnsOf(references, (each) => ('ssm' in each ? parameterArn(scope, each.ssm) : undefined));
  const secrets = arnsOf(references, (each) => ('ssm' in each ? undefined : secretArn(scope, each.secretsManager)));
  const kinds = [
    { arns: parameters, action: 'ssm:GetParameter', context: 'PARAMETER_ARN', operator: 'StringEquals' },
    { arns: secrets, action: 'secretsmanager:GetSecretValue', context: 'SecretARN', operator: 'StringLike' },
  ];
  return kinds
    .filter(({ arns }) => arns.length > 0)
    .map(({ arns, action, context, operator }) => ({
      statements: [
        allow([action], arns),
        allow(['kms:Decrypt'], [keysArn(scope)], { [operator]: { [`kms:EncryptionContext:${context}`]: arns } }),
      ],
      acknowledged: [
        {
          id: wildcardIn(scope, keysArn(scope)),
          reason: "Keys by what they encrypt: no other key's use has these secrets as its context",
        },
      ],
    }));
}

const arnsOf = (
  references: readonly SecretReference[],
  arnOf: (reference: SecretReference) => string | undefined,
): string[] => [...new Set(references.map(arnOf).filter((arn) => arn !== undefined))];

const parameterArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.replace(/^\//, '') });

/** Secrets Manager adds six characters of its own. */
const secretArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${name}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

function streamPermissions(
  scope: Construct,
  { table }: SharedResources,
  { bus = 'default' }: { readonly bus?: string },
): Permissions {
  const { attrStreamArn } = table.resource;
  return {
    statements: [
      allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [attrStreamArn]),
      // It knows no narrower resource. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
      allow(['dynamodb:ListStreams'], ['*']),
      allow(
        ['events:PutEvents'],
        [Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: bus })],
      ),
    ],
    acknowledged: [
      { id: 'AwsSolutions-IAM5[Resource::*]', reason: 'DynamoDB knows no narrower resource for ListStreams' },
      { id: 'Serverless-LambdaStarPermissions', reason: 'DynamoDB knows no narrower resource for ListStreams' },
    ],
  };
}
