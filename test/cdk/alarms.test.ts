import { describe, expect, test } from 'vitest';
import { defineJob } from '../../lib/entry/belfry.ts';
import { formatMetrics, type MetricValues } from '../../lib/observe/metrics.ts';
import { epochMs } from '../../lib/units.ts';
import { alarmNamed, jobFile, report, resourcesOf, synth } from './support.ts';

describe('the alarms of a job', () => {
  test('are three', () => {
    const names = resourcesOf(synth().template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);

    expect(names.filter((name: string) => name.startsWith('shop-dev-report-')).sort()).toEqual([
      'shop-dev-report-dead-letters',
      'shop-dev-report-failed',
      'shop-dev-report-slow',
    ]);
  });

  test('ring for a message in its dead-letter queue, and keep their state while SQS sends no metrics of it', () => {
    const { Properties } = alarmNamed(synth().template, 'shop-dev-report-dead-letters');

    expect(Properties).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'shop-dev-report-dlq' }],
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      TreatMissingData: 'ignore',
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

  test('ring for a function that fails and for a run that failed for good, in a series that the handler writes', () => {
    const { Properties } = alarmNamed(synth().template, 'shop-dev-report-failed');

    const [errors, failed, sum] = Properties.Metrics;
    expect(errors.MetricStat.Metric).toEqual({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: 'shop-dev-report' }],
    });
    expect(written({ runsFailed: 1 })).toContainEqual(failed.MetricStat.Metric);
    expect(sum.Expression).toBe('FILL(errors, 0) + FILL(failed, 0)');
    expect(Properties.Metrics.filter(({ ReturnData = true }) => ReturnData)).toEqual([sum]);
  });

  test.each([
    { timeout: '1 minute', functionTimeout: 80, periods: 2 },
    { timeout: '2 minutes', functionTimeout: 140, periods: 2 },
    { timeout: '160 seconds', functionTimeout: 180, periods: 2 },
    { timeout: '161 seconds', functionTimeout: 181, periods: 3 },
    { timeout: '5 minutes', functionTimeout: 320, periods: 3 },
    { timeout: '10 minutes', functionTimeout: 620, periods: 4 },
    { timeout: '14 minutes', functionTimeout: 860, periods: 5 },
  ] as const)('look back beyond the start of the longest invocation: $timeout', (row) => {
    const job = defineJob('report', { timeout: row.timeout, run() {} });
    const { template } = synth({ jobs: [jobFile(job)], schedules: {} });

    const periods = { EvaluationPeriods: row.periods, DatapointsToAlarm: 1 };
    expect(alarmNamed(template, 'shop-dev-report-failed').Properties).toMatchObject(periods);
    expect(alarmNamed(template, 'shop-dev-report-slow').Properties).toMatchObject({ ...periods, Period: 300 });
    // The metrics of an invocation have their place in time where it began, and are there two minutes after its end.
    expect((row.periods - 1) * 300).toBeGreaterThanOrEqual(row.functionTimeout + 120);
  });
});

describe('the shared alarms', () => {
  test.each([
    ['runs-failed', 'runsFailed'],
    ['runs-missed', 'runsMissed'],
    ['runs-waiting', 'runsWaiting'],
  ] as const)('%s counts a plain metric of the deployment, in a series that is written', (suffix, metric) => {
    const { Properties } = alarmNamed(synth().template, `shop-dev-${suffix}`);

    const { Namespace, MetricName, Dimensions } = Properties;
    expect(Properties).toMatchObject({ Statistic: 'Sum', Period: 300, Threshold: 0, EvaluationPeriods: 1 });
    expect(Dimensions).toEqual([{ Name: 'Deployment', Value: 'shop-dev' }]);
    expect(written({ [metric]: 1 })).toContainEqual({ Namespace, MetricName, Dimensions });
  });

  test('ring for a due time that EventBridge could not deliver', () => {
    const { Properties } = alarmNamed(synth().template, 'shop-dev-undelivered');

    expect(Properties.Dimensions).toEqual([{ Name: 'QueueName', Value: 'shop-dev-undelivered' }]);
    expect(Properties.TreatMissingData).toBe('ignore');
  });
});

/** The metrics that a line of the handler becomes in CloudWatch. */
function written(values: MetricValues) {
  const line = JSON.parse(formatMetrics('shop-dev', 'report', epochMs(0), values));
  const directives: readonly Directive[] = line._aws.CloudWatchMetrics;
  return directives.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name: MetricName }) =>
      Dimensions.map((names) => ({
        Namespace,
        MetricName,
        Dimensions: names.map((Name) => ({ Name, Value: line[Name] })),
      })),
    ),
  );
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

describe('every alarm', () => {
  const alarms = () => resourcesOf(synth().template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  const namesOf = (some: readonly { readonly AlarmName: string }[]) => some.map(({ AlarmName }) => AlarmName).sort();

  test('notifies the one topic', () => {
    expect(alarms().filter(({ AlarmActions }) => AlarmActions.length !== 1)).toEqual([]);
  });

  test('is off when there is no data, save on queues that sleep and on silence', () => {
    const others = alarms().filter(({ TreatMissingData }) => TreatMissingData !== 'notBreaching');

    expect(namesOf(others)).toEqual([
      'shop-dev-report-dead-letters',
      'shop-dev-undelivered',
      'shop-dev-watchdog-silent',
    ]);
  });

  test('says what happened, of what, what to look at first and how soon it rings', () => {
    for (const { AlarmDescription } of alarms()) {
      expect(AlarmDescription).toMatch(/report|shop-dev/);
      expect(AlarmDescription).toContain('Look first');
      expect(AlarmDescription).toMatch(/Rings (usually within|within|15 minutes to) \d+ minutes after/);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  test('fits into its description for the longest of names', () => {
    const name = 'a'.repeat(38);
    const deployment = { app: 'a'.repeat(12), stage: 'b'.repeat(12) };
    const job = defineJob(name, { timeout: '14 minutes', run() {} });
    const { template } = synth({
      ...deployment,
      stages: { [deployment.stage]: {} },
      jobs: [jobFile(job)],
      schedules: {},
    });

    const descriptions = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(
      ({ Properties }) => Properties.AlarmDescription,
    );
    expect(Math.max(...descriptions.map(({ length }: string) => length))).toBeLessThanOrEqual(1024);
  });
});

test('names of jobs stand in no alarm of another deployment', () => {
  const names = resourcesOf(synth({ stage: 'prod', jobs: [jobFile(report)] }).template, 'AWS::CloudWatch::Alarm');

  expect(names.filter(({ Properties }) => !Properties.AlarmName.startsWith('shop-prod-'))).toEqual([]);
});
