import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { listenToAlerts } from '../support/alert-listener.ts';
import { check, cloud } from '../support/check.ts';

const cloudwatch = new CloudWatchClient(cloud.config);

/** CloudWatch sees a queue's metrics minutes late, those of an idle queue up to 15; emulators see them at once. */
const ALARM_WITHIN_S = 400;

check('alarms over one metric are there, and tell the topic', async () => {
  const alarm = await describe('probe-retry-dead-letters');

  expect(alarm).toMatchObject({
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: `${cloud.prefix}-probe-retry-dlq` }],
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'ignore',
  });
  expect(alarm?.AlarmActions).toEqual([expect.stringMatching(new RegExp(`:${cloud.prefix}-alerts$`))]);
});

check('alarms over several metrics are there', async () => {
  const alarm = await describe('probe-retry-failed');

  expect(alarm?.Metrics).toContainEqual(expect.objectContaining({ Expression: 'FILL(errors, 0) + FILL(failed, 0)' }));
  const silent = await describe('watchdog-silent');
  expect(silent?.Metrics).toHaveLength(3);
});

check('an alarm that goes on tells the topic', async () => {
  const AlarmName = `${cloud.prefix}-probe-token-slow`;

  await expectAlarm(AlarmName, async () => {
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'a check' }));
  });
});

check('a dead letter turns its alarm on, and the topic is told', async () => {
  await offAlready('probe-dead-letter', 2);

  await expectAlarm(`${cloud.prefix}-probe-dead-letter-dead-letters`, () => failOnce('probe-dead-letter'));

  // For the next time: as long as a dead letter lies there, the alarm is on.
  await cloud.sqs.send(new PurgeQueueCommand({ QueueUrl: await cloud.queueUrl('probe-dead-letter-dlq') }));
});

check('a failed run turns on the alarm that all jobs share', async () => {
  await offAlready('probe-alarm', 16);

  await expectAlarm(`${cloud.prefix}-runs-failed`, () => failOnce('probe-alarm'));
});

async function describe(name: string) {
  const AlarmNames = [`${cloud.prefix}-${name}`];
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames }));
  return MetricAlarms[0];
}

async function failOnce(job: string): Promise<void> {
  await cloud.reaches(await cloud.request(job), 'failed');
}

/** Waits until an earlier failure of the job, seen by an earlier suite, is this long ago: its alarm is off by then. */
async function offAlready(job: string, minutes: number): Promise<void> {
  const failedAt = (await cloud.records(job, '')).at(-1)?.['finishedAt'] ?? 0;
  const isLongAgo = () => Date.now() - failedAt > minutes * 60_000;
  await cloud.eventually(`${minutes} minutes after the last failure`, isLongAgo, (minutes + 1) * 60);
}

/** Does what turns an alarm on, and waits until the topic hears of it. */
async function expectAlarm(name: string, provoke: () => Promise<void>): Promise<void> {
  const alerts = await listenToAlerts(cloud);
  try {
    await provoke();

    const { message } = await alerts.hears(`${name} in ALARM`, (alert) => turnsOn(alert.message, name), ALARM_WITHIN_S);

    expect(JSON.parse(message)).toMatchObject({ AlarmName: name, NewStateValue: 'ALARM' });
  } finally {
    await alerts.close();
  }
}

function turnsOn(message: string, name: string): boolean {
  if (!message.startsWith('{')) return false;
  const { AlarmName, NewStateValue } = JSON.parse(message) as Readonly<Record<string, unknown>>;
  return AlarmName === name && NewStateValue === 'ALARM';
}
