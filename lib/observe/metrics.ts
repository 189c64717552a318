import type { EpochMs, Milliseconds } from '../units.ts';

/** The CloudWatch namespace of every metric that Belfry writes itself. */
export const METRIC_NAMESPACE = 'Belfry';

/** The one set of dimensions: more sets would be more custom metrics to pay for. */
export const METRIC_DIMENSIONS = ['Deployment', 'Job'] as const;

/**
 * All custom metrics. The first two are written for every run of a stage with `metrics: { durations: true }`, the others only
 * when they happen: custom metrics are the dearest part of a small scheduler.
 */
export const METRICS = {
  runDuration: { name: 'RunDuration', unit: 'Milliseconds' },
  startDelay: { name: 'StartDelay', unit: 'Milliseconds' },
  runsFailed: { name: 'RunsFailed', unit: 'Count' },
  runsSkipped: { name: 'RunsSkipped', unit: 'Count' },
  runsMissed: { name: 'RunsMissed', unit: 'Count' },
  runsWaiting: { name: 'RunsWaiting', unit: 'Count' },
} as const;

export type Metric = keyof typeof METRICS;

/** Metrics that count what happens; the others measure how long it takes. */
export type CountMetric = { [Name in Metric]: (typeof METRICS)[Name]['unit'] extends 'Count' ? Name : never }[Metric];

export type MetricValues = Partial<Record<Metric, number | Milliseconds>>;

/**
 * One line in CloudWatch's embedded metric format: written to standard output, it becomes metrics.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function formatMetrics(deployment: string, job: string, at: EpochMs, values: MetricValues): string {
  const written = Object.entries(values) as [Metric, number][];
  return JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [METRIC_DIMENSIONS],
          Metrics: written.map(([metric]) => ({ Name: METRICS[metric].name, Unit: METRICS[metric].unit })),
        },
      ],
    },
    Deployment: deployment,
    Job: job,
    ...Object.fromEntries(written.map(([metric, value]) => [METRICS[metric].name, value])),
  });
}
