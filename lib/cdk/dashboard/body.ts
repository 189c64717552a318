import type { JobNames, StageNames } from '../../job/names.ts';
import {
  durations,
  durationsByJob,
  lastFailures,
  lastMissed,
  overJobs,
  runsByJob,
  runsByOutcome,
  startDelays,
} from './queries.ts';
import {
  alarms,
  layOut,
  logChart,
  type MetricChartProps,
  metricChart,
  type PlacedWidget,
  table,
  text,
  type Widget,
} from './widgets.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html */
export const MAX_LOG_GROUPS = 50;
/** Alarms of one widget. */
export const MAX_ALARMS = 100;
/** Lines of one chart: CloudWatch takes 500, too many to read. */
export const MAX_LINES = 100;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
export const MAX_METRICS = 2_500;
export const MAX_WIDGETS = 500;

/** What a dashboard shows. */
export interface DashboardContent {
  readonly stage: string;
  readonly names: StageNames;
  /** In the order in which they are listed. */
  readonly jobs: readonly DashboardJob[];
  readonly watchdog: DashboardJob;
  /** The names of all queues, by what a message in them means. */
  readonly queues: { readonly deadLetters: readonly string[]; readonly waiting: readonly string[] };
  /** ARNs, in the order in which they are shown. */
  readonly alarms: readonly string[];
  readonly region: string;
}

export interface DashboardJob {
  readonly name: string;
  readonly names: JobNames;
}

export interface DashboardBody {
  /** Of the time that is shown first. */
  readonly start: string;
  readonly periodOverride: 'inherit';
  readonly widgets: readonly PlacedWidget[];
}

/**
 * The body of a stage's dashboard: alarms first, then all jobs together, queues, each job, and single runs. A query over more
 * than 50 log groups, and a chart with more than 100 lines, is split by jobs.
 */
export function dashboardBody(content: DashboardContent): DashboardBody {
  const parts = split(content.jobs, MAX_LOG_GROUPS - 1);
  const rows: readonly (readonly Widget[])[] = [
    [text(introduction(content))],
    ...split(content.alarms, MAX_ALARMS).map((arns, index, all) => [alarms(numbered('Alarms', index, all), arns)]),
    ...parts.map((jobs) => chartsOfRuns(content, jobs)),
    ...chartsOfQueues(content),
    ...parts.map((jobs) => tablesByJob(content, jobs)),
    ...split(content.jobs, MAX_LINES).map((jobs) => [functionDurations(content, jobs)]),
    ...parts.map((jobs) => tablesOfRuns(content, jobs)),
  ];
  return { start: '-P1D', periodOverride: 'inherit', widgets: layOut(rows) };
}

/** Why CloudWatch would refuse it. */
export function tooLarge({ widgets }: DashboardBody, { stage, jobs }: DashboardContent): readonly string[] {
  const metrics = widgets.flatMap(({ properties }) =>
    Array.isArray(properties.metrics) ? properties.metrics : [],
  ).length;
  if (metrics <= MAX_METRICS && widgets.length <= MAX_WIDGETS) return [];
  return [
    `infra/stages.ts: stage "${stage}": the dashboard of ${jobs.length} jobs has ${widgets.length} widgets and ${metrics} metrics; CloudWatch takes ${MAX_WIDGETS} and ${MAX_METRICS}. Leave out dashboard, or deploy some of the jobs as another app`,
  ];
}

const introduction = ({ names: { prefix }, stage }: DashboardContent): string =>
  [
    `## Scheduled jobs of ${prefix}`,
    `A due time that no calendar leaves out ends as completed, failed, skipped or missed. \`npx belfry show '<run id>' --stage ${stage}\` prints what became of a run.`,
  ].join('\n\n');

function chartsOfRuns(content: DashboardContent, jobs: readonly DashboardJob[]): readonly Widget[] {
  const of = logWidget(content, jobs);
  return [
    logChart({ ...of('Runs by outcome, each hour', runsByOutcome()), stacked: true }),
    logChart({ ...of('Duration of completed runs in seconds, median and p95', durations()), stacked: false }),
    logChart({ ...of('Start after the due time in seconds, median, p95 and longest', startDelays()), stacked: false }),
  ];
}

function tablesByJob(content: DashboardContent, jobs: readonly DashboardJob[]): readonly Widget[] {
  const of = logWidget(content, jobs);
  return [
    table(of('Runs by job', runsByJob())),
    table(of('Duration and start delay by job, in seconds', durationsByJob())),
  ];
}

function tablesOfRuns(content: DashboardContent, jobs: readonly DashboardJob[]): readonly Widget[] {
  const of = logWidget(content, jobs);
  return [table(of('Runs that failed last', lastFailures())), table(of('Due times missed last', lastMissed()))];
}

/** The watchdog's log has what it reports of every job: its lines about these jobs are among the query's. */
function logWidget({ jobs: all, watchdog, region }: DashboardContent, jobs: readonly DashboardJob[]) {
  const groups = [...jobs, watchdog].map(({ names }) => names.logGroup);
  const own = jobs.map(({ name }) => name);
  return (title: string, query: string) => ({
    title: titled(title, jobs, all),
    region,
    query: overJobs(query, groups, own),
  });
}

/** Side by side: what has failed for good, and what waits. */
function chartsOfQueues({ queues, names, region }: DashboardContent): readonly (readonly Widget[])[] {
  const ofQueues = { region, namespace: 'AWS/SQS', dimension: 'QueueName', stat: 'Maximum' } as const;
  const charts = (
    found: readonly string[],
    chart: Omit<MetricChartProps, keyof typeof ofQueues | 'lines'>,
  ): readonly Widget[] =>
    split(found, MAX_LINES).map((part, index, parts) => {
      const lines = part.map((value) => ({ value, label: value.slice(names.prefix.length + 1) }));
      return metricChart({ ...ofQueues, ...chart, lines, title: numbered(chart.title, index, parts) });
    });
  const left = charts(queues.deadLetters, {
    title: 'Dead letters',
    metric: 'ApproximateNumberOfMessagesVisible',
    unit: 'messages',
  });
  const right = charts(queues.waiting, {
    title: 'Age of the oldest message that waits or runs',
    metric: 'ApproximateAgeOfOldestMessage',
    unit: 'seconds',
  });
  return left.map((widget, index) => [widget, ...right.slice(index, index + 1)]);
}

const functionDurations = ({ jobs: all, region }: DashboardContent, jobs: readonly DashboardJob[]): Widget =>
  metricChart({
    title: titled('Duration of invocations by job, p95', jobs, all),
    ...{ region, namespace: 'AWS/Lambda', metric: 'Duration', dimension: 'FunctionName', stat: 'p95' },
    unit: 'milliseconds',
    lines: jobs.map(({ name, names }) => ({ value: names.function, label: name })),
  });

/** Of a widget that is about a part of the jobs, which. */
const titled = (title: string, jobs: readonly DashboardJob[], all: readonly DashboardJob[]): string =>
  jobs.length === all.length ? title : `${title}: ${jobs[0]?.name} to ${jobs.at(-1)?.name}`;

const numbered = (title: string, index: number, all: readonly unknown[]): string =>
  all.length === 1 ? title : `${title}, ${index + 1} of ${all.length}`;

function split<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
