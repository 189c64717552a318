import type { Dimensions, Series, Statistic } from './metric-store.ts';
import { UnsupportedAlarmError } from './unsupported-alarm-error.ts';

/** A Metrics Insights query: which series it takes, how it groups them. */
export interface InsightsQuery {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: readonly string[];
  readonly statistic: Statistic;
  readonly selects: (series: Series) => boolean;
  /** The values of the dimensions grouped by; empty without `GROUP BY`. */
  readonly groupOf: (series: Series) => Dimensions;
  readonly isGrouped: boolean;
}

const functions: Readonly<Record<string, Statistic>> = {
  SUM: 'Sum',
  AVG: 'Average',
  MIN: 'Minimum',
  MAX: 'Maximum',
  COUNT: 'SampleCount',
};

const name = String.raw`(?:"[^"]+"|[\w/.-]+)`;
const condition = String.raw`${name}\s*!?=\s*'[^']*'`;
const pattern = new RegExp(
  [
    String.raw`^\s*SELECT\s+(?<function>SUM|AVG|MIN|MAX|COUNT)\s*\(\s*(?<metric>${name})\s*\)`,
    String.raw`\s+FROM\s+SCHEMA\s*\(\s*(?<schema>${name}(?:\s*,\s*${name})*)\s*\)`,
    String.raw`(?:\s+WHERE\s+(?<where>${condition}(?:\s+AND\s+${condition})*))?`,
    String.raw`(?:\s+GROUP\s+BY\s+(?<group>${name}(?:\s*,\s*${name})*))?\s*$`,
  ].join(''),
  'i',
);

export const isInsightsQuery = (expression: string): boolean => /^\s*SELECT\s/i.test(expression);

/**
 * Reads `SELECT SUM(m) FROM SCHEMA(namespace, d, …) [WHERE d = 'v' [AND …]] [GROUP BY d, …]`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 * @throws UnsupportedAlarmError for anything else
 */
export function parseInsightsQuery(expression: string): InsightsQuery {
  const parts = pattern.exec(expression)?.groups;
  const statistic = functions[parts?.function?.toUpperCase() ?? ''];
  if (parts === undefined || statistic === undefined) {
    throw new UnsupportedAlarmError(
      `the embedded cloud does not evaluate the query ${expression}; it knows SELECT function(metric) FROM SCHEMA(…) WHERE … AND … GROUP BY …`,
    );
  }
  const [namespace = '', ...dimensions] = namesIn(parts.schema);
  const [metric = ''] = namesIn(parts.metric);
  const conditions = conditionsIn(parts.where);
  const groupedBy = namesIn(parts.group);
  return {
    namespace,
    metric,
    dimensions,
    statistic,
    selects: (series) =>
      series.namespace === namespace &&
      series.name === metric &&
      hasExactly(series.dimensions, dimensions) &&
      conditions.every(({ key, value, isEqual }) => (series.dimensions[key] === value) === isEqual),
    groupOf: ({ dimensions: values }) => Object.fromEntries(groupedBy.map((key) => [key, values[key] ?? ''])),
    isGrouped: groupedBy.length > 0,
  };
}

const namesIn = (list = ''): readonly string[] =>
  (list.match(/"[^"]+"|[^\s,]+/g) ?? []).map((quoted) => quoted.replaceAll('"', ''));

const conditionsIn = (where = '') =>
  [...where.matchAll(new RegExp(String.raw`(${name})\s*(!?=)\s*'([^']*)'`, 'g'))].map(
    ([, key = '', operator, value = '']) => ({ key: key.replaceAll('"', ''), value, isEqual: operator === '=' }),
  );

/** `SCHEMA` takes the series with these dimensions and no others. */
const hasExactly = (dimensions: Dimensions, names: readonly string[]): boolean =>
  Object.keys(dimensions).length === names.length && names.every((key) => Object.hasOwn(dimensions, key));
