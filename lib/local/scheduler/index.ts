/**
 * The embedded EventBridge Scheduler: its API, and the engine that fires what the API was told.
 */
import type { Clock } from '../../clock.ts';
import { type EpochMs, type Milliseconds, milliseconds } from '../../units.ts';
import { handleRequest } from './api.ts';
import { Deliveries } from './delivery.ts';
import { Disturbance, type Duplicates } from './disturbance.ts';
import { Engine } from './engine.ts';
import { ClientTokens } from './idempotency.ts';
import { MarkBook } from './mark-book.ts';
import type { SchedulerSnapshot } from './model.ts';
import type { Marks, SchedulerObserver, Target } from './ports.ts';
import { type Residence, ScheduleStore } from './store.ts';
import type { ApiRequest, ApiResponse } from './wire.ts';

export type { Duplicates } from './disturbance.ts';
export { PermanentDeliveryError } from './errors.ts';
export type { SchedulerSnapshot, StoredGroup, StoredSchedule } from './model.ts';
export type { DropReason, Fire, Marks, SavedMarks, SchedulerObserver, Target } from './ports.ts';
export type { Residence } from './store.ts';
export type { ApiRequest, ApiResponse } from './wire.ts';

export interface SchedulerOptions {
  readonly residence: Residence;
  readonly clock: Clock;
  readonly target: Target;
  /** Without it, nothing is known after a restart of what was due before. */
  readonly marks?: Marks;
  readonly observer?: SchedulerObserver;
  /**
   * Due times that passed while the process was off or firing was held are fired if they are no older than this; the
   * rest is reported by `onMissedWhileOff`. After a sleep or a leap of the clock it is at least a minute. What was due
   * while a process was on that was killed before it could write that down is fired however old it is.
   *
   * @default 0: none is fired, since a morning's start must not bring last night's storm
   */
  readonly fireMissedWithin?: Milliseconds;
  /** Whether firing is held from the start, until `resume()`. @default false */
  readonly isHeld?: boolean;
  /** @default none */
  readonly duplicates?: Duplicates;
  /** From 0 to below 1: picks the minute in a flexible window, and duplicates by chance. @default Math.random */
  readonly random?: () => number;
}

/** A row of a table of schedules. */
export interface NextDueTime {
  readonly name: string;
  readonly group: string;
  /** The text that it sends; absent for EventBridge's own notification. */
  readonly input?: string | undefined;
  /** What will be fired next; undefined when disabled, and when nothing is due any more. */
  readonly next: EpochMs | undefined;
  readonly state: 'ENABLED' | 'DISABLED';
}

export interface Scheduler {
  /** Answers one call of the API. Works before `start()`, too. */
  handle(request: ApiRequest): ApiResponse;
  /** Begins to fire. @throws the marks' error, unchanged, when they cannot be loaded */
  start(): Promise<void>;
  /** Ends firing for good, after the messages being sent. */
  stop(): Promise<void>;
  /** Holds firing back. Deliveries begun go on. */
  hold(): void;
  /** Fires again. What was due meanwhile is missed, but for `fireMissedWithin`. */
  resume(): void;
  /**
   * Drops the next due times of the schedules of these names: so many of all of them together, a due time that they
   * share counting once. In place of what was left of an earlier request for one of them.
   */
  dropNext(scheduleNames: readonly string[], count: number): void;
  /** All schedules, in the order of group and name. */
  nextDueTimes(): readonly NextDueTime[];
  /** All groups and schedules, as JSON. */
  snapshot(): SchedulerSnapshot;
  /** Puts a snapshot in place of all groups and schedules. @throws Error after `start()` */
  restore(snapshot: SchedulerSnapshot): void;
}

/** An embedded EventBridge Scheduler that has no schedules yet. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { clock, target, observer = {}, random = Math.random, isHeld = false } = options;
  const store = new ScheduleStore(options.residence);
  const api = { clock, store, tokens: new ClientTokens() };
  const disturbance = new Disturbance(options.duplicates ?? { chance: 0 }, random);
  const engine = new Engine({
    clock,
    store,
    disturbance,
    observer,
    random,
    marks: new MarkBook(options.marks, observer),
    deliveries: new Deliveries({ clock, target, observer }),
    fireMissedWithin: options.fireMissedWithin ?? milliseconds(0),
  });

  return {
    handle: (request) => handleRequest(api, request),
    start: () => engine.start(isHeld),
    stop: () => engine.stop(),
    hold: () => engine.hold(),
    resume: () => engine.resume(),
    dropNext: (scheduleNames, count) => disturbance.dropNext(scheduleNames, count),
    nextDueTimes: () =>
      store.schedules().map((schedule) => {
        const { name, group, isEnabled, target } = schedule;
        return {
          name,
          group,
          input: target.input,
          next: engine.nextDueTime(schedule),
          state: isEnabled ? 'ENABLED' : 'DISABLED',
        };
      }),
    snapshot: () => store.snapshot(),
    restore(snapshot) {
      // The marks tell what a snapshot's schedules have missed, and they are read at the start.
      if (engine.hasStarted) throw new Error('restore() belongs before start()');
      store.restore(snapshot);
    },
  };
}
