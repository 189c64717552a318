import { MINUTE } from '../../../lib/units.ts';
import type { Random } from './random.ts';

/** What can happen to one call that a process makes to the outside. */
export const FAULTS = [
  /** The request never arrives. */
  'lost-request',
  /** It is applied, and nobody hears of it. */
  'lost-answer',
  /** It is applied, the answer is lost, and the SDK sends it again. */
  'repeated',
  'crash-before',
  'crash-after',
  /** The process freezes before the request is sent, and sends it when it thaws. */
  'freeze-before',
  'freeze-after',
] as const;
export type Fault = (typeof FAULTS)[number];

export type Service = 'runs' | 'locks' | 'sqs' | 'world';

/** Decides what happens to each call. */
export interface FaultPlan {
  next(call: { service: Service; name: string; now: number }): Fault | undefined;
  /** For how long a frozen process stays so. */
  freeze(): number;
}

const BEYOND_THE_LEASE = 60_000;

/** Faults at named places: the n-th call of the whole simulation, from 0. */
export function scriptedFaults(script: ReadonlyMap<number, Fault>): FaultPlan & { calls: number } {
  const plan = {
    calls: 0,
    next: () => script.get(plan.calls++),
    freeze: () => BEYOND_THE_LEASE,
  };
  return plan;
}

/** A fault at the first call of each of these names. */
export function namedFaults(script: Readonly<Record<string, Fault>>, freezeFor: number): FaultPlan {
  const left = new Map(Object.entries(script));
  return {
    next({ name }) {
      const fault = left.get(name);
      left.delete(name);
      return fault;
    },
    freeze: () => freezeFor,
  };
}

/**
 * Faults by chance. Each seed draws which kinds there are and how often, since faults of every kind at
 * once hide each other.
 */
export function swarmFaults(random: Random, window: { from: number; until: number }): FaultPlan {
  const kinds = FAULTS.filter(() => random.chance(0.4));
  const rate = random.pick([0.01, 0.03, 0.1, 0.25]);
  const throttled = {
    service: random.pick<Service>(['runs', 'locks', 'sqs']),
    from: window.from + random.integer(0, 5 * MINUTE),
    rate: random.pick([0, 0, 0.5, 1]),
  };
  const throttledUntil = Math.min(window.until, throttled.from + random.integer(0, 10 * MINUTE));
  return {
    next({ service, now }) {
      if (now > window.until) return undefined;
      const isThrottled = service === throttled.service && now >= throttled.from && now < throttledUntil;
      if (isThrottled && random.chance(throttled.rate)) return 'lost-request';
      if (!random.chance(rate)) return undefined;
      return kinds[random.integer(0, kinds.length - 1)];
    },
    freeze: () => Math.round(random.pick([10_000, 120_000, 200_000, 900_000]) * random.next()),
  };
}
