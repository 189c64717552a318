import type { Clock } from '../../clock.ts';
import { type EpochMs, epochMs, HOUR, MINUTE, type Milliseconds, milliseconds, plus, SECOND } from '../../units.ts';
import { Entries } from './entries.ts';
import { Entry } from './entry.ts';
import { Fires, type FiresParts } from './fires.ts';
import type { MarkBook } from './mark-book.ts';
import type { StoredSchedule } from './model.ts';
import type { ScheduleStore } from './store.ts';

/** A laptop that slept, or a clock that was set, is noticed after this time at the latest. */
const MAX_SLEEP = MINUTE;
/** EventBridge fires within the minute: a due time handled later than that was slept through. */
const ON_TIME = MINUTE;
/** A new rate is due in the second of its creation, which began before it. */
const RATE_ANCHOR = SECOND;
/** A clock that is set back by no more fires nothing twice. One that is set back farther was wrong before. */
const MAX_SET_BACK = HOUR;
const NEVER = milliseconds(-1);

export interface EngineParts extends FiresParts {
  readonly clock: Clock;
  readonly store: ScheduleStore;
  readonly marks: MarkBook;
  readonly fireMissedWithin: Milliseconds;
  readonly random: () => number;
}

/**
 * Fires schedules when they are due. Sleeps until the next due time of all (or a minute, if that is sooner), so it
 * costs nothing while nothing is due.
 */
export class Engine {
  readonly #parts: EngineParts;
  readonly #fires: Fires;
  readonly #slack: Milliseconds;
  readonly #entries: Entries;
  #state: 'new' | 'firing' | 'held' | 'stopped' = 'new';
  #timer: { cancel(): void } | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#fires = new Fires(parts);
    this.#slack = milliseconds(Math.max(MAX_SET_BACK, this.#tolerance()));
    this.#entries = new Entries(this.#slack);
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
    if (this.#state === 'firing') this.#parts.marks.setOnUntil(this.#parts.clock.now());
    this.#state = 'stopped';
    this.#timer?.cancel();
    await this.#fires.stop();
    await this.#parts.marks.flush();
  }

