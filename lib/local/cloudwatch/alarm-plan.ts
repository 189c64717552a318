import {
  type EpochMs,
  epochMs,
  HOUR,
  type Milliseconds,
  milliseconds,
  type Seconds,
  seconds,
  toMilliseconds,
} from '../../units.ts';
import type { AlarmMetric, AlarmModel, AlarmQuery } from '../assembly/models.ts';
import { awsMetrics } from './aws-metrics.ts';
import { comparisons, missingDataTreatments } from './judge.ts';
import { compileMath, type Formula, idsIn } from './metric-math.ts';
import { type Dimensions, type MetricStore, type Statistic, statistics, type Window } from './metric-store.ts';
import { isInsightsQuery, parseInsightsQuery } from './metrics-insights.ts';
import { UnsupportedAlarmError } from './unsupported-alarm-error.ts';

/** One value for each evaluation period, the newest first; undefined where there is no data. */
export type Datapoints = readonly (number | undefined)[];

/** What an alarm looks at. */
export interface Observation {
  /** The dimensions of a contributor; empty for an alarm that is about one thing only. */
  readonly contributor: Dimensions;
  readonly datapoints: Datapoints;
}

/** An alarm that can be evaluated. */
export interface AlarmPlan {
  readonly model: AlarmModel;
  /** Whether it has contributors, each with a state of its own. */
  readonly isGrouped: boolean;
  /** Values of dimensions by which a person knows what it is about. */
  readonly about: readonly string[];
  /** Its evaluation periods together. */
  readonly span: Milliseconds;
  /** How far back its data may lie. */
  readonly lookback: Milliseconds;
  observe(store: MetricStore, now: EpochMs): readonly Observation[];
}

/** A series without data for so long is no contributor any more. */
const insightsSight = milliseconds(3 * HOUR);

/** @throws UnsupportedAlarmError for an alarm of a kind that Belfry does not deploy */
export function planAlarm(model: AlarmModel): AlarmPlan {
  if (model.unknown.length > 0)
    throw new UnsupportedAlarmError(`the embedded cloud does not know ${model.unknown.join(', ')}`);
  if (!(model.comparison in comparisons)) throw unknownWord('ComparisonOperator', model.comparison);
  if (!(model.treatMissingData in missingDataTreatments)) throw unknownWord('TreatMissingData', model.treatMissingData);

  const subject = model.queries.find(({ returnsData }) => returnsData);
  if (subject === undefined) throw new UnsupportedAlarmError('none of its metrics returns data');
  const isInsights = subject.kind === 'expression' && isInsightsQuery(subject.expression);
  return isInsights ? planInsights(model, subject.expression, subject.period) : planMath(model, subject);
}

/** A single metric is the simplest formula. */
function planMath(model: AlarmModel, subject: AlarmQuery): AlarmPlan {
  const sources = new Map(model.queries.map((query) => [query.id, sourceOf(query)]));
  checkIds(model);
  const metrics = model.queries.flatMap((query) => (query.kind === 'metric' ? [query.metric] : []));
  const [period, ...otherPeriods] = new Set(metrics.map((metric) => metric.period));
  if (period === undefined || otherPeriods.length > 0) {
    throw new UnsupportedAlarmError('its metrics must be of one period; here they are of several, or there is none');
  }
  const valueIn = (store: MetricStore, window: Window) => {
    const lookUp = (id: string): number | undefined => sources.get(id)?.(store, window, lookUp);
    return lookUp(subject.id);
  };
  const span = spanOf(model, period);
  return {
    model,
    isGrouped: false,
    about: [...new Set(metrics.flatMap(({ dimensions }) => Object.values(dimensions)))],
    span,
    lookback: span,
    observe: (store, now) => [
      { contributor: {}, datapoints: windows(model, period, now).map((window) => valueIn(store, window)) },
    ],
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

type Source = (store: MetricStore, window: Window, lookUp: Parameters<Formula>[0]) => number | undefined;

function sourceOf(query: AlarmQuery): Source {
  if (query.kind === 'expression') {
    const formula = compileMath(query.expression);
    return (_store, _window, lookUp) => formula(lookUp);
  }
  const statistic = checkMetric(query.metric);
  return (store, window) => store.compute(store.find(query.metric), statistic, window);
}

function checkMetric({ namespace, name, dimensions, statistic }: AlarmMetric): Statistic {
  checkSource(namespace, name, Object.keys(dimensions));
  return statistics.find((known) => known === statistic) ?? raise(unknownWord('Statistic', statistic));
}

/** Of AWS's own metrics only a few are here; what jobs write themselves may come at any time. */
function checkSource(namespace: string, name: string, dimensions: readonly string[]): void {
  const aws = awsMetrics[namespace];
  const isHere =
    aws === undefined ? !namespace.startsWith('AWS/') : aws.names.includes(name) && dimensions.join() === aws.dimension;
  if (isHere) return;
  const by = dimensions.join(', ') || 'no dimension';
  throw new UnsupportedAlarmError(`the embedded cloud has no metric ${namespace} ${name} by ${by}`);
}

function planInsights(model: AlarmModel, expression: string, period: Seconds = seconds(60)): AlarmPlan {
  const { namespace, metric, dimensions, statistic, selects, groupOf, isGrouped } = parseInsightsQuery(expression);
  checkSource(namespace, metric, dimensions);
  const observe = (store: MetricStore, now: EpochMs): readonly Observation[] => {
    const sight: Window = { from: epochMs(now - insightsSight), to: now };
    const alive = store.select(selects).filter((series) => store.compute([series], 'SampleCount', sight) !== undefined);
    const groups = new Map(alive.map((series) => [JSON.stringify(groupOf(series)), groupOf(series)]));
    return [...groups].map(([key, contributor]) => {
      const members = alive.filter((series) => JSON.stringify(groupOf(series)) === key);
      const values = windows(model, period, now).map((window) => store.compute(members, statistic, window));
      return { contributor, datapoints: values };
    });
  };
  const span = spanOf(model, period);
  const nothing = Array.from({ length: model.evaluationPeriods }, () => undefined);
  return {
    model,
    isGrouped,
    about: [],
    span,
    lookback: milliseconds(Math.max(insightsSight, span)),
    observe: (store, now) => {
      const observed = observe(store, now);
      return isGrouped || observed.length > 0 ? observed : [{ contributor: {}, datapoints: nothing }];
    },
  };
}

const spanOf = ({ evaluationPeriods }: AlarmModel, period: Seconds): Milliseconds =>
  milliseconds(toMilliseconds(period) * evaluationPeriods);

/** They slide: the newest ends now, wherever in a minute now is. */
const windows = ({ evaluationPeriods }: AlarmModel, period: Seconds, now: EpochMs): readonly Window[] =>
  Array.from({ length: evaluationPeriods }, (_, index) => ({
    from: epochMs(now - toMilliseconds(period) * (index + 1)),
    to: epochMs(now - toMilliseconds(period) * index),
  }));

const unknownWord = (property: string, value: string): UnsupportedAlarmError =>
  new UnsupportedAlarmError(`the embedded cloud does not know the ${property} "${value}"`);

function raise(error: Error): never {
  throw error;
}
