import { CfnOutput, Tags, Validations } from 'aws-cdk-lib';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { readDuration } from '../job/duration.ts';
import { type Deployment, type StageNames, stageNames } from '../job/names.ts';
import { type AlertSettings, channelsOf } from '../job/stages.ts';
import { createSharedAlarms } from './alarms.ts';
import { AlertTopic } from './alert-topic.ts';
import { createQueue, requireTls } from './queues.ts';
import { RunTable } from './run-table.ts';
import type { DeploymentSettings } from './settings.ts';
import { type AlarmChannels, type Surroundings, sharedArns } from './surroundings.ts';

/** Creates what the jobs of a deployment share: table, topic, delivery queue, schedule group and their alarms. */
export function createSharedResources(
  scope: Construct,
  { deployment, stage }: Pick<DeploymentSettings, 'deployment' | 'stage'>,
): SharedResources {
  const names = stageNames(deployment);
  const { isProtected = false, alerts, alertKey, logRetention } = stage;
  const hasStream = alerts?.eventBridge !== undefined;
  const table = new RunTable(scope, 'Table', { tableName: names.table, isProtected, hasStream });
  const topic = new AlertTopic(scope, 'Alerts', { names, keyArn: alertKey });
  const undelivered = createQueue(scope, 'DeliveryQueue', { queueName: names.deliveryQueue });
  requireTls(scope, [undelivered]);
  const reason = "It is a dead-letter queue itself, of EventBridge Scheduler's, which needs no redrive policy for that";
  Validations.of(undelivered).acknowledge(
    { id: 'AwsSolutions-SQS3', reason },
    { id: 'Serverless-SQSRedrivePolicy', reason },
  );
  const scheduleGroup = new CfnScheduleGroup(scope, 'ScheduleGroup', { name: names.scheduleGroup });
  const channels = alarmChannels(scope, names, alerts);
  createSharedAlarms({ scope, prefix: names.prefix, topicArn: topic.arn, channels }, names.deliveryQueue);
  new CfnOutput(scope, 'AlertTopicArn', { value: topic.arn, description: 'Subscribe to it to hear of failures' });
  new CfnOutput(scope, 'TableName', { value: table.resource.ref, description: 'The records of all runs' });
  tag(scope, deployment);
  const kept = { logRetention: readDuration(logRetention), alertKey };
  return { deployment, names, scheduleGroup, ...kept, channels, table, topic };
}

/** What the jobs share, with what the alerts function is connected to. */
export interface SharedResources extends Surroundings {
  readonly table: RunTable;
  readonly topic: AlertTopic;
}

function alarmChannels(scope: Construct, names: StageNames, alerts: AlertSettings = {}): AlarmChannels | undefined {
  const channels = channelsOf(alerts);
  if (channels.length === 0) return undefined;
  return channels.includes('email') ? { mailTopicArn: sharedArns(scope, names).mailTopic } : {};
}

/**
 * Tags a construct, and all below it, with app and stage. IAM's tag keys are case-insensitive, so a plain `stage` would meet a
 * company's `Stage` on every role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules_creating
 */
export function tag(construct: Construct, deployment: Deployment): void {
  for (const [key, value] of Object.entries(deployment)) Tags.of(construct).add(`belfry:${key}`, value);
}
