import { type EpochMs, epochMs } from '../../units.ts';
import { parseObject } from '../parse-object.ts';
import type { Sample } from './metric-store.ts';

/**
 * The metrics within a line of a function's log, if it is one in the embedded metric format.
 *
 * A line that breaks the format's rules is only a line, as in CloudWatch.
 *
 * @param receivedAt for lines without a time of their own
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function readEmbeddedMetrics(line: string, receivedAt: EpochMs): readonly Sample[] {
  // Most lines are no JSON at all, or JSON of another kind: not worth the parsing.
  const document = line.includes('"_aws"') ? parseObject(line) : undefined;
  if (document === undefined || !isObject(document._aws)) return [];
  const { Timestamp, CloudWatchMetrics } = document._aws;
  const at = typeof Timestamp === 'number' ? epochMs(Timestamp) : receivedAt;
  return listOf(CloudWatchMetrics).flatMap((directive) => readDirective(directive, document, at));
}

/** Every metric once for each of the sets of dimensions. */
function readDirective(directive: unknown, document: Document, at: EpochMs): readonly Sample[] {
  if (!isObject(directive) || typeof directive.Namespace !== 'string') return [];
  const namespace = directive.Namespace;
  const sets = listOf(directive.Dimensions).map((names) => dimensionsOf(listOf(names), document));
  return listOf(directive.Metrics).flatMap((metric) => {
    const name = isObject(metric) ? metric.Name : undefined;
    if (typeof name !== 'string') return [];
    const values = [document[name]].flat().filter((value) => typeof value === 'number');
    return sets.flatMap((dimensions) => values.map((value) => ({ namespace, name, dimensions, value, at })));
  });
}

const dimensionsOf = (names: readonly unknown[], document: Document): Record<string, string> =>
  Object.fromEntries(names.map((name) => [String(name), String(document[String(name)] ?? '')]));

type Document = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
