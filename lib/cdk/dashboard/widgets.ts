/** A widget of a dashboard before it has its place. */
export interface Widget {
  readonly type: 'text' | 'alarm' | 'log' | 'metric';
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A widget in the grid. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export interface PlacedWidget extends Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const COLUMNS = 24;
const CHART_HEIGHT = 6;
const TABLE_HEIGHT = 8;

/** One row below the other; the widgets of a row share its width. */
export function layOut(rows: readonly (readonly Widget[])[]): readonly PlacedWidget[] {
  const placed: PlacedWidget[] = [];
  let y = 0;
  for (const row of rows) {
    const width = Math.floor(COLUMNS / row.length);
    placed.push(...row.map((widget, index) => ({ ...widget, x: index * width, y, width })));
    y += Math.max(0, ...row.map(({ height }) => height));
  }
  return placed;
}

export const text = (markdown: string): Widget => ({ type: 'text', height: 2, properties: { markdown } });

/** The states of alarms, those that changed last first. */
export const alarms = (title: string, arns: readonly string[]): Widget => ({
  type: 'alarm',
  height: 2 + Math.ceil(arns.length / 6),
  properties: { title, alarms: arns, sortBy: 'stateUpdatedTimestamp' },
});

export interface LogWidgetProps {
  readonly title: string;
  readonly region: string;
  readonly query: string;
}

/** Lines of a query as a table. */
export const table = (properties: LogWidgetProps): Widget => ({
  type: 'log',
  height: TABLE_HEIGHT,
  properties: { view: 'table', ...properties },
});

/** What a query counts or measures, over time. */
export const logChart = (properties: LogWidgetProps & { readonly stacked: boolean }): Widget => ({
  type: 'log',
  height: CHART_HEIGHT,
  properties: { view: 'timeSeries', ...properties },
});

export interface MetricChartProps {
  readonly title: string;
  readonly region: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimension: string;
  readonly stat: string;
  /** What the axis says: the unit. */
  readonly unit: string;
  /** The value of the dimension, and what the line is called. */
  readonly lines: readonly { readonly value: string; readonly label: string }[];
}

/** One of AWS's metrics, a line for each value of its dimension. */
export const metricChart = ({ title, region, stat, unit, lines, ...metric }: MetricChartProps): Widget => ({
  type: 'metric',
  height: CHART_HEIGHT,
  properties: {
    view: 'timeSeries',
    ...{ title, region, stat },
    period: 300,
    yAxis: { left: { label: unit, min: 0, showUnits: false } },
    metrics: lines.map(({ value, label }) => [metric.namespace, metric.metric, metric.dimension, value, { label }]),
  },
});
