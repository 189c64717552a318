import { isDeepStrictEqual } from 'node:util';
import { bestEffort } from '../../best-effort.ts';
import type { Clock } from '../../clock.ts';
import { type EpochMs, HOUR, MINUTE, type Milliseconds, milliseconds } from '../../units.ts';
import type { AlarmModel, AlarmState } from '../assembly/models.ts';
import type { InvocationResult } from '../lambda/workers/invocation.ts';
import { AlarmMemory, type AlarmStates } from './alarm-memory.ts';
import { planAlarm } from './alarm-plan.ts';
import { invocationSamples, type QueueLevels, queueSamples } from './aws-metrics.ts';
import { readEmbeddedMetrics } from './embedded-metrics.ts';
import { MetricStore } from './metric-store.ts';
import { type AlarmChange, toNotification } from './notification.ts';
import { type StateChange, TrackedAlarm } from './tracked-alarm.ts';
import { UnsupportedAlarmError } from './unsupported-alarm-error.ts';

/** What somebody outside may want to know. Must not throw. */
export interface AlarmObserver {
  onChange?(change: AlarmChange): void;
  /** A queue could not be looked at, or a notification not published. */
  onError?(error: unknown): void;
}

export interface AlarmsOptions {
  readonly clock: Clock;
  readonly region: string;
  /** Looks at a queue, by name. */
  readonly levelsOf: (queue: string) => QueueLevels;
  readonly notify: (topicArn: string, subject: string, message: string) => Promise<unknown>;
  /** The job that a function, a queue or the dimension of a metric belongs to. */
  readonly jobOf: (name: string) => string | null;
  readonly observer?: AlarmObserver;
  /** Without it, every alarm begins without data. */
  readonly states?: AlarmStates | undefined;
}

/** The state of an alarm. */
export interface AlarmStatus {
  readonly name: string;
  /** Null for an alarm that all jobs share. */
  readonly job: string | null;
  readonly state: AlarmState;
  readonly since: EpochMs;
  readonly reason: string;
}

export interface UnsupportedAlarm {
  readonly name: string;
  readonly reason: string;
}

/** CloudWatch's metrics and alarms, of them what Belfry deploys. */
export interface Alarms {
  /**
   * Sets which alarms there are and which queues are measured. An alarm that was there and is the same keeps its state.
   *
   * @returns those that cannot be evaluated here; they have no state
   */
  load(alarms: readonly AlarmModel[], queues: readonly string[]): readonly UnsupportedAlarm[];
  /** Takes the metrics out of a line of a function's log. @returns whether it held any */
  readLine(line: string, at: EpochMs): boolean;
  countInvocation(functionName: string, result: InvocationResult): void;
  states(): readonly AlarmStatus[];
  /** Evaluates now and every {@link evaluationInterval} from now on. */
  start(): void;
  stop(): void;
}

/**
 * AWS evaluates once a minute, over periods that end with that minute, and measures queues once a minute. Here both happen
 * every five seconds, over periods that end now: a person is waiting for it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export const evaluationInterval: Milliseconds = milliseconds(5_000);

/** Of two evaluations: farther apart, and the machine has slept, or its clock was set. */
const MAX_INTERVAL = MINUTE;

/**
 * SQS sends the metrics of a queue for six hours after something was last done with it.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
 */
const QUEUE_ACTIVITY = milliseconds(6 * HOUR);

/** What a queue last held, and since when. */
interface QueueActivity {
  readonly counts: string;
  readonly since: EpochMs;
}

export function createAlarms(options: AlarmsOptions): Alarms {
  return new EmbeddedAlarms(options);
}

class EmbeddedAlarms implements Alarms {
  readonly #options: AlarmsOptions;
  readonly #store = new MetricStore();
  readonly #memory: AlarmMemory;
  #alarms: readonly TrackedAlarm[] = [];
  #queues: readonly string[] = [];
  readonly #activity = new Map<string, QueueActivity>();
  #evaluatedAt: EpochMs | undefined;
  #next: ReturnType<Clock['after']> | undefined;

