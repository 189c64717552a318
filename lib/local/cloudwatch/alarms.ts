import { isDeepStrictEqual } from 'node:util';
import { bestEffort } from '../../best-effort.ts';
import type { Clock } from '../../clock.ts';
import { type EpochMs, MINUTE, type Milliseconds, milliseconds } from '../../units.ts';
import type { AlarmModel, AlarmState } from '../assembly/models.ts';
import type { InvocationResult } from '../lambda/workers/invocation.ts';
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
  /** The job that a function, a queue or a contributor belongs to. */
  readonly jobOf: (name: string) => string | null;
  readonly observer?: AlarmObserver;
}

/** The state of an alarm, or of one contributor that is in ALARM. */
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
 * AWS evaluates once a minute and more seldom where the period is longer, and measures queues once a minute. Here
 * both happen every five seconds, over periods that end now: somebody is sitting in front of it.
 */
export const evaluationInterval: Milliseconds = milliseconds(5_000);

/** Of two evaluations: farther apart, and the machine has slept, or its clock was set. */
const MAX_INTERVAL = MINUTE;

export function createAlarms(options: AlarmsOptions): Alarms {
  return new EmbeddedAlarms(options);
}

class EmbeddedAlarms implements Alarms {
  readonly #options: AlarmsOptions;
  readonly #store = new MetricStore();
  #alarms: readonly TrackedAlarm[] = [];
  #queues: readonly string[] = [];
  #evaluatedAt: EpochMs | undefined;
  #next: ReturnType<Clock['after']> | undefined;

  constructor(options: AlarmsOptions) {
    this.#options = options;
  }

  load(models: readonly AlarmModel[], queues: readonly string[]): readonly UnsupportedAlarm[] {
    const unsupported: UnsupportedAlarm[] = [];
    this.#queues = queues;
    this.#alarms = models.flatMap((model) => {
      const known = this.#alarms.find(({ plan }) => isDeepStrictEqual(plan.model, model));
      if (known !== undefined) return [known];
      try {
        return [new TrackedAlarm(planAlarm(model), this.#options.clock.now())];
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
    return this.#alarms.flatMap((alarm) =>
      alarm.rows().map(({ contributor, state, since, reason }) => {
        const job = this.#jobOf(alarm, Object.values(contributor));
        return { name: alarm.plan.model.name, job, state, since, reason };
      }),
    );
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
    for (const alarm of this.#alarms) {
      if (hasPaused) alarm.watchFrom(now);
      for (const change of alarm.evaluate(this.#store, now)) this.#tell(alarm, change);
    }
    const lookback = Math.max(0, ...this.#alarms.map(({ plan }) => plan.lookback));
    this.#store.prune(now, milliseconds(lookback));
  }

  #measureQueues(now: EpochMs): void {
    for (const queue of this.#queues) {
      try {
        for (const sample of queueSamples(queue, this.#options.levelsOf(queue), now)) this.#store.record(sample);
      } catch (error) {
        this.#options.observer?.onError?.(error);
      }
    }
  }

  #tell(alarm: TrackedAlarm, { contributor, from, state: to, reason, since: at }: StateChange): void {
    const { notify, observer, region } = this.#options;
    const { model } = alarm.plan;
    const job = this.#jobOf(alarm, Object.values(contributor));
    const change: AlarmChange = { name: model.name, job, from, to, reason, at, contributor };
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

  #jobOf({ plan }: TrackedAlarm, contributor: readonly string[]): string | null {
    for (const name of [...contributor, ...plan.about]) {
      const job = this.#options.jobOf(name);
      if (job !== null) return job;
    }
    return null;
  }
}
