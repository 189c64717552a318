import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { Deployment, StageNames } from '../job/names.ts';
import type { Milliseconds } from '../units.ts';

/** What the jobs of a deployment share. */
export interface Surroundings {
  readonly deployment: Deployment;
  readonly names: StageNames;
  readonly scheduleGroup: CfnScheduleGroup;
  /** How long log lines are kept; absent where each job's records decide. */
  readonly logRetention: Milliseconds | undefined;
  /** The ARN of the user's own key for alerts; absent where the deployment makes one. */
  readonly alertKey: string | undefined;
  /** Where alarms are reported beside the alert topic; absent where no channel is configured. */
  readonly channels: AlarmChannels | undefined;
}

/** Of a stage whose alerts go to channels: its alarms also report that they are over. */
export interface AlarmChannels {
  /** The topic of mails. Absent without addresses. */
  readonly mailTopicArn?: string;
}

/** ARNs of what all jobs share. */
export interface SharedArns {
  readonly table: string;
  readonly alertTopic: string;
  readonly mailTopic: string;
  readonly deliveryQueue: string;
  readonly scheduleGroup: string;
}

/**
 * The ARNs, put together from the names: a reference from the stack of a group to the main stack would
 * become a CloudFormation export, and an export in use cannot change.
 */
export function sharedArns(scope: Construct, names: StageNames): SharedArns {
  const stack = Stack.of(scope);
  return {
    table: stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: names.table }),
    alertTopic: stack.formatArn({ service: 'sns', resource: names.alertTopic }),
    mailTopic: stack.formatArn({ service: 'sns', resource: names.mailTopic }),
    deliveryQueue: queueArn(scope, names.deliveryQueue),
    scheduleGroup: stack.formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: names.scheduleGroup,
    }),
  };
}

/** All keys of the account and region. */
export const keysArn = (scope: Construct): string =>
  Stack.of(scope).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });

export const queueArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({ service: 'sqs', resource: name, arnFormat: ArnFormat.NO_RESOURCE_NAME });
