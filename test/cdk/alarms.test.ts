import { describe, expect, test } from 'vitest';
import { formatMetrics, METRICS } from '../../lib/observe/metrics.ts';
import { epochMs } from '../../lib/units.ts';
import { alarmNamed, jobFile, report, resourcesOf, synth } from './support.ts';

describe('the alarms of a job', () => {
  test('ring for a letter in its dead-letter queue', () => {
    const { Properties } = alarmNamed(synth().template, 'shop-dev-report-dead-letters');

    expect(Properties).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'shop-dev-report-dlq' }],
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
    });
  });

  test('ring for a message that waits longer than its retries explain', () => {
    const { Properties } = alarmNamed(synth().template, 'shop-dev-report-waiting');

    // 5 minutes for the attempt, waits of at most 30 seconds and 1 minute, and half an hour.
    expect(Properties).toMatchObject({
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: 'shop-dev-report' }],
      Threshold: 300 + 30 + 60 + 1800,
    });
  });

  test('ring for a run that comes near its timeout', () => {
    const { Properties } = alarmNamed(synth().template, 'shop-dev-report-slow');

    expect(Properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Duration',
      Dimensions: [{ Name: 'FunctionName', Value: 'shop-dev-report' }],
      Statistic: 'Maximum',
      Threshold: 270_000,
    });
  });

  test('ring for a function that cannot do its work or is not let', () => {
    const { Properties } = alarmNamed(synth().template, 'shop-dev-report-broken');

    const [errors, throttles, sum] = Properties.Metrics;
    expect([errors, throttles].map(({ MetricStat }) => MetricStat.Metric.MetricName)).toEqual(['Errors', 'Throttles']);
    expect(sum.Expression).toBe('FILL(errors, 0) + FILL(throttles, 0)');
    expect(Properties.Metrics.filter(({ ReturnData = true }) => ReturnData)).toEqual([sum]);
  });
});

describe('the shared alarms', () => {
  test.each([
    ['runs-failed', METRICS.runsFailed.name],
    ['runs-missed', METRICS.runsMissed.name],
  ])('%s sums %s by job, over the series that the handler writes', (suffix, metric) => {
    const { Properties } = alarmNamed(synth().template, `shop-dev-${suffix}`);

    const line = JSON.parse(formatMetrics('shop-dev', 'report', epochMs(0), { runsFailed: 1, runsMissed: 1 }));
    const [{ Namespace, Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
    expect(Metrics.map(({ Name }: { Name: string }) => Name)).toContain(metric);
    expect(Properties.Metrics[0].Expression).toBe(
      `SELECT SUM(${metric}) FROM SCHEMA(${Namespace}, ${Dimensions[0].join(', ')}) WHERE Deployment = '${line.Deployment}' GROUP BY Job`,
    );
  });

  test('ring for a due time that EventBridge could not deliver', () => {
    const { Properties } = alarmNamed(synth().template, 'shop-dev-undelivered');

    expect(Properties.Dimensions).toEqual([{ Name: 'QueueName', Value: 'shop-dev-undelivered' }]);
  });
});

describe('every alarm', () => {
  const alarms = () => resourcesOf(synth().template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);

  test('tells the one topic', () => {
    expect(alarms().filter(({ AlarmActions }) => AlarmActions.length !== 1)).toEqual([]);
  });

  test('stays quiet when there is no data, save the one that listens for silence', () => {
    const loud = alarms().filter(({ TreatMissingData }) => TreatMissingData !== 'notBreaching');

    expect(loud.map(({ AlarmName }) => AlarmName)).toEqual(['shop-dev-watchdog-silent']);
  });

  test('says what happened, of what, and what to look at first', () => {
    for (const { AlarmDescription } of alarms()) {
      expect(AlarmDescription).toMatch(/report|shop-dev|contributor in ALARM names the job/);
      expect(AlarmDescription).toContain('Look first');
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });
});

test('names of jobs stand in no alarm of another deployment', () => {
  const names = resourcesOf(synth({ stage: 'prod', jobs: [jobFile(report)] }).template, 'AWS::CloudWatch::Alarm');

  expect(names.filter(({ Properties }) => !Properties.AlarmName.startsWith('shop-prod-'))).toEqual([]);
});
