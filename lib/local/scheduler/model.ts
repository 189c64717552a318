import type { EpochMs, Milliseconds, Seconds } from '../../units.ts';

/** What a schedule delivers, where to, and how long it tries. */
export interface ScheduleTarget {
  readonly arn: string;
  readonly roleArn: string;
  /** Sent with its `<aws.scheduler.…>` words replaced; a default notification when absent. */
  readonly input?: string | undefined;
  /** The queue for what could not be delivered. */
  readonly deadLetterArn?: string | undefined;
  /** Attempts after the first. */
  readonly maxRetryAttempts: number;
  /** How long after the first attempt the last one may start. */
  readonly maxEventAge: Seconds;
}

/** What a caller of the API decides about a schedule, with EventBridge's defaults filled in. */
export interface ScheduleSettings {
  readonly expression: string;
  readonly timezone: string;
  /** No due time before it; ignored by `at(…)`. */
  readonly startsAt?: EpochMs | undefined;
  /** No due time after it; ignored by `at(…)`. */
  readonly endsAt?: EpochMs | undefined;
  readonly description?: string | undefined;
  readonly kmsKeyArn?: string | undefined;
  readonly isEnabled: boolean;
  /** How long after its due time it may fire; at the due time when absent. */
  readonly flexibleWindow?: Milliseconds | undefined;
  /** Whether it is deleted when its last due time has been delivered or given up; not when that was missed. */
  readonly deletesAfterCompletion: boolean;
  readonly target: ScheduleTarget;
}

/** A schedule as it is kept: what was asked for, and when. */
export interface StoredSchedule extends ScheduleSettings {
  readonly group: string;
  readonly name: string;
  readonly arn: string;
  readonly createdAt: EpochMs;
  readonly modifiedAt: EpochMs;
  /** Only due times strictly after it count: those before the last change are none of this definition's. */
  readonly dueAfter: EpochMs;
  /** The instant that `rate(…)` counts from. */
  readonly anchor: EpochMs;
}

/** When a schedule is due. */
export interface DueTimes {
  /** First due time strictly after the instant; undefined when there is none. */
  next(after: EpochMs): EpochMs | undefined;
  /** Due times in (from, to], ascending. */
  between(from: EpochMs, to: EpochMs): Iterable<EpochMs>;
}

/** A named set of schedules, the only thing that carries tags. */
export interface StoredGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: EpochMs;
  readonly modifiedAt: EpochMs;
  readonly tags: Readonly<Record<string, string>>;
}

/** Everything the API has been told, as JSON. */
export interface SchedulerSnapshot {
  readonly v: 1;
  readonly groups: readonly StoredGroup[];
  readonly schedules: readonly StoredSchedule[];
}

/** The group of schedules that name none. It always exists. */
export const DEFAULT_GROUP = 'default';

export const scheduleKey = ({ group, name }: { readonly group: string; readonly name: string }): string =>
  `${group}/${name}`;
