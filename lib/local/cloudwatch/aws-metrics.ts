import { type EpochMs, epochMs } from '../../units.ts';
import type { InvocationResult } from '../lambda/workers/invocation.ts';
import type { Sample } from './metric-store.ts';

/** What a queue says of itself. */
export interface QueueLevels {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly oldestAgeSeconds: number;
}

/**
 * Those of AWS's own metrics that the embedded cloud has, by namespace, each with the one dimension it is
 * kept by. An alarm on another would never see a value, and must not pass as one that is OK.
 */
export const awsMetrics: Readonly<Record<string, { readonly dimension: string; readonly names: readonly string[] }>> = {
  'AWS/Lambda': { dimension: 'FunctionName', names: ['Invocations', 'Errors', 'Duration', 'Throttles'] },
  'AWS/SQS': {
    dimension: 'QueueName',
    names: [
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
      'ApproximateAgeOfOldestMessage',
    ],
  },
};

/**
 * What Lambda counts of one invocation, under the time at which it began, though it is known when it has ended. A throttled
 * one is no invocation and no error, and has no duration.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function invocationSamples(functionName: string, result: InvocationResult): readonly Sample[] {
  const of = { namespace: 'AWS/Lambda', dimensions: { FunctionName: functionName } };
  if (result.kind === 'throttled') return [{ ...of, name: 'Throttles', value: 1, at: result.at }];
  const at = epochMs(result.endedAt - result.duration);
  return [
    { ...of, name: 'Invocations', value: 1, at },
    { ...of, name: 'Errors', value: result.kind === 'failed' ? 1 : 0, at },
    { ...of, name: 'Throttles', value: 0, at },
    { ...of, name: 'Duration', value: result.duration, at },
  ];
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
export function queueSamples(queue: string, levels: QueueLevels, at: EpochMs): readonly Sample[] {
  const of = { namespace: 'AWS/SQS', dimensions: { QueueName: queue }, at };
  return [
    { ...of, name: 'ApproximateNumberOfMessagesVisible', value: levels.visible },
    { ...of, name: 'ApproximateNumberOfMessagesNotVisible', value: levels.inFlight },
    { ...of, name: 'ApproximateNumberOfMessagesDelayed', value: levels.delayed },
    { ...of, name: 'ApproximateAgeOfOldestMessage', value: levels.oldestAgeSeconds },
  ];
}
