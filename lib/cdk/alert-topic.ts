import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { StageNames } from '../job/names.ts';

export interface AlertTopicProps {
  readonly names: StageNames;
  /** Addresses to subscribe. */
  readonly email: readonly string[];
  /** The ARN of a key of the user's. @default a key of the topic's own */
  readonly keyArn: string | undefined;
}

/** Where alarms and failed runs are told. Others subscribe to it: a chat channel, a pager. */
export class AlertTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { names, email, keyArn }: AlertTopicProps) {
    super(scope, id);
    const topic = new CfnTopic(this, 'Resource', {
      topicName: names.alertTopic,
      displayName: names.prefix,
      kmsMasterKeyId: keyArn ?? this.createKey(names).keyArn,
    });
    this.arn = topic.ref;
    this.createPolicy();
    for (const address of email) this.subscribe(address);
  }

  /** Named after the address: SNS keeps one subscription an address, so one that moved in the list would be deleted. */
  private subscribe(address: string): void {
    const subscription = new CfnSubscription(this, `Email-${address}`, {
      topicArn: this.arn,
      protocol: 'email',
      endpoint: address,
    });
    Validations.of(subscription).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason: 'A mail that bounces is lost, but not what it reports: the alarm stays on and the run has its record',
    });
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

  private createPolicy(): void {
    const statements = [
      new PolicyStatement({
        sid: 'AlarmsMayPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.arn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      new PolicyStatement({
        sid: 'RequireTls',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['sns:Publish'],
        resources: [this.arn],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ];
    new CfnTopicPolicy(this, 'Policy', {
      topics: [this.arn],
      policyDocument: { Version: '2012-10-17', Statement: statements.map((statement) => statement.toStatementJson()) },
    });
  }
}
