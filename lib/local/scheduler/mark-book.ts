import { createHash } from 'node:crypto';
import { bestEffort } from '../../best-effort.ts';
import { type EpochMs, epochMs } from '../../units.ts';
import { type StoredSchedule, scheduleKey } from './model.ts';
import type { Marks, SchedulerObserver } from './ports.ts';

/**
 * How far each schedule has come: every due time up to its mark was delivered, dead-lettered, dropped or reported as
 * missed.
 *
 * A mark is filed under the schedule's name and what makes it due, so that an edit made while the process was off
 * leaves no due times behind that never were any.
 */
export class MarkBook {
  readonly #marks = new Map<string, EpochMs>();
  readonly #port: Marks | undefined;
  readonly #observer: SchedulerObserver;
  #isSaved = true;
  #wasOnUntil: EpochMs | undefined;
  #onUntil: EpochMs | undefined;
  #saving: Promise<void> | undefined;

  constructor(port: Marks | undefined, observer: SchedulerObserver) {
    this.#port = port;
    this.#observer = observer;
  }

  async load(): Promise<void> {
    const { marks, onUntil } = (await this.#port?.load()) ?? { marks: {} };
    for (const [key, mark] of Object.entries(marks)) this.#marks.set(key, epochMs(mark));
    this.#wasOnUntil = onUntil;
    this.#onUntil = onUntil;
  }

  /** The last instant for which the process before this one may have fired. */
  get wasOnUntil(): EpochMs | undefined {
    return this.#wasOnUntil;
  }

  /** Writes down until when this process may fire without another word. */
  setOnUntil(instant: EpochMs): void {
    this.#onUntil = instant;
    this.#save();
  }

  get(schedule: StoredSchedule): EpochMs | undefined {
    return this.#marks.get(keyOf(schedule));
  }

  set(schedule: StoredSchedule, mark: EpochMs): void {
    const key = keyOf(schedule);
    if (this.#marks.get(key) === mark) return;
    // Its earlier definition, if any, is gone for good.
    if (!this.#marks.has(key)) this.#deleteAll(schedule);
    this.#marks.set(key, mark);
    this.#save();
  }

  delete(schedule: StoredSchedule): void {
    if (this.#deleteAll(schedule)) this.#save();
  }

  /** Resolves when everything is saved that can be. */
  async flush(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving;
  }

  #deleteAll(schedule: StoredSchedule): boolean {
    const prefix = `${scheduleKey(schedule)}#`;
    const obsolete = [...this.#marks.keys()].filter((key) => key.startsWith(prefix));
    for (const key of obsolete) this.#marks.delete(key);
    return obsolete.length > 0;
  }

  /** One save at a time; changes made meanwhile are in the next. */
  #save(): void {
    this.#isSaved = false;
    this.#saving ??= this.#saveAll().finally(() => {
      this.#saving = undefined;
    });
  }

  async #saveAll(): Promise<void> {
    while (!this.#isSaved) {
      this.#isSaved = true;
      await bestEffort(
        async () => this.#port?.save({ marks: Object.fromEntries(this.#marks), onUntil: this.#onUntil }),
        (error) => this.#observer.onMarksNotSaved?.(error),
      );
    }
  }
}

function keyOf(schedule: StoredSchedule): string {
  const { expression, timezone, startsAt, endsAt } = schedule;
  const definition = JSON.stringify([expression, timezone, startsAt, endsAt]);
  const print = createHash('sha256').update(definition).digest('hex').slice(0, 12);
  return `${scheduleKey(schedule)}#${print}`;
}
