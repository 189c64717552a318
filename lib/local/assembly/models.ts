import type { CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import type { Manifest } from '../../manifest.ts';
import type { Milliseconds, Seconds } from '../../units.ts';
import type { TableProperties } from '../dynamodb/table-properties.ts';

/** A synthesized app as the embedded cloud needs it: every name, ARN and URL in it is the one it has there. */
export interface Assembly {
  readonly directory: string;
  readonly region: string;
  readonly manifest: Manifest;
  readonly functions: readonly FunctionModel[];
  readonly queues: readonly QueueModel[];
  readonly tables: readonly TableProperties[];
  readonly topics: readonly TopicModel[];
  /** Queues that receive what is published to a topic. */
  readonly subscriptions: readonly SubscriptionModel[];
  /** Names. */
  readonly scheduleGroups: readonly string[];
  readonly schedules: readonly CreateScheduleCommandInput[];
  readonly mappings: readonly MappingModel[];
  readonly alarms: readonly AlarmModel[];
  /** Names. */
  readonly logGroups: readonly string[];
}

export interface FunctionModel {
  readonly name: string;
  /** The asset's folder: what Lambda would unpack. */
  readonly directory: string;
  /** As Lambda has it: `index.handler`. */
  readonly handler: string;
  readonly timeoutSeconds: Seconds;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
  /** Invocations at once; more are throttled. Absent: as many as come. */
  readonly reservedConcurrency?: number;
}

export interface QueueModel {
  readonly name: string;
  readonly arn: string;
  /** As `CreateQueue` takes them: texts all. Encryption and access are left out. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TopicModel {
  readonly name: string;
  readonly arn: string;
}

export interface SubscriptionModel {
  readonly topicArn: string;
  readonly queueArn: string;
}

/** A queue that feeds a function. */
export interface MappingModel {
  readonly functionName: string;
  readonly queueName: string;
  readonly batchSize: number;
  readonly maximumConcurrency?: number;
  readonly reportBatchItemFailures: boolean;
  readonly enabled: boolean;
}

export interface AlarmModel {
  readonly name: string;
  readonly description: string;
  readonly queries: readonly AlarmQuery[];
  readonly threshold: number;
  /** CloudWatch's word: `GreaterThanThreshold`. */
  readonly comparison: string;
  readonly evaluationPeriods: number;
  /** How many of the evaluation periods must breach. */
  readonly datapointsToAlarm: number;
  /** CloudWatch's word: `missing`, `notBreaching`, `breaching`, `ignore`. */
  readonly treatMissingData: string;
  /** How long after its creation it is not evaluated. @default it is evaluated at once */
  readonly warmUp?: AlarmWarmUp;
  readonly actionsEnabled: boolean;
  /** ARNs, by the state they are for. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
  /** Properties and kinds of alarm that nobody here knows how to evaluate: such an alarm must not pass as one that is OK. */
  readonly unknown: readonly string[];
}

export interface AlarmWarmUp {
  readonly duration: Milliseconds;
  /** Whether it lasts that long even if data are there before. */
  readonly isWhole: boolean;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** One metric or expression of an alarm; the alarm is about the one that returns data. */
export type AlarmQuery = { readonly id: string; readonly returnsData: boolean } & (
  | { readonly kind: 'metric'; readonly metric: AlarmMetric }
  | { readonly kind: 'expression'; readonly expression: string; readonly period?: Seconds }
);

export interface AlarmMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly period: Seconds;
}
