import { type EpochMs, epochMs } from '../../units.ts';
import { type DueTimes, dueTimesOf } from './due-times.ts';
import type { StoredSchedule } from './model.ts';

// A minute schedule has 44,640 due times in 31 days: older ones are worth nobody's time.
const FARTHEST_BACK_MS = 31 * 86_400_000;

/** A schedule that the engine watches, and how far it has come. */
export class Entry {
  readonly schedule: StoredSchedule;
  /** Due times waiting in their flexible window, and when they fire. */
  readonly waiting = new Map<EpochMs, EpochMs>();
  /** Due times whose delivery has begun and not concluded. */
  readonly unsettled = new Set<EpochMs>();
  readonly #dueTimes: DueTimes;
  #handledUntil: EpochMs;
  #next: EpochMs | undefined;

  constructor(schedule: StoredSchedule, handledUntil: EpochMs) {
    this.schedule = schedule;
    this.#dueTimes = dueTimesOf(schedule);
    this.#handledUntil = handledUntil;
    this.#next = this.#dueTimes.next(handledUntil);
  }

  /** The first due time not handled yet; undefined when there is none left. */
  get next(): EpochMs | undefined {
    return this.#next;
  }

  /** Takes the due times up to now that were not taken before. */
  take(now: EpochMs): readonly EpochMs[] {
    if (this.#next === undefined || this.#next > now) return [];
    const from = epochMs(Math.max(this.#handledUntil, now - FARTHEST_BACK_MS));
    const taken = [...this.#dueTimes.between(from, now)];
    this.#handledUntil = taken.at(-1) ?? from;
    this.#next = this.#dueTimes.next(this.#handledUntil);
    return taken;
  }

  /** When something is to be done for it next. */
  wakeAt(): EpochMs | undefined {
    const times = [...this.waiting.values(), ...(this.#next === undefined ? [] : [this.#next])];
    return times.length === 0 ? undefined : epochMs(Math.min(...times));
  }

  /** Every due time up to the mark is settled. */
  mark(): EpochMs {
    const open = [...this.waiting.keys(), ...this.unsettled];
    return open.length === 0 ? this.#handledUntil : epochMs(Math.min(...open) - 1);
  }

  isCompleted(): boolean {
    return this.#next === undefined && this.waiting.size === 0 && this.unsettled.size === 0;
  }
}
