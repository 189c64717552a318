import { type EpochMs, epochMs, type Milliseconds, milliseconds, toMilliseconds } from '../../units.ts';
import type { AlarmMetric, AlarmModel, AlarmQuery } from '../assembly/models.ts';
import { awsMetrics } from './aws-metrics.ts';
import { comparisons, judge, missingDataTreatments } from './judge.ts';
import { compileMath, type Formula, idsIn } from './metric-math.ts';
import { type MetricStore, type Statistic, statistics, type Window } from './metric-store.ts';
import { UnsupportedAlarmError } from './unsupported-alarm-error.ts';

/** One value for each period of the evaluation range, the newest first; undefined where there is no data. */
export type Datapoints = readonly (number | undefined)[];

/** An alarm that can be evaluated. */
export interface AlarmPlan {
  readonly model: AlarmModel;
  /** Values of dimensions by which a person knows what it is about. */
  readonly about: readonly string[];
  /** Its evaluation periods together. */
  readonly span: Milliseconds;
  /** How far back its data may lie. */
  readonly range: Milliseconds;
  /** Whether it is in ALARM where no metric has a value. */
  readonly ringsForSilence: boolean;
  observe(store: MetricStore, now: EpochMs): Datapoints;
}

/**
 * How many periods CloudWatch reads beyond those that it evaluates, for the case that some have no data. Its documents give
 * one example, five for three.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
const EXTRA_PERIODS = 2;

/** @throws UnsupportedAlarmError for an alarm of a kind that Belfry does not deploy */
export function planAlarm(model: AlarmModel): AlarmPlan {
  if (model.unknown.length > 0)
    throw new UnsupportedAlarmError(`the embedded cloud does not know ${model.unknown.join(', ')}`);
  if (!(model.comparison in comparisons)) throw unknownWord('ComparisonOperator', model.comparison);
  if (!(model.treatMissingData in missingDataTreatments)) throw unknownWord('TreatMissingData', model.treatMissingData);

  const subject = model.queries.find(({ returnsData }) => returnsData);
  if (subject === undefined) throw new UnsupportedAlarmError('none of its metrics returns data');
  checkIds(model);
  const metrics = model.queries.flatMap((query) => (query.kind === 'metric' ? [query.metric] : []));
  const period = periodOf(metrics);
  const sources = new Map(model.queries.map((query) => [query.id, sourceOf(query)]));
  const valueIn = (window?: { readonly store: MetricStore; readonly window: Window }) => {
    const lookUp = (id: string): number | undefined => sources.get(id)?.(window, lookUp);
    return lookUp(subject.id);
  };
  const periods = model.evaluationPeriods + EXTRA_PERIODS;
  const silence = Array.from({ length: periods }, () => valueIn());
  return {
    model,
    about: [...new Set(metrics.flatMap(({ dimensions }) => Object.values(dimensions)))],
    span: milliseconds(period * model.evaluationPeriods),
    range: milliseconds(period * periods),
    ringsForSilence: judge(model, silence, 'OK').state === 'ALARM',
    // The windows slide: the newest ends now, wherever in a minute now is.
    observe: (store, now) =>
      Array.from({ length: periods }, (_, index) => {
        const to = epochMs(now - period * index);
        return valueIn({ store, window: { from: epochMs(to - period), to } });
      }),
  };
}

/** An id of nothing would count as a metric without data, which filled with 0 is for ever OK. */
function checkIds({ queries }: AlarmModel): void {
  const ids = new Set(queries.map(({ id }) => id));
  const used = queries.flatMap((query) => (query.kind === 'expression' ? idsIn(query.expression) : []));
  const unknown = used.filter((id) => !ids.has(id));
  if (unknown.length > 0)
    throw new UnsupportedAlarmError(`its expression refers to ${unknown.join(', ')}, which it has no metric for`);
}

function periodOf(metrics: readonly AlarmMetric[]): Milliseconds {
  const [period, ...others] = new Set(metrics.map((metric) => metric.period));
  if (period === undefined || others.length > 0) {
    throw new UnsupportedAlarmError('its metrics must be of one period; here they are of several, or there is none');
  }
  return toMilliseconds(period);
}

/** The value of a query in a window, or where there is no data at all. */
type Source = (
  at: { readonly store: MetricStore; readonly window: Window } | undefined,
  lookUp: Parameters<Formula>[0],
) => number | undefined;

function sourceOf(query: AlarmQuery): Source {
  if (query.kind === 'expression') {
    const formula = compileMath(query.expression);
    return (_at, lookUp) => formula(lookUp);
  }
  const { metric } = query;
  const statistic = checkMetric(metric);
  return (at) => at?.store.compute(metric, statistic, at.window);
}

/** Of AWS's own metrics only a few are here; what jobs write themselves may come at any time. */
function checkMetric({ namespace, name, dimensions, statistic }: AlarmMetric): Statistic {
  const aws = awsMetrics[namespace];
  const names = Object.keys(dimensions);
  const isHere =
    aws === undefined ? !namespace.startsWith('AWS/') : aws.names.includes(name) && names.join() === aws.dimension;
  if (!isHere) {
    const by = names.join(', ') || 'no dimension';
    throw new UnsupportedAlarmError(`the embedded cloud has no metric ${namespace} ${name} by ${by}`);
  }
  const known = statistics.find((each) => each === statistic);
  if (known === undefined) throw unknownWord('Statistic', statistic);
  return known;
}

const unknownWord = (property: string, value: string): UnsupportedAlarmError =>
  new UnsupportedAlarmError(`the embedded cloud does not know the ${property} "${value}"`);
