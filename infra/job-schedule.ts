import { CfnSchedule, type CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { CheckedSchedule } from '../lib/job/check-schedules.ts';
import { scheduleNames } from '../lib/job/names.ts';
import { scheduleTargetInput } from '../lib/run/message.ts';

export interface JobScheduleProps {
  readonly schedule: CheckedSchedule;
  readonly group: CfnScheduleGroup;
  readonly groupName: string;
  readonly queueArn: string;
  readonly deliveryQueueArn: string;
  readonly roleArn: string;
}

/** AWS's own defaults, said aloud: what cannot be delivered for a day becomes a letter in the delivery queue. */
const DELIVERY = { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 86_400 } as const;

/** One entry of `infra/schedules.ts`: one schedule of EventBridge, or two for cron in which either day field may match. */
export class JobSchedule extends Construct {
  constructor(scope: Construct, id: string, props: JobScheduleProps) {
    super(scope, id);
    const { schedule, group, groupName, queueArn, deliveryQueueArn, roleArn } = props;
    const names = scheduleNames(schedule.id, schedule.expressions.length);
    for (const [index, scheduleExpression] of schedule.expressions.entries()) {
      const resource = new CfnSchedule(this, index === 0 ? 'Resource' : `Resource${index + 1}`, {
        name: names[index] ?? schedule.id,
        groupName,
        description: `${schedule.job}: ${schedule.source}`.slice(0, 512),
        scheduleExpression,
        scheduleExpressionTimezone: schedule.timezone,
        state: schedule.enabled ? 'ENABLED' : 'DISABLED',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: queueArn,
          roleArn,
          input: scheduleTargetInput({ job: schedule.job, schedule: schedule.id, input: schedule.input }),
          deadLetterConfig: { arn: deliveryQueueArn },
          retryPolicy: DELIVERY,
        },
      });
      resource.addResourceDependency(group);
    }
  }
}
