import type { EpochMs } from '../../units.ts';
import type { AlarmState } from '../assembly/models.ts';
import type { AlarmPlan, Datapoints, Observation } from './alarm-plan.ts';
import { judge, type Verdict } from './judge.ts';
import type { Dimensions, MetricStore } from './metric-store.ts';

/** The state of an alarm, or of one contributor. */
export interface StateRow {
  readonly contributor: Dimensions;
  readonly state: AlarmState;
  readonly since: EpochMs;
  readonly reason: string;
}

export interface StateChange extends StateRow {
  readonly from: AlarmState;
}

/** An alarm and the states it and its contributors are in. */
export class TrackedAlarm {
  readonly plan: AlarmPlan;
  #own: StateRow;
  #watchedSince: EpochMs;
  readonly #contributors = new Map<string, StateRow>();

  constructor(plan: AlarmPlan, now: EpochMs) {
    this.plan = plan;
    this.#watchedSince = now;
    this.#own = {
      contributor: {},
      state: 'INSUFFICIENT_DATA',
      since: now,
      reason: 'Unchecked: Initial alarm creation',
    };
  }

  /** Nobody could have seen data from before now: that there are none says nothing. */
  watchFrom(now: EpochMs): void {
    this.#watchedSince = now;
  }

  /** What is in ALARM, a row a contributor; else the alarm itself. */
  rows(): readonly StateRow[] {
    const inAlarm = [...this.#contributors.values()].filter(({ state }) => state === 'ALARM');
    return inAlarm.length > 0 ? inAlarm : [this.#own];
  }

  evaluate(store: MetricStore, now: EpochMs): readonly StateChange[] {
    const observations = this.plan.observe(store, now);
    if (!this.plan.isGrouped) return observations.flatMap((observation) => this.#moveOwn(observation, now));
    const nothing = {
      contributor: {},
      datapoints: Array.from({ length: this.plan.model.evaluationPeriods }, () => undefined),
    };
    return [
      ...(this.#own.state === 'INSUFFICIENT_DATA' ? this.#moveOwn(nothing, now) : []),
      ...observations.flatMap((observation) => this.#moveContributor(observation, now)),
      ...this.#forgetOthers(observations, now),
    ];
  }

  #moveOwn({ datapoints }: Observation, now: EpochMs): readonly StateChange[] {
    const from = this.#own.state;
    const { state, reason } = this.#judge(datapoints, from, now);
    if (state === from) return [];
    this.#own = { contributor: {}, state, since: now, reason };
    return [{ ...this.#own, from }];
  }

  /** A contributor exists as long as it has data: it is OK or in ALARM, never in between. */
  #moveContributor({ contributor, datapoints }: Observation, now: EpochMs): readonly StateChange[] {
    const key = JSON.stringify(contributor);
    const known = this.#contributors.get(key);
    const from = known?.state ?? 'OK';
    const { state, reason } = this.#judge(datapoints, from, now);
    if (state === from || state === 'INSUFFICIENT_DATA') return [];
    const row = { contributor, state, since: now, reason };
    this.#contributors.set(key, row);
    return [{ ...row, from }];
  }

  /** Silence rings no alarm before it was listened to for as long as the alarm evaluates. */
  #judge(datapoints: Datapoints, current: AlarmState, now: EpochMs): Verdict {
    const { model, span } = this.plan;
    const isTooEarly = model.treatMissingData === 'breaching' && now < this.#watchedSince + span;
    return judge(isTooEarly ? { ...model, treatMissingData: 'ignore' } : model, datapoints, current);
  }

  /** A series that has ended is OK, whatever it was before. */
  #forgetOthers(observations: readonly Observation[], now: EpochMs): readonly StateChange[] {
    const present = new Set(observations.map(({ contributor }) => JSON.stringify(contributor)));
    const gone = [...this.#contributors].filter(([key]) => !present.has(key));
    for (const [key] of gone) this.#contributors.delete(key);
    return gone
      .filter(([, { state }]) => state === 'ALARM')
      .map(([, { contributor }]) => ({
        contributor,
        from: 'ALARM',
        state: 'OK',
        since: now,
        reason: 'its series has had no data for 3 hours',
      }));
  }
}
