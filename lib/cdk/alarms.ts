import { CfnAlarm, type CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { DeployableJob } from '../app/check-jobs.ts';
import { formatDuration } from '../job/duration.ts';
import { ALERTS_FUNCTION, type JobAlarm, type JobNames, type SharedAlarm } from '../job/names.ts';
import { METRIC_NAMESPACE, METRICS, type Metric } from '../observe/metrics.ts';
import { MINUTE, type Milliseconds, milliseconds, type Seconds } from '../units.ts';
import {
  ALARM_PERIOD,
  EVALUATION_INTERVAL,
  EVENTS_LATE_AFTER,
  IDLE_QUEUE_RING_DELAY,
  PASS_RING_DELAY,
  periodsOf,
  RING_DELAY,
  SILENCE,
  SILENT_PERIODS,
  WARM_UP,
} from './alarm-timing.ts';
import type { AlarmChannels } from './surroundings.ts';

/** Where an alarm is, how it is called, and which topic it notifies. */
interface AlarmPlace {
  readonly scope: Construct;
  readonly prefix: string;
  readonly topicArn: string;
  readonly channels?: AlarmChannels | undefined;
}

type Condition = Omit<CfnAlarmProps, 'alarmName' | 'alarmDescription' | 'comparisonOperator'> &
  Pick<Partial<CfnAlarmProps>, 'comparisonOperator'>;

/** How much of its timeout a run may take before somebody should know. */
const SLOW_SHARE = 0.9;

/**
 * The three alarms of a job. AWS's own metrics cost nothing, and they also count what kills the process before it could
 * report anything. `failed` counts failed runs beside them: those whose attempts ended with an error are no errors of the
 * function.
 */
export function createJobAlarms(place: AlarmPlace, job: DeployableJob): void {
  const { name, policy, names, timeouts } = job;
  const { prefix } = place;
  const evaluationPeriods = periodsOf(timeouts.functionTimeout);
  const add = (suffix: JobAlarm, description: string, condition: Condition) =>
    createAlarm(place, { suffix: `${name}-${suffix}`, id: suffix, description, condition });

  add(
    'failed',
    `A run of ${name} failed for good, or ${names.function} itself failed: it could not start, or was killed at its timeout or for its memory. Look first at the alert about the run, or at the newest lines of ${names.logGroup}. An attempt that throws and is retried does not ring this. Rings usually within ${formatDuration(RING_DELAY)} after the run or the invocation has ended.`,
    {
      metrics: [
        query('errors', functionMetric(names.function, 'Errors')),
        query('failed', belfryMetric('runsFailed', { Deployment: prefix, Job: name })),
        { id: 'sum', label: 'errors and failed runs', expression: 'FILL(errors, 0) + FILL(failed, 0)' },
      ],
      threshold: 0,
      evaluationPeriods,
      datapointsToAlarm: 1,
    },
  );
  const slow = milliseconds(policy.timeout * SLOW_SHARE);
  add(
    'slow',
    `A run of ${name} took more than ${formatDuration(slow)} of its timeout of ${formatDuration(policy.timeout)}; at the timeout it is ended. Look first at the durations of its last runs, then raise timeout or cut the work. Rings within ${formatDuration(RING_DELAY)} after the run has ended.`,
    {
      ...functionMetric(names.function, 'Duration'),
      statistic: 'Maximum',
      ...over(slow, ALARM_PERIOD),
      evaluationPeriods,
      datapointsToAlarm: 1,
    },
  );
  add(
    'dead-letters',
    `Runs of ${name} have failed for good: their messages lie in ${names.deadLetterQueue}. Look first at run and deadLetter in a message's body, then at the run's record; mend the cause, then move the messages back, or delete what is not wanted. The alarm stays on until the queue is empty; a further failure rings ${prefix}-runs-failed. ${queueRings()}`,
    oneOrMoreMessages(names.deadLetterQueue),
  );
}

/**
 * The one alarm of the watchdog, for every way in which it may stop: the other alarms of a job would ring beside it. Each
 * invocation of its function that completes no pass ends with an error, so invocations less errors are complete passes.
 *
 * `FILL` makes a period without any of them count as it ends. Without it CloudWatch looks for older values in its place, and
 * the alarm would ring ten minutes later.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function createWatchdogAlarm(place: AlarmPlace, functionName: string): void {
  createAlarm(place, {
    suffix: 'watchdog-silent' satisfies SharedAlarm,
    id: 'silent',
    isMailed: true,
    description: `The watchdog of ${place.prefix} has not completed a pass for ${formatDuration(SILENCE)}: missed due times may go unnoticed. Look first at the newest lines of its function's log: they name its failed runs, of which belfry show says what a pass could not do. Then look whether its schedule is enabled, its event source mapping on and its function not throttled. Rings ${formatDuration(SILENCE)} to ${formatDuration(milliseconds(SILENCE + EVALUATION_INTERVAL))} after the last complete pass began; after its creation it waits for ${formatDuration(WARM_UP)}.`,
    condition: {
      metrics: [
        query('invocations', functionMetric(functionName, 'Invocations')),
        query('errors', functionMetric(functionName, 'Errors')),
        { id: 'passes', label: 'complete passes', expression: 'FILL(invocations, 0) - FILL(errors, 0)' },
      ],
      threshold: 1,
      comparisonOperator: 'LessThanThreshold',
      evaluationPeriods: SILENT_PERIODS,
      datapointsToAlarm: SILENT_PERIODS,
      // Should an expression over metrics that have no value at all have none either.
      treatMissingData: 'breaching',
      warmUpConfiguration: {
        warmUpPeriodDurationInMinutes: WARM_UP / MINUTE,
        // Filled values would end the warm-up as soon as the evaluation periods are over.
        onlyStartEvaluatingAfterWarmUpPeriodEnds: true,
      },
    },
  });
}

/** The alarms of the alerts function, which nothing else reports on. */
export function createAlertsAlarms(
  place: AlarmPlace,
  names: JobNames,
  { timeout, hasEvents }: { readonly timeout: Seconds; readonly hasEvents: boolean },
): void {
  const add = (id: string, description: string, condition: Condition) =>
    createAlarm(place, { suffix: `${ALERTS_FUNCTION}-${id}`, id, description, condition, isMailed: true });

  add(
    'failed',
    `${names.function} failed: alerts of ${place.prefix} wait in ${names.queue}. Look first at the newest lines of ${names.logGroup}. Alerts that a channel does not take do not ring this: they are tried for 12 hours. Rings within ${formatDuration(RING_DELAY)} after an invocation has failed.`,
    {
      ...functionMetric(names.function, 'Errors'),
      ...over(0, ALARM_PERIOD),
      statistic: 'Sum',
      evaluationPeriods: periodsOf(timeout),
      datapointsToAlarm: 1,
    },
  );
  add(
    'dead-letters',
    `Alerts of ${place.prefix} could not be sent: they lie in ${names.deadLetterQueue}. Look first at a message's attributes belfry-channel and belfry-error, mend what they name, then move the messages back. ${queueRings()}`,
    oneOrMoreMessages(names.deadLetterQueue),
  );
  if (!hasEvents) return;
  // A bus that takes no event makes no error of the function: it hands the records back, and they get older.
  add(
    'events-late',
    `Ends of runs of ${place.prefix} do not reach their bus of EventBridge: the oldest is more than ${formatDuration(EVENTS_LATE_AFTER)} old. Look first at the lines events-postponed in ${names.logGroup}: they have the error. Then look whether the bus exists and its policy lets ${names.function} put events. They are tried for 12 hours; what is given up then is in ${names.deadLetterQueue}. Rings usually within ${formatDuration(milliseconds(EVENTS_LATE_AFTER + RING_DELAY))} after the first.`,
    {
      ...functionMetric(names.function, 'IteratorAge'),
      ...over(EVENTS_LATE_AFTER, ALARM_PERIOD),
      statistic: 'Maximum',
      evaluationPeriods: periodsOf(timeout),
      datapointsToAlarm: 1,
    },
  );
}

/** The alarms that all jobs of a deployment share. */
export function createSharedAlarms(place: AlarmPlace, deliveryQueue: string): void {
  const { prefix } = place;
  const add = (suffix: SharedAlarm, description: string, condition: Condition) =>
    createAlarm(place, { suffix, id: suffix, description, condition });

  add(
    'undelivered',
    `EventBridge Scheduler could not deliver due times of ${prefix}: they lie in ${deliveryQueue}. Look first at a message's attributes ERROR_CODE and SCHEDULE_ARN, then at the scheduler's role and the job's queue. ${queueRings()}`,
    oneOrMoreMessages(deliveryQueue),
  );
  add(
    'runs-failed',
    `A run of ${prefix} failed for good. Look first at the alert that came with it: it names the job and the run. Rings usually within ${formatDuration(RING_DELAY)} after the run has failed.`,
    counted('runsFailed', prefix),
  );
  add(
    'runs-missed',
    `A due time of ${prefix} passed and no run came of it. Look first at the watchdog's alert: it names the schedule. Then look at ${prefix}-undelivered, and whether the schedule is enabled and its job's queue takes messages. Rings usually within ${formatDuration(PASS_RING_DELAY)} after the watchdog's grace for the due time is over.`,
    counted('runsMissed', prefix),
  );
  add(
    'runs-waiting',
    `A run of ${prefix} waits for longer than its job's retries explain. Look first at the watchdog's alert: it names the run. Then look whether the job's function is throttled, its event source mapping off, the table or a permission missing, or a run before it still going. Rings usually within ${formatDuration(PASS_RING_DELAY)} after that time is over, and stays on as long as the run waits.`,
    counted('runsWaiting', prefix),
  );
}

interface AlarmText {
  /** What follows the prefix in its name. */
  readonly suffix: string;
  readonly id: string;
  /** What it means, what to look at first, and how soon it rings. At most 1,024 characters. */
  readonly description: string;
  readonly condition: Condition;
  /** Whether its mails come from the alarm itself: it reports that the way of alerts may be broken. @default false */
  readonly isMailed?: boolean;
}

function createAlarm({ scope, prefix, topicArn, channels }: AlarmPlace, alarm: AlarmText): void {
  const { suffix, id, description, condition, isMailed = false } = alarm;
  const mailTopicArn = isMailed ? channels?.mailTopicArn : undefined;
  const actions = mailTopicArn === undefined ? [topicArn] : [topicArn, mailTopicArn];
  new CfnAlarm(scope, `Alarm-${id}`, {
    alarmName: `${prefix}-${suffix}`,
    alarmDescription: description,
    comparisonOperator: 'GreaterThanThreshold',
    // No invocations, no failures: nothing to report. Silence is the watchdog's to notice.
    treatMissingData: 'notBreaching',
    alarmActions: actions,
    ...(channels === undefined ? {} : { okActions: actions }),
    ...condition,
  });
}

const inSeconds = (period: Milliseconds): number => period / 1000;

const over = (threshold: number, period: Milliseconds) => ({
  threshold,
  evaluationPeriods: 1,
  period: inSeconds(period),
});

/**
 * SQS sends no metrics of a queue that was idle for six hours: what lies in a dead-letter queue is still there, and so is the
 * state of its alarm.
 */
const oneOrMoreMessages = (queue: string): Condition => ({
  namespace: 'AWS/SQS',
  metricName: 'ApproximateNumberOfMessagesVisible',
  dimensions: [{ name: 'QueueName', value: queue }],
  ...over(0, MINUTE),
  statistic: 'Maximum',
  treatMissingData: 'ignore',
});

const queueRings = (): string =>
  `Rings within ${formatDuration(RING_DELAY)} after the message came, or within ${formatDuration(IDLE_QUEUE_RING_DELAY)} if the queue was idle for six hours: SQS is late with its metrics then.`;

const functionMetric = (name: string, metricName: string) => ({
  namespace: 'AWS/Lambda',
  metricName,
  dimensions: [{ name: 'FunctionName', value: name }],
});

/** A metric of Belfry's own, by one of the sets of dimensions that it is written with. */
const belfryMetric = (metric: Metric, dimensions: Readonly<Record<string, string>>) => ({
  namespace: METRIC_NAMESPACE,
  metricName: METRICS[metric].name,
  dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
});

const query = (id: string, metric: CfnAlarm.MetricProperty) => ({
  id,
  returnData: false,
  metricStat: { metric, period: inSeconds(ALARM_PERIOD), stat: 'Sum' },
});

/** Anything at all within one period. */
const counted = (metric: Metric, prefix: string): Condition => ({
  ...belfryMetric(metric, { Deployment: prefix }),
  ...over(0, ALARM_PERIOD),
  statistic: 'Sum',
});
