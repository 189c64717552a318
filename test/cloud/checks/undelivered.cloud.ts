import { ulid } from 'ulid';
import { expect } from 'vitest';
import { check, cloud } from '../support/check.ts';
import { CheckSchedules, dueSoon, once } from '../support/schedules.ts';

const schedules = new CheckSchedules(cloud);

check(
  'a due time that cannot be delivered becomes a dead letter in the delivery queue, with its scheduled time',
  async (observe) => {
    const due = dueSoon(cloud);
    const mark = ulid();
    const { Arn: deliveryQueue } = await schedules.targetOf('undelivered');
    const { Arn, RoleArn } = await schedules.targetOf('probe-zone');
    const name = await schedules.create({
      ScheduleExpression: once(due, 'UTC'),
      Target: {
        Arn: Arn.replace(/probe-zone$/, 'nowhere'),
        RoleArn,
        Input: JSON.stringify({ mark, scheduledTime: '<aws.scheduler.scheduled-time>' }),
        DeadLetterConfig: { Arn: deliveryQueue },
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      },
    });
    try {
      const deadLetter = await cloud.receive('undelivered', ({ Body }) => Body?.includes(mark) ?? false, 300);
      await cloud.delete('undelivered', deadLetter);

      const text = (attribute: string) => deadLetter.MessageAttributes?.[attribute]?.StringValue;
      expect(Date.parse(text('SCHEDULED_TIME') ?? '')).toBe(due.getTime());
      expect(text('SCHEDULE_ARN')).toMatch(new RegExp(`:schedule/${cloud.prefix}/${name}$`));
      expect(text('ERROR_CODE')).toBeTruthy();
      observe('SCHEDULED_TIME of a dead letter', text('SCHEDULED_TIME'));
      observe('ERROR_CODE of a dead letter', text('ERROR_CODE'));
      observe('the attributes of a dead letter', Object.keys(deadLetter.MessageAttributes ?? {}).sort());
      observe(
        '<aws.scheduler.scheduled-time> in the body of a dead letter',
        JSON.parse(deadLetter.Body ?? '{}').scheduledTime,
      );
    } finally {
      await schedules.delete(name);
    }
  },
);
