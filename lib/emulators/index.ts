/**
 * Fires the schedules of an endpoint that stores them and never fires, such as LocalStack's or moto's: looks at them
 * every few seconds, and lets the engine of the embedded scheduler send to the endpoint's queues.
 */

import type { Clock } from '../clock.ts';
import { accountId, defaultRegion } from '../local/backends.ts';
import { Deliveries } from '../local/scheduler/delivery.ts';
import { Disturbance } from '../local/scheduler/disturbance.ts';
import { Engine } from '../local/scheduler/engine.ts';
import { MarkBook } from '../local/scheduler/mark-book.ts';
import type { StoredSchedule } from '../local/scheduler/model.ts';
import { ScheduleStore } from '../local/scheduler/store.ts';
import { type EpochMs, MINUTE, type Milliseconds, milliseconds } from '../units.ts';
import type { TickClients } from './clients.ts';
import { Mirror } from './mirror.ts';
import type { Change, TickObserver } from './observer.ts';
import { Outages } from './outages.ts';
import { queueTarget } from './queue-target.ts';

export { type Connection, type TickClients, tickClients } from './clients.ts';
export type { Change, Task, TickObserver } from './observer.ts';

export interface TickOptions {
  readonly clients: TickClients;
  /** Schedules of other groups are not looked at. */
  readonly groups: readonly string[];
  readonly clock: Clock;
  readonly observer?: TickObserver;
  /** How long after a look the next one is. @default 5 s */
  readonly pollEvery?: Milliseconds;
}

/** A schedule that is fired. */
export interface TickSchedule extends Pick<StoredSchedule, 'name' | 'expression' | 'timezone'> {
  /** What will be fired next; undefined when disabled, and when nothing is due any more. */
  readonly next: EpochMs | undefined;
}

export interface Tick {
  /**
   * Looks, then begins to fire and to look again and again. What was due before is not fired; of a schedule that is
   * made or changed later, what is due after that is, also when the next look finds it a little late.
   *
   * @returns what is there
   * @throws the SDK's error, unchanged, when the schedules cannot be listed
   */
  start(): Promise<readonly Change[]>;
  /**
   * Looks now, or waits for the look that is under way. Never rejects: what fails is told to the observer, the
   * schedules known go on, and the next look tries again.
   */
  look(): Promise<void>;
  /** In the order of group and name. */
  schedules(): readonly TickSchedule[];
  /** Ends looking and firing for good, after the messages being sent. What waits for another attempt is given up. */
  stop(): Promise<void>;
}

const POLL_EVERY = milliseconds(5000);
/** How late, beside the time between two looks, a due time may be found and still be fired. */
const GRACE = MINUTE;

export function createTick(options: TickOptions): Tick {
  const { clients, groups, clock, observer = {}, pollEvery = POLL_EVERY } = options;
  const outages = new Outages(observer);
  const store = new ScheduleStore({ region: defaultRegion, account: accountId });
  const engine = new Engine({
    clock,
    store,
    observer,
    random: Math.random,
    disturbance: new Disturbance({ chance: 0 }, Math.random),
    marks: new MarkBook(undefined, observer),
    deliveries: new Deliveries({ clock, observer, target: queueTarget(clients.sqs, outages) }),
    fireMissedWithin: milliseconds(pollEvery + GRACE),
  });
  const mirror = new Mirror({ client: clients.scheduler, groups, clock, store, outages });
  return new PollingTick({ engine, mirror, store, outages, clock, observer, pollEvery, groups });
}

interface TickParts extends Required<Omit<TickOptions, 'clients'>> {
  readonly engine: Engine;
  readonly mirror: Mirror;
  readonly store: ScheduleStore;
  readonly outages: Outages;
}

class PollingTick implements Tick {
  readonly #parts: TickParts;
  #looking: Promise<void> | undefined;
  #timer: { cancel(): void } | undefined;
  #isStopped = false;

  constructor(parts: TickParts) {
    this.#parts = parts;
  }

  async start(): Promise<readonly Change[]> {
    const changes = await this.#parts.mirror.look();
    await this.#parts.engine.start(false);
    this.#lookLater();
    return changes;
  }

  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  schedules(): readonly TickSchedule[] {
    const { store, engine } = this.#parts;
    return store.schedules().map((schedule) => {
      const { name, expression, timezone } = schedule;
      return { name, expression, timezone, next: engine.nextDueTime(schedule) };
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#looking;
    await this.#parts.engine.stop();
    await this.#parts.mirror.settle();
  }

  async #look(): Promise<void> {
    const { mirror, groups, outages, observer } = this.#parts;
    const task = { kind: 'list', name: groups.join(', ') } as const;
    try {
      const changes = await mirror.look();
      outages.worked(task);
      for (const change of changes) observer.onChange?.(change);
    } catch (error) {
      outages.failed(task, error);
    }
  }

  /** Counted from the end of a look: an endpoint that is slow is not asked the more. */
  #lookLater(): void {
    if (this.#isStopped) return;
    this.#timer = this.#parts.clock.after(this.#parts.pollEvery, () => {
      void this.look().then(() => this.#lookLater());
    });
  }
}
