import { CfnOutput, Tags, Validations } from 'aws-cdk-lib';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { type Deployment, stageNames } from '../job/names.ts';
import { createSharedAlarms } from './alarms.ts';
import { AlertTopic } from './alert-topic.ts';
import { createQueue, requireTls } from './queues.ts';
import { RunTable } from './run-table.ts';
import { PRODUCTION } from './stacks.ts';
import type { Surroundings } from './surroundings.ts';

/** Creates what the jobs of a deployment share: table, topic, delivery queue, schedule group and their alarms. */
export function createSharedResources(
  scope: Construct,
  deployment: Deployment,
  email: string | undefined,
): Surroundings {
  const names = stageNames(deployment);
  const table = new RunTable(scope, 'Table', { tableName: names.table, isProtected: deployment.stage === PRODUCTION });
  const topic = new AlertTopic(scope, 'Alerts', { names, email });
  const undelivered = createQueue(scope, 'DeliveryQueue', { queueName: names.deliveryQueue });
  requireTls(scope, [undelivered]);
  const reason = "It is a dead-letter queue itself, of EventBridge Scheduler's, which needs no redrive policy for that";
  Validations.of(undelivered).acknowledge(
    { id: 'AwsSolutions-SQS3', reason },
    { id: 'Serverless-SQSRedrivePolicy', reason },
  );
  const scheduleGroup = new CfnScheduleGroup(scope, 'ScheduleGroup', { name: names.scheduleGroup });
  createSharedAlarms({ scope, prefix: names.prefix, topicArn: topic.arn }, names.deliveryQueue);
  new CfnOutput(scope, 'AlertTopicArn', { value: topic.arn, description: 'Subscribe to it to hear of failures' });
  new CfnOutput(scope, 'TableName', { value: table.resource.ref, description: 'The records of all runs' });
  tag(scope, deployment);
  return { deployment, names, scheduleGroup, alertKeyArn: topic.keyArn };
}

/** Tags a construct, and all below it, with app and stage. */
export function tag(construct: Construct, deployment: Deployment): void {
  for (const [key, value] of Object.entries(deployment)) Tags.of(construct).add(key, value);
}
