import { CfnAlarm, type CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { DeployableJob } from '../app/check-jobs.ts';
import { formatDuration } from '../job/duration.ts';
import { WATCHDOG } from '../job/names.ts';
import { METRIC_DIMENSIONS, METRIC_NAMESPACE, METRICS, type Metric } from '../observe/metrics.ts';
import { longestWait } from '../run/longest-wait.ts';
import { milliseconds } from '../units.ts';

/** Where an alarm is, how it is called, and whom it tells. */
interface AlarmPlace {
  readonly scope: Construct;
  readonly prefix: string;
  readonly topicArn: string;
}

type Condition = Omit<CfnAlarmProps, 'alarmName' | 'alarmDescription' | 'comparisonOperator'> &
  Pick<Partial<CfnAlarmProps>, 'comparisonOperator'>;

/** How much of its timeout a run may take before somebody should know. */
const SLOW_SHARE = 0.9;

/**
 * The four alarms of a job. AWS's own metrics cost nothing, and they also count what kills the process
 * before it could say so. They have gaps:
 *
 * - SQS has no metrics of a queue that was idle for six hours, and needs up to 15 minutes to begin again: `dead-letters` and
 *   `waiting` may ring that much later.
 *   https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html
 * - The age of the oldest message leaves out what was received three times or more: `waiting` does not see it.
 *   https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 * - Lambda sends its metrics when an invocation has ended, under the time at which it began: of one that took longer than
 *   the period of five minutes `slow` and `broken` may see nothing.
 *   https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics.html
 */
export function createJobAlarms(place: AlarmPlace, { name, policy, names }: DeployableJob): void {
  const add = (suffix: string, description: string, condition: Condition) =>
    createAlarm(place, { suffix: `${name}-${suffix}`, id: suffix, description, condition });

  add(
    'dead-letters',
    `Runs of ${name} have failed for good: their messages lie in ${names.deadLetterQueue}. Look first at a message's attributes belfry-run and belfry-error, then at the run's record. The alarm stays on until the queue is empty; a further failure rings ${place.prefix}-runs-failed.`,
    oneOrMore(queueMetric(names.deadLetterQueue, 'ApproximateNumberOfMessagesVisible'), 60),
  );
  const longest = longestWait(policy);
  add(
    'waiting',
    `A message of ${name} has waited for more than ${formatDuration(longest)}, longer than its retries explain. Look first whether ${names.function} is throttled, its event source mapping off, or a run before it still going.`,
    {
      ...queueMetric(names.queue, 'ApproximateAgeOfOldestMessage'),
      ...over(longest / 1000, 300),
      statistic: 'Maximum',
    },
  );
  const slow = milliseconds(policy.timeout * SLOW_SHARE);
  add(
    'slow',
    `A run of ${name} took more than ${formatDuration(slow)} of its timeout of ${formatDuration(policy.timeout)}; at the timeout it is ended. Look first at the durations of its last runs, then raise timeout or cut the work.`,
    { ...functionMetric(names.function, 'Duration'), ...over(slow, 300), statistic: 'Maximum' },
  );
  add(
    'broken',
    `${names.function} failed outside of ${name}'s own code, or was throttled: it could not start, ran out of memory or time, or met an account limit. Look first at the newest lines of ${names.logGroup}. Errors that the job throws do not ring this.`,
    {
      metrics: [
        functionQuery('errors', 'Errors', names.function),
        functionQuery('throttles', 'Throttles', names.function),
        { id: 'broken', label: 'errors and throttles', expression: 'FILL(errors, 0) + FILL(throttles, 0)' },
      ],
      threshold: 0,
      evaluationPeriods: 1,
    },
  );
}

/**
 * The one alarm of the watchdog, for every way in which it may stop. The other alarms of a job would ring beside it. It wants
 * three periods without a look; CloudWatch reads about five and counts a missing one as breaching only where it must, so it
 * rings about 25 minutes after the last look. At the first deployment there is none, and it rings once.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function createWatchdogAlarm(place: AlarmPlace): void {
  const [deployment, job] = METRIC_DIMENSIONS;
  createAlarm(place, {
    suffix: `${WATCHDOG}-silent`,
    id: 'silent',
    description: `The watchdog of ${place.prefix} has not completed a look for 15 minutes: missed due times may go unnoticed. Look first at the newest lines of its function's log: they name its failed runs, of which belfry show says what a look could not do. Then look whether its schedule is enabled, its event source mapping on and its function not throttled.`,
    condition: {
      namespace: METRIC_NAMESPACE,
      metricName: METRICS.runDuration.name,
      dimensions: [
        { name: deployment, value: place.prefix },
        { name: job, value: WATCHDOG },
      ],
      statistic: 'SampleCount',
      period: 300,
      evaluationPeriods: 3,
      threshold: 1,
      comparisonOperator: 'LessThanThreshold',
      treatMissingData: 'breaching',
    },
  });
}

/** The alarms that all jobs of a deployment share. */
export function createSharedAlarms(place: AlarmPlace, deliveryQueue: string): void {
  const { prefix } = place;
  const add = (suffix: string, description: string, condition: Condition) =>
    createAlarm(place, { suffix, id: suffix, description, condition });

  add(
    'undelivered',
    `EventBridge Scheduler could not deliver due times of ${prefix}: they lie in ${deliveryQueue}. Look first at a message's attributes ERROR_CODE and SCHEDULE_ARN, then at the scheduler's role and the job's queue.`,
    oneOrMore(queueMetric(deliveryQueue, 'ApproximateNumberOfMessagesVisible'), 60),
  );
  add(
    'runs-failed',
    `A run failed for good; the contributor in ALARM names the job. Look first at the alert that came with it, or at the job's newest records.`,
    sumByJob('runsFailed', prefix),
  );
  add(
    'runs-missed',
    `A due time passed and no run came of it; the contributor in ALARM names the job. Look first at ${prefix}-undelivered, then whether the schedule is enabled and its job's queue takes messages.`,
    sumByJob('runsMissed', prefix),
  );
}

interface AlarmText {
  /** What follows the prefix in its name. */
  readonly suffix: string;
  readonly id: string;
  readonly description: string;
  readonly condition: Condition;
}

function createAlarm({ scope, prefix, topicArn }: AlarmPlace, { suffix, id, description, condition }: AlarmText): void {
  new CfnAlarm(scope, `Alarm-${id}`, {
    alarmName: `${prefix}-${suffix}`,
    alarmDescription: description,
    comparisonOperator: 'GreaterThanThreshold',
    // No messages, no invocations, no failures: nothing to tell. Silence is the watchdog's to notice.
    treatMissingData: 'notBreaching',
    alarmActions: [topicArn],
    ...condition,
  });
}

const over = (threshold: number, period: number) => ({ threshold, evaluationPeriods: 1, period });

const oneOrMore = (metric: Partial<Condition>, period: number): Condition => ({
  ...metric,
  ...over(0, period),
  statistic: 'Maximum',
});

const queueMetric = (queue: string, metricName: string) => ({
  namespace: 'AWS/SQS',
  metricName,
  dimensions: [{ name: 'QueueName', value: queue }],
});

const functionMetric = (name: string, metricName: string) => ({
  namespace: 'AWS/Lambda',
  metricName,
  dimensions: [{ name: 'FunctionName', value: name }],
});

const functionQuery = (id: string, metricName: string, name: string) => ({
  id,
  returnData: false,
  metricStat: { metric: functionMetric(name, metricName), period: 300, stat: 'Sum' },
});

/**
 * One alarm over the series of all jobs, each of which goes to ALARM by itself. Its query sees three
 * hours and a series that ends turns OK: right for what happened, useless for what did not. How soon it finds a series
 * that was silent for long is not documented.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
 */
function sumByJob(metric: Metric, prefix: string): Condition {
  const [deployment, job] = METRIC_DIMENSIONS;
  const expression = `SELECT SUM(${METRICS[metric].name}) FROM SCHEMA(${METRIC_NAMESPACE}, ${deployment}, ${job}) WHERE ${deployment} = '${prefix}' GROUP BY ${job}`;
  return { metrics: [{ id: 'query', expression, period: 300 }], threshold: 0, evaluationPeriods: 1 };
}
