import { type EpochMs, toIso } from '../../units.ts';
import { accountId } from '../account.ts';
import type { AlarmModel, AlarmState } from '../assembly/models.ts';

/** An alarm has gone into another state. */
export interface AlarmChange {
  readonly name: string;
  /** The job it is about; null for an alarm that all jobs share. */
  readonly job: string | null;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly at: EpochMs;
}

/** SNS allows no more. */
const MAX_SUBJECT_LENGTH = 100;

/** What CloudWatch publishes to a topic. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
export function toNotification(change: AlarmChange, model: AlarmModel, region: string) {
  const { name, from, to, reason, at } = change;
  const message = {
    AlarmName: name,
    AlarmDescription: model.description,
    AWSAccountId: accountId,
    NewStateValue: to,
    NewStateReason: reason,
    // CloudWatch's own form of an instant.
    StateChangeTime: toIso(at).replace('Z', '+0000'),
    Region: region,
    AlarmArn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
    OldStateValue: from,
    OKActions: model.actions.OK,
    AlarmActions: model.actions.ALARM,
    InsufficientDataActions: model.actions.INSUFFICIENT_DATA,
  };
  return { subject: `${to}: "${name}" in ${region}`.slice(0, MAX_SUBJECT_LENGTH), message: JSON.stringify(message) };
}
