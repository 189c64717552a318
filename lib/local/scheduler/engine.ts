import type { Clock } from '../../run/ports.ts';
import { type EpochMs, type Milliseconds, milliseconds, plus } from '../../units.ts';
import type { Deliveries } from './delivery.ts';
import type { Disturbance } from './disturbance.ts';
import { Entry } from './entry.ts';
import type { MarkBook } from './mark-book.ts';
import { type StoredSchedule, scheduleKey } from './model.ts';
import type { SchedulerObserver } from './ports.ts';
import type { ScheduleStore } from './store.ts';

/** A laptop that slept, or a clock that was set, is noticed after this time at the latest. */
const LONGEST_SLEEP = milliseconds(60_000);
/** EventBridge fires within the minute: a due time handled later than that was slept through. */
const ON_TIME = milliseconds(60_000);
/** A new rate is due in the second of its creation, which began before it. */
const RATE_ANCHOR = milliseconds(1000);
const NEVER = milliseconds(-1);
const MINUTE_MS = 60_000;

export interface EngineParts {
  readonly clock: Clock;
  readonly store: ScheduleStore;
  readonly marks: MarkBook;
  readonly deliveries: Deliveries;
  readonly disturbance: Disturbance;
  readonly observer: SchedulerObserver;
  readonly fireMissedWithin: Milliseconds;
  readonly random: () => number;
}

/**
 * Fires schedules when they are due. Sleeps until the next due time of all (or a minute, if that is sooner), so it
 * costs nothing while nothing is due.
 */
