import type { Story } from '../observe/alert-store.ts';
import type { EpochMs } from '../units.ts';
import { withCircuitBreakers } from './circuit-breaker.ts';
import type { WatchdogPlan } from './plan.ts';
import type { WatchdogPorts } from './ports.ts';
import { FIRST_STATE, type WatchState } from './state.ts';
import { type WatchedMinutes, watchedWith } from './watched-minutes.ts';

/** What is before a queue's name in its URL and its ARN, and what a command of the AWS CLI needs at its end. */
export interface QueueNames {
  readonly queueUrls: string;
  readonly queueArns: string;
  readonly options: string;
}

/** Which pass it is, and what its alerts need. */
export interface PassOptions {
  readonly stage: string;
  /** The option that `belfry show` needs beside the run id. */
  readonly showOption: string;
  /** How commands of the AWS CLI name the deployment's queues. */
  readonly cli: QueueNames;
  /** When this pass was due. */
  readonly dueAt: EpochMs;
}

/** The context of one pass: what all its steps work with. */
export interface Pass extends PassOptions {
  readonly plan: WatchdogPlan;
  /** Behind circuit breakers. */
  readonly ports: WatchdogPorts;
  /** When the pass began. */
  readonly now: EpochMs;
  /** The state that the last pass saved. */
  readonly state: WatchState;
  /** The minutes with a pass, that of this one included. */
  readonly watched: WatchedMinutes;
  /** The stories that were open when the pass began, by key. */
  readonly stories: ReadonlyMap<string, Story>;
  /** Keys of the rows and ids of the records that this pass could not read. */
  readonly unreadable: Set<string>;
}

/** Puts circuit breakers before the ports, and loads the state and the open stories. */
export async function beginPass(plan: WatchdogPlan, ports: WatchdogPorts, options: PassOptions): Promise<Pass> {
  const now = ports.now();
  // A state of an earlier version may lack fields that are new.
  const state: WatchState = { ...FIRST_STATE, ...(await ports.store.loadState()) };
  const watched = watchedWith(state.watched, options.dueAt);
  const stories = new Map((await ports.alerts.stories()).map((story) => [story.key, story]));
  return { ...options, plan, ports: withCircuitBreakers(ports), now, state, watched, stories, unreadable: new Set() };
}
