import { readEventBridge } from '../../../lib/cron/index.ts';
import { WATCHDOG } from '../../../lib/job/names.ts';
import { measureDurations } from '../../../lib/observe/duration-metrics.ts';
import { createRunLog, type Measure } from '../../../lib/observe/run-log.ts';
import { milliseconds, plus } from '../../../lib/units.ts';
import { FIRST_STATE, type ScheduleState } from '../../../lib/watchdog/state.ts';
import { DUE, minutes } from '../../support/requests.ts';
import { startedRun } from '../../support/started-run.ts';
import { type Resource, resourcesOf, type Template } from '../support.ts';
import { PASS, PASS_SECONDS, RUN, RUN_SECONDS } from './per-run.ts';
import { add, times, type Usage } from './prices.ts';

const DAYS = 30;
const MONTH = minutes(DAYS * 24 * 60);
/** From midnight, UTC. */
const FIRST = DUE;

/**
 * Where a mapping has a maximum concurrency, Lambda polls an empty queue with five pollers, each every 20 seconds; elsewhere
 * it goes down to two. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const POLLERS = { limited: 5, free: 2 };
const POLLS_A_MONTH = (DAYS * 24 * 60 * 60) / 20;

const PASSES_A_MONTH = DAYS * 24 * 60;
/** Each five minutes the watchdog asks every dead-letter queue for what is in it. */
const DEAD_LETTER_CHECKS = DAYS * 24 * 12;
/** Each quarter of an hour it reads a page of 60 runs of each job, of at most 1 KB each, at half a read for each 4 KB. */
const SLOW_CHECKS: Usage = times({ read: 60 / 4 / 2 }, DAYS * 24 * 4);

export interface CostedStage {
  readonly template: Template;
  /** Whether the stage asks for metrics of durations. @default false */
  readonly hasDurations?: boolean;
}

/** What a month of a deployment uses whose runs all complete. */
export interface MonthlyUsage {
  /** Whether or not anything runs. */
  readonly atRest: Usage;
  /** What the watchdog asks for each job, beside its passes. */
  readonly checks: Usage;
  /** By runs and by passes of the watchdog. */
  readonly inUse: Usage;
}

export function monthlyUsage({ template, hasDurations = false }: CostedStage): MonthlyUsage {
  const count = (type: string): number => resourcesOf(template, type).length;
  const runs = resourcesOf(template, 'AWS::Scheduler::Schedule').map((schedule) => usageOf(schedule, template));
  const scheduled = new Set(
    resourcesOf(template, 'AWS::Scheduler::Schedule').map(({ Properties }) => queueOf(Properties.Target, template)),
  );
  // Beside the watchdog.
  const jobs = scheduled.size - 1;
  return {
    atRest: add({
      alarm: resourcesOf(template, 'AWS::CloudWatch::Alarm').reduce((sum, alarm) => sum + metricsRead(alarm), 0),
      dashboard: count('AWS::CloudWatch::Dashboard'),
      key: count('AWS::KMS::Key'),
      message: resourcesOf(template, 'AWS::Lambda::EventSourceMapping').reduce(
        (sum, each) => sum + polls(each, template),
        0,
      ),
      customMetric: jobs * seriesOfRun(hasDurations ? measureDurations : undefined),
    }),
    checks: add(times(SLOW_CHECKS, jobs), {
      // The jobs', the watchdog's, and what EventBridge could not deliver.
      message: (jobs + 2) * DEAD_LETTER_CHECKS,
      write: (stateBytes(template) / 1024) * PASSES_A_MONTH,
    }),
    inUse: add(...runs),
  };
}

/** How many metrics an alarm is paid for. @throws Error for what is paid by the metrics that a query finds */
function metricsRead({ Properties }: Resource): number {
  const { AlarmName, Metrics, MetricName, Period } = Properties;
  if (Period < 60) throw new Error(`${AlarmName}: high resolution has another price`);
  if (Metrics === undefined) return MetricName === undefined ? 0 : 1;
  const queries = Metrics.filter(({ Expression = '' }) => /^SELECT/i.test(Expression));
  if (queries.length > 0) throw new Error(`${AlarmName}: a query is paid by the metrics that it analyzes`);
  return Metrics.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat !== undefined).length;
}

/** What the watchdog keeps of schedules: each pass writes it, at a write for each KB. */
const stateBytes = (template: Template): number =>
  resourcesOf(template, 'AWS::Scheduler::Schedule').reduce((sum, { Properties }) => {
    const { Name, ScheduleExpression, ScheduleExpressionTimezone = 'UTC', Target } = Properties;
    const definition = JSON.stringify([
      queueOf(Target, template),
      [ScheduleExpression],
      ScheduleExpressionTimezone,
      'skip',
    ]);
    const state: ScheduleState = { definition, expectedFrom: DUE, checkedUntil: DUE };
    return sum + JSON.stringify({ [Name]: state }).length;
  }, JSON.stringify(FIRST_STATE).length);

const queueOf = (target: Resource['Properties'], template: Template): string =>
  template.Resources[target.Arn['Fn::GetAtt'][0]]?.Properties.QueueName;

/** Of a stream, Lambda reads free of charge. */
function polls({ Properties: { EventSourceArn, ScalingConfig } }: Resource, { Resources }: Template): number {
  if (Resources[EventSourceArn['Fn::GetAtt'][0]]?.Type !== 'AWS::SQS::Queue') return 0;
  return POLLS_A_MONTH * (ScalingConfig?.MaximumConcurrency === undefined ? POLLERS.free : POLLERS.limited);
}

/** The custom metrics that a run which completes writes to. */
function seriesOfRun(measure: Measure | undefined): number {
  const series = new Set<string>();
  const quiet = () => {};
  const observe = createRunLog({
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    deployment: 'shop-dev',
    measure,
    writeMetrics(line) {
      for (const { Metrics, Dimensions } of JSON.parse(line)._aws.CloudWatchMetrics) {
        for (const { Name } of Metrics) for (const set of Dimensions) series.add([Name, ...set].join());
      }
    },
  });
  const run = startedRun();
  observe({ event: 'attempt-started', run, at: plus(DUE, milliseconds(1000)) });
  observe({ event: 'run-completed', run, at: plus(DUE, milliseconds(2000)), duration: milliseconds(1000) });
  return series.size;
}

/** What the runs of a schedule use in a month. */
function usageOf({ Properties }: Resource, template: Template): Usage {
  const { ScheduleExpression, ScheduleExpressionTimezone = 'UTC', State, Target } = Properties;
  if (State === 'DISABLED') return {};
  const timetable = readEventBridge(ScheduleExpression, ScheduleExpressionTimezone);
  const runs = [...timetable.between(FIRST, plus(FIRST, MONTH))].length;
  const queue = queueOf(Target, template);
  const { MemorySize } = functionOf(template, queue).Properties;
  const isPass = queue.endsWith(`-${WATCHDOG}`);
  const compute = (MemorySize / 1024) * (isPass ? PASS_SECONDS : RUN_SECONDS);
  return times(add(isPass ? PASS : RUN, { compute }), runs);
}

/** A job's function has the name of its queue. */
function functionOf(template: Template, queue: string): Resource {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(
    ({ Properties }) => Properties.FunctionName === queue,
  );
  if (found === undefined) throw new Error(`no function is called ${queue}`);
  return found;
}
