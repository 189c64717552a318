import { MINUTE, milliseconds, seconds } from '../../units.ts';
import { UnresolvedPropertyError } from './errors.ts';
import type { AlarmMetric, AlarmModel, AlarmQuery, AlarmWarmUp } from './models.ts';
import type { Resource } from './resource.ts';
import { isObject } from './template.ts';

/** The properties that are read, and those that make no difference to the evaluation. */
const known: ReadonlySet<string> = new Set([
  ...[
    'AlarmName',
    'AlarmDescription',
    'ActionsEnabled',
    'AlarmActions',
    'OKActions',
    'InsufficientDataActions',
    'Tags',
  ],
  ...['Namespace', 'MetricName', 'Dimensions', 'Statistic', 'ExtendedStatistic', 'Period', 'Unit', 'Metrics'],
  ...['Threshold', 'ComparisonOperator', 'EvaluationPeriods', 'DatapointsToAlarm', 'TreatMissingData'],
  'WarmUpConfiguration',
]);

/**
 * An alarm that nothing here understands, or that refers to what the embedded cloud does not have, is no
 * reason not to start; it is handed on with what is unknown of it, for somebody to be told.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-alarm.html
 */
export function readAlarm(resource: Resource): AlarmModel {
  const unknown = resource.propertyNames.filter((property) => !known.has(property));
  if (unknown.length > 0) return unreadable(resource, unknown);
  try {
    const evaluationPeriods = resource.optionalNumber('EvaluationPeriods') ?? 1;
    return {
      name: resource.name,
      description: resource.optionalText('AlarmDescription') ?? '',
      queries: readQueries(resource),
      threshold: resource.number('Threshold'),
      comparison: resource.text('ComparisonOperator'),
      evaluationPeriods,
      datapointsToAlarm: resource.optionalNumber('DatapointsToAlarm') ?? evaluationPeriods,
      treatMissingData: resource.optionalText('TreatMissingData') ?? 'missing',
      ...readWarmUp(resource),
      actionsEnabled: resource.boolean('ActionsEnabled', true),
      actions: {
        ALARM: resource.texts('AlarmActions'),
        OK: resource.texts('OKActions'),
        INSUFFICIENT_DATA: resource.texts('InsufficientDataActions'),
      },
      unknown,
    };
  } catch (error) {
    if (!(error instanceof UnresolvedPropertyError)) throw error;
    return unreadable(resource, [error.message]);
  }
}

/** An alarm made of others. Belfry deploys none. */
export const readCompositeAlarm = (resource: Resource): AlarmModel => unreadable(resource, ['AlarmRule']);

function unreadable(resource: Resource, unknown: readonly string[]): AlarmModel {
  const name = resource.raw('AlarmName');
  return {
    name: typeof name === 'string' ? name : resource.logicalId,
    description: '',
    queries: [],
    threshold: Number.NaN,
    comparison: '',
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'missing',
    actionsEnabled: false,
    actions: { ALARM: [], OK: [], INSUFFICIENT_DATA: [] },
    unknown,
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_WarmUpConfiguration.html */
function readWarmUp(resource: Resource): { readonly warmUp?: AlarmWarmUp } {
  const given = resource.get('WarmUpConfiguration');
  if (given === undefined) return {};
  const { WarmUpPeriodDurationInMinutes: length, OnlyStartEvaluatingAfterWarmUpPeriodEnds: isWhole = false } = isObject(
    given,
  )
    ? given
    : {};
  const duration = milliseconds(Number(length) * MINUTE);
  if (!(duration > 0)) throw resource.error('WarmUpConfiguration', `${JSON.stringify(given)} has no duration`);
  return { warmUp: { duration, isWhole: String(isWhole) === 'true' } };
}

function readQueries(resource: Resource): readonly AlarmQuery[] {
  const metrics = resource.get('Metrics');
  if (Array.isArray(metrics)) return metrics.map((query) => readQuery(query, resource));
  const metric: AlarmMetric = {
    namespace: resource.text('Namespace'),
    name: resource.text('MetricName'),
    dimensions: readDimensions(resource.get('Dimensions')),
    statistic: resource.optionalText('Statistic') ?? resource.text('ExtendedStatistic'),
    period: seconds(resource.number('Period')),
  };
  return [{ id: 'metric', returnsData: true, kind: 'metric', metric }];
}

function readQuery(query: unknown, resource: Resource): AlarmQuery {
  if (!isObject(query)) throw resource.error('Metrics', `${JSON.stringify(query)} is no query`);
  const { Id, ReturnData, Expression, Period, MetricStat } = query;
  const common = { id: String(Id), returnsData: ReturnData === undefined || String(ReturnData) === 'true' };
  if (Expression !== undefined) {
    const period = Period === undefined ? {} : { period: seconds(Number(Period)) };
    return { ...common, kind: 'expression', expression: String(Expression), ...period };
  }
  const { Metric, Stat, Period: period } = isObject(MetricStat) ? MetricStat : {};
  if (!isObject(Metric))
    throw resource.error('Metrics', `the query "${String(Id)}" has neither a metric nor an expression`);
  const metric: AlarmMetric = {
    namespace: String(Metric.Namespace),
    name: String(Metric.MetricName),
    dimensions: readDimensions(Metric.Dimensions),
    statistic: String(Stat),
    period: seconds(Number(period)),
  };
  return { ...common, kind: 'metric', metric };
}

const readDimensions = (dimensions: unknown): Record<string, string> =>
  Object.fromEntries(
    (Array.isArray(dimensions) ? dimensions : []).map(({ Name, Value }) => [String(Name), String(Value)]),
  );