export class Engine {
  readonly #parts: EngineParts;
  readonly #entries = new Map<string, Entry>();
  readonly #deliveriesUnderWay = new Set<Promise<void>>();
  #state: 'new' | 'firing' | 'held' | 'stopped' = 'new';
  #timer: { cancel(): void } | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    parts.store.onChange((before, after) => this.#change(before, after));
  }

  get hasStarted(): boolean {
    return this.#state !== 'new';
  }

  /** Loads the marks and begins to fire, unless held. */
  async start(isHeld: boolean): Promise<void> {
    await this.#parts.marks.load();
    if (this.#state === 'stopped') return;
    this.#state = isHeld ? 'held' : 'firing';
    for (const schedule of this.#parts.store.schedules()) this.#adopt(schedule);
    this.#tick();
  }

  /** Ends firing. Messages being sent are waited for; retries not yet due are left to the marks. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#timer?.cancel();
    this.#parts.deliveries.abandon();
    await Promise.all(this.#deliveriesUnderWay);
    await this.#parts.marks.flush();
  }

  hold(): void {
    if (this.#state !== 'firing') return;
    this.#tick();
    for (const entry of [...this.#entries.values()]) this.#fireWaiting(entry, { early: true });
    this.#state = 'held';
    this.#timer?.cancel();
  }

  resume(): void {
    if (this.#state !== 'held') return;
    this.#state = 'firing';
    for (const entry of [...this.#entries.values()]) this.#advance(entry, this.#parts.fireMissedWithin);
    this.#tick();
  }

  #change(before: StoredSchedule | undefined, after: StoredSchedule | undefined): void {
    if (this.#state === 'new' || this.#state === 'stopped') return;
    const earlier = before === undefined ? undefined : this.#entries.get(scheduleKey(before));
    if (before !== undefined && earlier !== undefined) {
      // First, so that the end of the old definition (DELETE after completion) does not take the new one with it.
      this.#entries.delete(scheduleKey(before));
      this.#parts.marks.delete(before);
      // What was due before the change is fired by the definition that it was due by.
      this.#advance(earlier, this.#state === 'held' ? NEVER : this.#tolerance());
      this.#fireWaiting(earlier, { early: true });
    }
    if (after !== undefined) this.#adopt(after);
    this.#arm();
  }

  #adopt(schedule: StoredSchedule): void {
    const { marks, fireMissedWithin } = this.#parts;
    if (!schedule.isEnabled) {
      marks.delete(schedule);
      return;
    }
    const mark = marks.get(schedule);
    const entry = new Entry(schedule, mark ?? schedule.dueAfter);
    this.#entries.set(scheduleKey(schedule), entry);
    const known = milliseconds(Math.max(fireMissedWithin, RATE_ANCHOR));
    if (this.#state === 'firing') this.#advance(entry, mark === undefined ? this.#tolerance() : known);
    this.#settle(entry);
  }

  #tick(): void {
    if (this.#state !== 'firing') return;
    for (const entry of [...this.#entries.values()]) {
      this.#advance(entry, this.#tolerance());
      this.#fireWaiting(entry, { early: false });
    }
    this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#state !== 'firing') return;
    const wakeTimes = [...this.#entries.values()].flatMap((entry) => entry.wakeAt() ?? []);
    if (wakeTimes.length === 0) return;
    const delay = Math.min(...wakeTimes) - this.#parts.clock.now();
    const sleep = milliseconds(Math.min(Math.max(delay, 0), LONGEST_SLEEP));
    this.#timer = this.#parts.clock.after(sleep, () => this.#tick());
  }

  #tolerance(): Milliseconds {
    return milliseconds(Math.max(ON_TIME, this.#parts.fireMissedWithin));
  }

  /** Fires what has become due and is no later than the tolerance; the rest is reported as missed. */
  #advance(entry: Entry, tolerance: Milliseconds): void {
    const now = this.#parts.clock.now();
    const due = entry.take(now);
    if (due.length === 0) return;
    const missed = due.filter((time) => now - time > tolerance);
    if (missed.length > 0) this.#parts.observer.onMissedWhileOff?.(entry.schedule, missed);
    for (const time of due.slice(missed.length)) this.#launch(entry, time);
    this.#settle(entry);
  }

  #launch(entry: Entry, scheduledTime: EpochMs): void {
    const { flexibleWindow } = entry.schedule;
    if (flexibleWindow === undefined) {
      this.#fire(entry, scheduledTime);
      return;
    }
    const minutes = Math.floor(this.#parts.random() * (flexibleWindow / MINUTE_MS));
    entry.waiting.set(scheduledTime, plus(scheduledTime, milliseconds(minutes * MINUTE_MS)));
  }

  /** Fires what has waited long enough in its flexible window; early, all that waits: its due time is past anyway. */
  #fireWaiting(entry: Entry, { early }: { readonly early: boolean }): void {
    const now = this.#parts.clock.now();
    const ready = [...entry.waiting].filter(([, fireAt]) => early || fireAt <= now);
    for (const [scheduledTime] of ready) {
      entry.waiting.delete(scheduledTime);
      this.#fire(entry, scheduledTime);
    }
    if (ready.length > 0) this.#settle(entry);
  }

  #fire(entry: Entry, scheduledTime: EpochMs): void {
    const { deliveries, disturbance, observer } = this.#parts;
    const fire = { schedule: entry.schedule, scheduledTime };
    if (disturbance.takesDrop(entry.schedule.name)) {
      observer.onDropped?.({ ...fire, reason: 'requested' });
      return;
    }
    entry.unsettled.add(scheduledTime);
    const copies = Array.from({ length: disturbance.copies() }, () => deliveries.deliver(fire));
    const underWay = Promise.all(copies).then((outcomes) => {
      this.#deliveriesUnderWay.delete(underWay);
      if (outcomes.includes('abandoned')) return;
      entry.unsettled.delete(scheduledTime);
      this.#settle(entry);
    });
    this.#deliveriesUnderWay.add(underWay);
  }

  /** Writes down how far an entry has come. One that was changed or deleted since is nobody's any more. */
  #settle(entry: Entry): void {
    const { marks, store } = this.#parts;
    const { schedule } = entry;
    if (this.#entries.get(scheduleKey(schedule)) !== entry) return;
    const isFinished = entry.isCompleted() && entry.mark() > schedule.dueAfter;
    if (isFinished && schedule.deletesAfterCompletion) store.deleteSchedule(schedule);
    else marks.set(schedule, entry.mark());
  }
}
