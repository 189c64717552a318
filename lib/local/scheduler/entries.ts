import type { EpochMs, Milliseconds } from '../../units.ts';
import { Entry } from './entry.ts';
import { type StoredSchedule, scheduleKey } from './model.ts';

/**
 * The entries of the enabled schedules. Of one that is changed, disabled or deleted the entry is remembered for the next
 * of that name: an emulator may tell of a change late, or lose a schedule for a moment, when it has been fired already.
 */
export class Entries {
  readonly #slack: Milliseconds;
  readonly #current = new Map<string, Entry>();
  readonly #former = new Map<string, Entry>();

  /** @param slack how far an entry may be ahead of the clock */
  constructor(slack: Milliseconds) {
    this.#slack = slack;
  }

  /** As they are now: whoever goes through them may change them. */
  all(): readonly Entry[] {
    return [...this.#current.values()];
  }

  get(schedule: StoredSchedule): Entry | undefined {
    return this.#current.get(scheduleKey(schedule));
  }

  add(schedule: StoredSchedule, handledUntil: EpochMs, now: EpochMs): Entry {
    const key = scheduleKey(schedule);
    const former = this.#former.get(key);
    this.#former.delete(key);
    former?.rewind(now);
    const entry = new Entry({ schedule, handledUntil, slack: this.#slack, former });
    this.#current.set(key, entry);
    return entry;
  }

  /**
   * A due time of an entry was delivered, dead-lettered or dropped.
   *
   * @returns the entry that has taken its place meanwhile, which may have come to its end by that; or itself
   */
  conclude(entry: Entry, scheduledTime: EpochMs): Entry {
    entry.conclude(scheduledTime);
    const current = this.get(entry.schedule) ?? entry;
    current.conclude(scheduledTime);
    return current;
  }

  /** @returns what it was */
  remove(schedule: StoredSchedule, now: EpochMs): Entry | undefined {
    const entry = this.get(schedule);
    if (entry === undefined) return undefined;
    for (const [key, former] of this.#former) if (former.isOutOfReach(now)) this.#former.delete(key);
    this.#current.delete(scheduleKey(schedule));
    this.#former.set(scheduleKey(schedule), entry);
    return entry;
  }
}
