import type { EpochMs } from '../../units.ts';
import type { AlarmState } from '../assembly/models.ts';
import type { AlarmPlan, Datapoints } from './alarm-plan.ts';
import { judge } from './judge.ts';
import type { MetricStore } from './metric-store.ts';

/** The state of an alarm. */
export interface StateRow {
  readonly state: AlarmState;
  readonly since: EpochMs;
  readonly reason: string;
}

export interface StateChange extends StateRow {
  readonly from: AlarmState;
}

/** An alarm and the state it is in. */
export class TrackedAlarm {
  readonly plan: AlarmPlan;
  readonly #createdAt: EpochMs;
  #state: StateRow;
  #watchedSince: EpochMs;
  #isWarm: boolean;
  #firstDataAt: EpochMs | undefined;

  /** @param known the state that it was in when the cloud last ran */
  constructor(plan: AlarmPlan, now: EpochMs, known?: StateRow) {
    this.plan = plan;
    this.#createdAt = now;
    this.#watchedSince = now;
    this.#isWarm = plan.model.warmUp === undefined;
    this.#state = known ?? { state: 'INSUFFICIENT_DATA', since: now, reason: 'Unchecked: Initial alarm creation' };
  }

  get state(): StateRow {
    return this.#state;
  }

  /** Nobody could have seen data from before now: that there are none says nothing. */
  watchFrom(now: EpochMs): void {
    this.#watchedSince = now;
  }

  /** @returns the change, if it is in another state now */
  evaluate(store: MetricStore, now: EpochMs): StateChange | undefined {
    const datapoints = this.plan.observe(store, now);
    this.#isWarm ||= this.#hasWarmedUp(datapoints, now);
    if (!this.#isWarm) return undefined;
    const from = this.#state.state;
    const { state, reason } = judge(this.plan.model, datapoints, from);
    if (state === from || (state === 'ALARM' && this.#isTooEarly(now))) return undefined;
    this.#state = { state, since: now, reason };
    return { ...this.#state, from };
  }

  /**
   * Whether the period without evaluation that the alarm has after its creation is over. It may end early, as soon as the
   * evaluation periods since the first value are full and the newest of them has one.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
   */
  #hasWarmedUp(datapoints: Datapoints, now: EpochMs): boolean {
    const { model, span } = this.plan;
    if (model.warmUp === undefined || now >= this.#createdAt + model.warmUp.duration) return true;
    if (model.warmUp.isWhole || datapoints[0] === undefined) return false;
    this.#firstDataAt ??= now;
    return now >= this.#firstDataAt + span;
  }

  /** Silence rings no alarm before it was listened to for as long as the alarm evaluates. */
  #isTooEarly(now: EpochMs): boolean {
    const { ringsForSilence, span } = this.plan;
    return ringsForSilence && now < this.#watchedSince + span;
  }
}
