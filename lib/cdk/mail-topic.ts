import { Validations } from 'aws-cdk-lib';
import { CfnSubscription, CfnTopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { StageNames } from '../job/names.ts';
import { allowAlarms } from './alert-topic.ts';

export interface MailTopicProps {
  readonly names: StageNames;
  /** Of the alert topic's key, which encrypts these messages too. */
  readonly keyArn: string;
  readonly addresses: readonly string[];
}

/**
 * What is published here is mailed to each address. The alerts function publishes to it, and alarms that report that this
 * function, or the watchdog, is broken.
 */
export class MailTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { names, keyArn, addresses }: MailTopicProps) {
    super(scope, id);
    const topic = new CfnTopic(this, 'Resource', {
      topicName: names.mailTopic,
      displayName: names.prefix,
      kmsMasterKeyId: keyArn,
    });
    this.arn = topic.ref;
    allowAlarms(this, this.arn);
    for (const address of addresses) this.subscribe(address);
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
}
