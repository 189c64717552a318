import type { AlarmMetric, AlarmModel, AlarmQuery } from '../../../lib/local/assembly/index.ts';
import { seconds } from '../../../lib/units.ts';

export const TOPIC = 'arn:aws:sns:us-east-1:000000000000:app-dev-alerts';

/** More than 0 in one period of five minutes, missing data being fine: as most of Belfry's alarms. */
export const alarmModel = (queries: readonly AlarmQuery[], overrides: Partial<AlarmModel> = {}): AlarmModel => ({
  name: 'app-dev-alarm',
  description: 'Look first at the log.',
  queries,
  threshold: 0,
  comparison: 'GreaterThanThreshold',
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  treatMissingData: 'notBreaching',
  actionsEnabled: true,
  actions: { ALARM: [TOPIC], OK: [], INSUFFICIENT_DATA: [] },
  unknown: [],
  ...overrides,
});

export const metricQuery = (metric: Partial<AlarmMetric>, id = 'metric', returnsData = true): AlarmQuery => ({
  id,
  returnsData,
  kind: 'metric',
  metric: {
    namespace: 'AWS/Lambda',
    name: 'Errors',
    dimensions: { FunctionName: 'app-dev-job' },
    statistic: 'Sum',
    period: seconds(300),
    ...metric,
  },
});

export const expressionQuery = (expression: string): AlarmQuery => ({
  id: 'result',
  returnsData: true,
  kind: 'expression',
  expression,
  period: seconds(300),
});

/** Metric math over two metrics of a function. */
export const math = (expression: string): readonly AlarmQuery[] => [
  metricQuery({ name: 'Errors' }, 'errors', false),
  metricQuery({ name: 'Throttles' }, 'throttles', false),
  expressionQuery(expression),
];

export const functionErrors = metricQuery({ name: 'Errors' });

/** A metric of Belfry's own. */
export const belfryMetric = (name: string, dimensions: AlarmMetric['dimensions']): AlarmQuery =>
  metricQuery({ namespace: 'Belfry', name, dimensions });

/** As lib/cdk/alarms.ts deploys it: nothing heard of the watchdog's function for 15 minutes. */
export const watchdogSilent = alarmModel(
  [
    metricQuery({ name: 'Invocations', dimensions: { FunctionName: 'app-dev-watchdog' } }, 'invocations', false),
    metricQuery({ name: 'Errors', dimensions: { FunctionName: 'app-dev-watchdog' } }, 'errors', false),
    expressionQuery('FILL(invocations, 0) - FILL(errors, 0)'),
  ],
  {
    name: 'app-dev-watchdog-silent',
    threshold: 1,
    comparison: 'LessThanThreshold',
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissingData: 'breaching',
  },
);

export const deadLettersWaiting = metricQuery({
  namespace: 'AWS/SQS',
  name: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName: 'app-dev-job-dlq' },
  statistic: 'Maximum',
  period: seconds(60),
});
