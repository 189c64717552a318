import { CfnSchedule, type CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { CheckedSchedule } from '../app/checked-schedule.ts';
import type { StageNames } from '../job/names.ts';
import { namedExpressions } from '../job/schedule-names.ts';
import { scheduleTargetInput } from '../run/message.ts';
import { DAY, MINUTE, type Milliseconds, milliseconds, toSeconds } from '../units.ts';

export interface JobScheduleProps {
  readonly schedule: CheckedSchedule;
  readonly group: CfnScheduleGroup;
  readonly names: StageNames;
  readonly queueArn: string;
  readonly deliveryQueueArn: string;
  readonly roleArn: string;
}

/**
 * AWS's own default, the most there is: the maximum lateness ends the attempts, and what then is not delivered becomes a
 * dead letter in the delivery queue. After an error that is permanent there is no further attempt.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
const MAX_ATTEMPTS = 185;

/**
 * One entry of `infra/schedules.ts`: one schedule of EventBridge, or two for cron in which either day field may match.
 * Without a StartDate: the service refuses one that is more than five minutes past, so a template with one could be deployed
 * once only.
 */
export class JobSchedule extends Construct {
  constructor(scope: Construct, id: string, props: JobScheduleProps) {
    super(scope, id);
    const { schedule, group, names, queueArn, deliveryQueueArn, roleArn } = props;
    const { spread, maxLateness } = schedule.policy;
    for (const [index, { name, expression }] of namedExpressions(names.prefix, schedule).entries()) {
      const resource = new CfnSchedule(this, index === 0 ? 'Resource' : `Resource${index + 1}`, {
        name,
        groupName: names.scheduleGroup,
        description: `${schedule.job}: ${schedule.source}`.slice(0, 512),
        scheduleExpression: expression,
        scheduleExpressionTimezone: schedule.timezone,
        state: schedule.enabled ? 'ENABLED' : 'DISABLED',
        flexibleTimeWindow:
          spread === 0 ? { mode: 'OFF' } : { mode: 'FLEXIBLE', maximumWindowInMinutes: spread / MINUTE },
        target: {
          arn: queueArn,
          roleArn,
          input: scheduleTargetInput({ job: schedule.job, schedule: schedule.id, input: schedule.input }),
          deadLetterConfig: { arn: deliveryQueueArn },
          retryPolicy: {
            maximumRetryAttempts: MAX_ATTEMPTS,
            maximumEventAgeInSeconds: greatestAge(maxLateness, spread),
          },
        },
      });
      resource.addResourceDependency(group);
    }
  }
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html */
const MAX_AGE = DAY;

/** AWS does not say whether an event ages from its due time or from when it is fired within a flexible window. */
const greatestAge = (maxLateness: Milliseconds, spread: Milliseconds): number =>
  toSeconds(milliseconds(Math.min(MAX_AGE, maxLateness + spread)));
