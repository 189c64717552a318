import { DAY, type EpochMs, epochMs, type Milliseconds } from '../../units.ts';
import { dueTimesOf, without } from './due-times.ts';
import type { DueTimes, StoredSchedule } from './model.ts';

// A minute schedule has 44,640 due times in 31 days: older ones are worth nobody's time.
const MAX_LOOK_BACK = 31 * DAY;

export interface EntryOptions {
  readonly schedule: StoredSchedule;
  /** Due times up to it are not taken. */
  readonly handledUntil: EpochMs;
  /** How far it may be ahead of the clock: one that is set back by no more fires nothing twice. */
  readonly slack: Milliseconds;
  /** The entry of the schedule's earlier definition: what that has taken is not taken again. */
  readonly former?: Entry | undefined;
}

/** A schedule that the engine watches, and how far it has come. */
export class Entry {
  readonly schedule: StoredSchedule;
  /** Due times waiting in their flexible window, and when they fire. */
  readonly waiting = new Map<EpochMs, EpochMs>();
  /** Due times whose delivery has begun and not concluded. */
  readonly unsettled = new Set<EpochMs>();
  readonly #allDueTimes: DueTimes;
  /** Without those that an earlier definition has taken. */
  readonly #dueTimes: DueTimes;
  readonly #slack: Milliseconds;
  readonly #takenByFormer: Set<EpochMs>;
  #countsFrom: EpochMs;
  #handledUntil: EpochMs;
  #next: EpochMs | undefined;
  /** The last of its due times that was fired, by this definition or an earlier one. */
  #concludedUntil: EpochMs | undefined;

  constructor({ schedule, handledUntil, slack, former }: EntryOptions) {
    this.schedule = schedule;
    this.#slack = slack;
    this.#takenByFormer = new Set(former === undefined ? [] : former.#takenAfter(handledUntil));
    this.#allDueTimes = dueTimesOf(schedule);
    this.#dueTimes = without(this.#allDueTimes, this.#takenByFormer);
    if (former !== undefined && former.#concludedUntil !== undefined) this.conclude(former.#concludedUntil);
    this.#countsFrom = handledUntil;
    this.#handledUntil = handledUntil;
    this.#next = this.#dueTimes.next(handledUntil);
  }

  /** Takes the due times up to now that were not taken before. */
  take(now: EpochMs): readonly EpochMs[] {
    if (this.#next === undefined || this.#next > now) return [];
    const from = epochMs(Math.max(this.#handledUntil, now - MAX_LOOK_BACK));
    const taken = [...this.#dueTimes.between(from, now)];
    this.#handledUntil = taken.at(-1) ?? from;
    this.#next = this.#dueTimes.next(this.#handledUntil);
    return taken;
  }

  /** A due time was delivered, dead-lettered or dropped, be it by an earlier definition. */
  conclude(scheduledTime: EpochMs): void {
    this.unsettled.delete(scheduledTime);
    if (this.#allDueTimes.next(epochMs(scheduledTime - 1)) !== scheduledTime) return;
    this.#concludedUntil = epochMs(Math.max(this.#concludedUntil ?? scheduledTime, scheduledTime));
  }

  /**
   * Counts from now again, if it is so far ahead of the clock that this must have been wrong when it came there.
   *
   * @returns how far it had come; undefined when it goes on as it is
   */
  rewind(now: EpochMs): EpochMs | undefined {
    const handledUntil = this.#handledUntil;
    if (!this.#isAhead(now)) return undefined;
    this.#takenByFormer.clear();
    for (const time of [...this.waiting.keys()]) if (time > now) this.waiting.delete(time);
    this.#concludedUntil = undefined;
    this.#countsFrom = epochMs(Math.min(this.#countsFrom, now));
    this.#handledUntil = now;
    this.#next = this.#dueTimes.next(now);
    return handledUntil;
  }

  /** The first due time after now that it will take. */
  nextAfter(now: EpochMs): EpochMs | undefined {
    return this.#dueTimes.next(this.#isAhead(now) ? now : epochMs(Math.max(now, this.#handledUntil)));
  }

  /** When something is to be done for it next. */
  wakeAt(): EpochMs | undefined {
    const times = [...this.waiting.values(), ...(this.#next === undefined ? [] : [this.#next])];
    return times.length === 0 ? undefined : epochMs(Math.min(...times));
  }

  /** Every due time up to the mark is settled. */
  mark(): EpochMs {
    const open = [...this.waiting.keys(), ...this.unsettled].map((time) => time - 1);
    return epochMs(Math.min(this.#handledUntil, ...open));
  }

  /** Whether its last due time was fired. One that has missed it is over, and not finished. */
  isFinished(): boolean {
    if (this.#next !== undefined || this.waiting.size > 0 || this.unsettled.size > 0) return false;
    const until = this.#concludedUntil;
    return until !== undefined && until > this.#countsFrom && until >= this.#handledUntil;
  }

  /** Whether all that it has taken is so old that no other would take it. */
  isOutOfReach(now: EpochMs): boolean {
    return this.#handledUntil < now - MAX_LOOK_BACK;
  }

  #isAhead(now: EpochMs): boolean {
    return this.#handledUntil - now > this.#slack;
  }

  #takenAfter(instant: EpochMs): readonly EpochMs[] {
    const byFormer = [...this.#takenByFormer].filter((time) => time > instant);
    const from = epochMs(Math.max(instant, this.#countsFrom));
    return [...byFormer, ...this.#dueTimes.between(from, this.#handledUntil)];
  }
}