  hold(): void {
    if (this.#state !== 'firing') return;
    this.#tick();
    for (const entry of this.#entries.all()) this.#fireWaiting(entry, { early: true });
    this.#state = 'held';
    this.#timer?.cancel();
    this.#parts.marks.setOnUntil(this.#parts.clock.now());
  }

  resume(): void {
    if (this.#state !== 'held') return;
    this.#state = 'firing';
    for (const entry of this.#entries.all()) this.#advance(entry, this.#parts.fireMissedWithin, this.#wasOnUntil());
    this.#tick();
  }

  /** What a schedule will be fired for next; undefined when it is disabled, and when nothing is due any more. */
  nextDueTime(schedule: StoredSchedule): EpochMs | undefined {
    if (!schedule.isEnabled) return undefined;
    const unwatched = () => new Entry({ schedule, handledUntil: schedule.dueAfter, slack: this.#slack });
    return (this.#entries.get(schedule) ?? unwatched()).nextAfter(this.#parts.clock.now());
  }

  #change(before: StoredSchedule | undefined, after: StoredSchedule | undefined): void {
    if (this.#state === 'new' || this.#state === 'stopped') return;
    // First, so that the end of the old definition (DELETE after completion) does not take the new one with it.
    const earlier = before === undefined ? undefined : this.#entries.remove(before, this.#parts.clock.now());
    if (earlier !== undefined) {
      this.#parts.marks.delete(earlier.schedule);
      // What was due before the change is fired by the definition that it was due by.
      this.#advance(earlier, this.#state === 'held' ? NEVER : this.#tolerance());
      this.#fireWaiting(earlier, { early: true });
    }
    if (after !== undefined) this.#adopt(after);
    this.#arm();
  }

  #adopt(schedule: StoredSchedule): void {
    const { clock, marks, fireMissedWithin } = this.#parts;
    if (!schedule.isEnabled) {
      marks.delete(schedule);
      return;
    }
    const mark = marks.get(schedule);
    const entry = this.#entries.add(schedule, mark ?? schedule.dueAfter, clock.now());
    this.#rewind(entry);
    const known = milliseconds(Math.max(fireMissedWithin, RATE_ANCHOR));
    if (this.#state === 'firing') {
      if (mark === undefined) this.#advance(entry, this.#tolerance());
      else this.#advance(entry, known, this.#wasOnUntil());
    }
    this.#settle(entry);
  }

  #wasOnUntil(): EpochMs {
    return this.#parts.marks.wasOnUntil ?? epochMs(0);
  }

  #tick(): void {
    if (this.#state !== 'firing') return;
    for (const entry of this.#entries.all()) {
      this.#rewind(entry);
      this.#advance(entry, this.#tolerance());
      this.#fireWaiting(entry, { early: false });
    }
    this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#state !== 'firing') return;
    const wakeTimes = this.#entries.all().flatMap((entry) => entry.wakeAt() ?? []);
    if (wakeTimes.length === 0) return;
    const { clock, marks } = this.#parts;
    const now = clock.now();
    // The next word is written before that is over: after a kill, what was due until then is not taken for slept through.
    marks.setOnUntil(plus(now, MAX_SLEEP));
    const delay = Math.min(...wakeTimes) - now;
    const sleep = milliseconds(Math.min(Math.max(delay, 0), MAX_SLEEP));
    this.#timer = clock.after(sleep, () => this.#tick());
  }

  #tolerance(): Milliseconds {
    return milliseconds(Math.max(ON_TIME, this.#parts.fireMissedWithin));
  }

  #rewind(entry: Entry): void {
    const handledUntil = entry.rewind(this.#parts.clock.now());
    if (handledUntil === undefined) return;
    this.#parts.observer.onClockSetBack?.(entry.schedule, handledUntil);
    this.#settle(entry);
  }

  /**
   * Fires what has become due and is no later than the tolerance; the rest is reported as missed.
   *
   * @param wasOnUntil what was due until then is fired however late: a process was on then, and was killed before it had
   * written down that it fired it. If it had fired it, the run's claim takes one of the two
   */
  #advance(entry: Entry, tolerance: Milliseconds, wasOnUntil = epochMs(0)): void {
    const now = this.#parts.clock.now();
    const due = entry.take(now);
    if (due.length === 0) return;
    const missed = due.filter((time) => now - time > tolerance && time > wasOnUntil);
    const latest = missed.at(-1);
    if (latest !== undefined) {
      this.#parts.store.sleptUntil(entry.schedule, latest);
      this.#parts.observer.onMissedWhileOff?.(entry.schedule, missed);
    }
    for (const time of due.filter((time) => !missed.includes(time))) this.#launch(entry, time);
    this.#settle(entry);
  }

  #launch(entry: Entry, scheduledTime: EpochMs): void {
    const { flexibleWindow } = entry.schedule;
    if (flexibleWindow === undefined) {
      this.#fire(entry, scheduledTime);
      return;
    }
    const minutes = Math.floor(this.#parts.random() * (flexibleWindow / MINUTE));
    entry.waiting.set(scheduledTime, plus(scheduledTime, milliseconds(minutes * MINUTE)));
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
    entry.unsettled.add(scheduledTime);
    this.#fires.begin({ schedule: entry.schedule, scheduledTime }, () => {
      this.#settle(this.#entries.conclude(entry, scheduledTime));
    });
  }

  /** Writes down how far an entry has come. One that was changed or deleted since is nobody's any more. */
  #settle(entry: Entry): void {
    const { marks, store } = this.#parts;
    const { schedule } = entry;
    if (this.#entries.get(schedule) !== entry) return;
    if (entry.isFinished() && schedule.deletesAfterCompletion) store.deleteSchedule(schedule);
    else marks.set(schedule, entry.mark());
  }
}
