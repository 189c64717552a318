import { isDeepStrictEqual } from 'node:util';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { scheduleKey } from '../local/scheduler/model.ts';
import { type DescribedSchedule, deleteSchedule, describeSchedule } from './endpoint-schedules.ts';
import type { Outages } from './outages.ts';

interface Parts {
  readonly client: SchedulerClient;
  readonly outages: Outages;
}

/**
 * Schedules that were fired for the last time, and are to be deleted at the endpoint. One that is another there by now
 * is left alone: it was changed, or deleted and made again, since the last look.
 */
export class CompletedSchedules {
  readonly #parts: Parts;
  readonly #schedules = new Map<string, DescribedSchedule>();
  readonly #deletions = new Set<Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Begins to delete a schedule. */
  add(schedule: DescribedSchedule): void {
    this.#schedules.set(scheduleKey(schedule), schedule);
    const deletion = this.#delete(schedule).finally(() => this.#deletions.delete(deletion));
    this.#deletions.add(deletion);
  }

  /** Tries again to delete what is still there. Never rejects. */
  async retry(key: string): Promise<void> {
    const schedule = this.#schedules.get(key);
    if (schedule !== undefined) await this.#delete(schedule);
  }

  /** It is gone, or another. */
  forget(key: string): void {
    this.#schedules.delete(key);
  }

  /** Resolves when no deletion is under way. */
  async settle(): Promise<void> {
    await Promise.all(this.#deletions);
  }

  async #delete(completed: DescribedSchedule): Promise<void> {
    const { client, outages } = this.#parts;
    const task = { kind: 'delete', name: completed.name } as const;
    try {
      const found = await describeSchedule(client, completed);
      // The API has no conditional delete: what is changed in the milliseconds between these two calls is still lost.
      if (isDeepStrictEqual(found, completed)) await deleteSchedule(client, completed);
      outages.worked(task);
    } catch (error) {
      outages.failed(task, error);
    }
  }
}
