import type { EpochMs, Milliseconds } from '../units.ts';

/** The CloudWatch namespace of every metric that Belfry writes itself. */
export const METRIC_NAMESPACE = 'Belfry';

/** A set of dimensions. A value is written once for each set of its metric, and each set is a custom metric to pay for. */
const OF_DEPLOYMENT = ['Deployment'] as const;
const OF_JOB = [...OF_DEPLOYMENT, 'Job'] as const;

/** A custom metric. */
export interface MetricRow {
  readonly name: string;
  readonly unit: 'Count' | 'Milliseconds';
  /** The sets of dimensions under which it is written. */
  readonly dimensions: readonly (readonly string[])[];
}

/** Measures of every run, in stages that ask for them. */
export const DURATIONS = {
  runDuration: { name: 'RunDuration', unit: 'Milliseconds', dimensions: [OF_JOB] },
  startDelay: { name: 'StartDelay', unit: 'Milliseconds', dimensions: [OF_JOB] },
} as const satisfies Readonly<Record<string, MetricRow>>;

/** What a job's function counts; its bundle has no other metrics. */
export const RUN_COUNTS = {
  runsFailed: { name: 'RunsFailed', unit: 'Count', dimensions: [OF_DEPLOYMENT, OF_JOB] },
  runsSkipped: { name: 'RunsSkipped', unit: 'Count', dimensions: [OF_JOB] },
} as const satisfies Readonly<Record<string, MetricRow>>;

const WATCHDOG_COUNTS = {
  runsMissed: { name: 'RunsMissed', unit: 'Count', dimensions: [OF_DEPLOYMENT] },
  /** Written by each pass of the watchdog that finds runs which wait for longer than their job's retries explain. */
  runsWaiting: { name: 'RunsWaiting', unit: 'Count', dimensions: [OF_DEPLOYMENT] },
} as const satisfies Readonly<Record<string, MetricRow>>;

/**
 * All custom metrics. Counts are written only when something happens: custom metrics are the dearest part of a small scheduler.
 * What a shared alarm counts is of the deployment, since an alarm over one plain metric finds it however long it was silent.
 */
export const METRICS: typeof DURATIONS & typeof RUN_COUNTS & typeof WATCHDOG_COUNTS = /* @__PURE__ */ Object.assign(
  {},
  DURATIONS,
  RUN_COUNTS,
  WATCHDOG_COUNTS,
);

export type Metric = keyof typeof METRICS;

/** Metrics that count what happens; the others measure how long it takes. */
export type CountMetric = { [Name in Metric]: (typeof METRICS)[Name]['unit'] extends 'Count' ? Name : never }[Metric];

export type MetricValues = Partial<Record<Metric, number | Milliseconds>>;

/** A value of a metric. */
export type MetricValue = readonly [metric: MetricRow, value: number];

/**
 * One line in CloudWatch's embedded metric format: written to standard output, it becomes metrics. The line names the job,
 * also where a metric's dimensions do not.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function formatMetrics(deployment: string, job: string, at: EpochMs, values: MetricValues): string {
  const written = Object.entries(values) as [Metric, number][];
  return formatMetricLine(
    at,
    { Deployment: deployment, Job: job },
    written.map(([metric, value]) => [METRICS[metric], value]),
  );
}

/** The same, for code that must not have all metrics in its bundle. */
export function formatMetricLine(
  at: EpochMs,
  dimensions: { readonly Deployment: string; readonly Job: string },
  values: readonly MetricValue[],
): string {
  return JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: values.map(([{ name: Name, unit: Unit, dimensions: Dimensions }]) => ({
        Namespace: METRIC_NAMESPACE,
        Dimensions,
        Metrics: [{ Name, Unit }],
      })),
    },
    ...dimensions,
    ...Object.fromEntries(values.map(([{ name }, value]) => [name, value])),
  });
}