  constructor(options: AlarmsOptions) {
    this.#options = options;
    this.#memory = new AlarmMemory(options.states);
  }

  load(models: readonly AlarmModel[], queues: readonly string[]): readonly UnsupportedAlarm[] {
    const unsupported: UnsupportedAlarm[] = [];
    this.#queues = queues;
    this.#alarms = models.flatMap((model) => {
      const known = this.#alarms.find(({ plan }) => isDeepStrictEqual(plan.model, model));
      if (known !== undefined) return [known];
      try {
        return [new TrackedAlarm(planAlarm(model), this.#options.clock.now(), this.#memory.stateOf(model))];
      } catch (error) {
        if (!(error instanceof UnsupportedAlarmError)) throw error;
        unsupported.push({ name: model.name, reason: error.message });
        return [];
      }
    });
    return unsupported;
  }

  readLine(line: string, at: EpochMs): boolean {
    const samples = readEmbeddedMetrics(line, at);
    for (const sample of samples) this.#store.record(sample);
    return samples.length > 0;
  }

  countInvocation(functionName: string, result: InvocationResult): void {
    for (const sample of invocationSamples(functionName, result)) this.#store.record(sample);
  }

  states(): readonly AlarmStatus[] {
    return this.#alarms.map((alarm) => ({ name: alarm.plan.model.name, job: this.#jobOf(alarm), ...alarm.state }));
  }

  start(): void {
    this.#evaluate();
    this.#next = this.#options.clock.after(evaluationInterval, () => this.start());
  }

  stop(): void {
    this.#next?.cancel();
  }

  #evaluate(): void {
    const now = this.#options.clock.now();
    const hasPaused = Math.abs(now - (this.#evaluatedAt ?? now)) > MAX_INTERVAL;
    this.#evaluatedAt = now;
    this.#measureQueues(now);
    let hasChanged = false;
    for (const alarm of this.#alarms) {
      if (hasPaused) alarm.watchFrom(now);
      const change = alarm.evaluate(this.#store, now);
      if (change === undefined) continue;
      hasChanged = true;
      this.#tell(alarm, change);
    }
    if (hasChanged) this.#memory.keep(this.#alarms.map(({ plan, state }) => ({ model: plan.model, state })));
    const range = Math.max(0, ...this.#alarms.map(({ plan }) => plan.range));
    this.#store.prune(now, milliseconds(range));
  }

  #measureQueues(now: EpochMs): void {
    for (const queue of this.#queues) {
      try {
        const levels = this.#options.levelsOf(queue);
        if (!this.#isActive(queue, levels, now)) continue;
        for (const sample of queueSamples(queue, levels, now)) this.#store.record(sample);
      } catch (error) {
        this.#options.observer?.onError?.(error);
      }
    }
  }

  /** By whether its numbers have changed. Here its metrics begin again at once, in AWS up to 15 minutes late. */
  #isActive(queue: string, { visible, inFlight, delayed }: QueueLevels, now: EpochMs): boolean {
    const counts = [visible, inFlight, delayed].join();
    const last = this.#activity.get(queue);
    if (last?.counts === counts) return now < last.since + QUEUE_ACTIVITY;
    this.#activity.set(queue, { counts, since: now });
    return true;
  }

  #tell(alarm: TrackedAlarm, { from, state: to, reason, since: at }: StateChange): void {
    const { notify, observer, region } = this.#options;
    const { model } = alarm.plan;
    const change: AlarmChange = { name: model.name, job: this.#jobOf(alarm), from, to, reason, at };
    observer?.onChange?.(change);
    if (!model.actionsEnabled) return;
    const { subject, message } = toNotification(change, model, region);
    for (const topic of model.actions[to].filter((action) => action.startsWith('arn:aws:sns:'))) {
      void bestEffort(
        () => notify(topic, subject, message),
        (error) => observer?.onError?.(error),
      );
    }
  }

  #jobOf({ plan }: TrackedAlarm): string | null {
    for (const name of plan.about) {
      const job = this.#options.jobOf(name);
      if (job !== null) return job;
    }
    return null;
  }
}
