import { MINUTE, milliseconds, type Seconds, toMilliseconds } from '../units.ts';

/** The period of every alarm but those on queues. */
export const ALARM_PERIOD = milliseconds(5 * MINUTE);

/** How often CloudWatch evaluates an alarm. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html */
export const EVALUATION_INTERVAL = MINUTE;

/** Lambda and SQS send metrics once a minute. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics.html */
const METRIC_INTERVAL = MINUTE;

/** From what an alarm is about to its ringing, where the metric is sent at once. */
export const RING_DELAY = milliseconds(METRIC_INTERVAL + EVALUATION_INTERVAL);

/**
 * The same on a queue that was idle for six hours or more: its metrics begin up to 15 minutes late.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
 */
export const IDLE_QUEUE_RING_DELAY = milliseconds(15 * MINUTE + RING_DELAY);

/** The same for what a pass of the watchdog finds: there is one a minute. */
export const PASS_RING_DELAY = milliseconds(MINUTE + RING_DELAY);

/**
 * How old the end of a run may be that EventBridge has not taken yet. A stream has it for 24 hours, and it is tried for 12.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export const EVENTS_LATE_AFTER = milliseconds(10 * MINUTE);

/** How many periods in a row without a complete pass turn the watchdog's alarm on. */
export const SILENT_PERIODS = 3;

/** From the start of the last complete pass until the watchdog's alarm may ring. */
export const SILENCE = milliseconds(SILENT_PERIODS * ALARM_PERIOD);

/**
 * How long the watchdog's alarm waits after it was created, so that a first deployment, in which the watchdog's schedule may
 * follow minutes later, does not ring it.
 */
export const WARM_UP = milliseconds(SILENCE + 15 * MINUTE);

/**
 * How many periods an alarm on a function's own metrics must evaluate. Lambda sends them when the invocation has ended,
 * under the time at which it began: a single period would be over before its value is there.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
 */
export const periodsOf = (functionTimeout: Seconds): number =>
  Math.ceil((toMilliseconds(functionTimeout) + RING_DELAY) / ALARM_PERIOD) + 1;
