import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { StageNames } from '../job/names.ts';

export interface AlertTopicProps {
  readonly names: StageNames;
  /** The ARN of a key of the user's. @default a key of the topic's own */
  readonly keyArn: string | undefined;
}

/** Where alarms and alerts are published. The alerts function subscribes to it, and so may others. */
export class AlertTopic extends Construct {
  readonly arn: string;
  readonly keyArn: string;

  constructor(scope: Construct, id: string, { names, keyArn }: AlertTopicProps) {
    super(scope, id);
    this.keyArn = keyArn ?? this.createKey(names).keyArn;
    const topic = new CfnTopic(this, 'Resource', {
      topicName: names.alertTopic,
      displayName: names.prefix,
      kmsMasterKeyId: this.keyArn,
    });
    this.arn = topic.ref;
    allowAlarms(this, this.arn);
  }

  /**
   * A key of our own: SNS drops alarms silently when the topic has its AWS-managed key, which CloudWatch may not use.
   * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
   */
  private createKey({ prefix }: StageNames): Key {
    const key = new Key(this, 'Key', {
      description: `Encrypts the alerts of ${prefix}`,
      enableKeyRotation: true,
      // It encrypts messages on their way; nothing at rest needs it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsMayEncrypt',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        // In a key's policy this is the key itself.
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return key;
  }
}

/** Lets alarms publish to a topic, and no one without TLS. */
export function allowAlarms(scope: Construct, topicArn: string): void {
  const statements = [
    new PolicyStatement({
      sid: 'AlarmsMayPublish',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    new PolicyStatement({
      sid: 'RequireTls',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sns:Publish'],
      resources: [topicArn],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  ];
  new CfnTopicPolicy(scope, 'Policy', {
    topics: [topicArn],
    policyDocument: { Version: '2012-10-17', Statement: statements.map((statement) => statement.toStatementJson()) },
  });
}
