import { isDeepStrictEqual } from 'node:util';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Clock } from '../../run/ports.ts';
import type { EpochMs } from '../../units.ts';
import { type ScheduleSettings, type StoredSchedule, scheduleKey } from '../scheduler/model.ts';
import type { ScheduleStore } from '../scheduler/store.ts';
import { countingFrom } from './counting-from.ts';
import {
  type DescribedSchedule,
  deleteSchedule,
  describeSchedule,
  type ListedSchedule,
  listSchedules,
} from './endpoint-schedules.ts';
import type { Change } from './observer.ts';
import type { Outages } from './outages.ts';

export interface MirrorParts {
  readonly client: SchedulerClient;
  readonly groups: readonly string[];
  readonly clock: Clock;
  readonly store: ScheduleStore;
  readonly outages: Outages;
}

type Key = Pick<StoredSchedule, 'group' | 'name'>;

/**
 * Keeps a store of the embedded scheduler as an endpoint's schedules are, as far as they can be fired; and, the other
 * way, deletes at the endpoint what the engine deletes from the store when it is completed.
 */
export class Mirror {
  readonly #parts: MirrorParts;
  /** What the endpoint last said of each schedule, also of those that cannot be fired. */
  readonly #known = new Map<string, DescribedSchedule>();
  /** Fired for the last time, and to be deleted at the endpoint as long as that lists the same definition. */
  readonly #completed = new Set<string>();
  readonly #deletions = new Set<Promise<void>>();
  #since: EpochMs | undefined;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
    parts.store.onChange((before, after) => {
      if (before !== undefined && after === undefined) this.#complete(before);
    });
  }

  /**
   * Brings the store to what the endpoint has now. A schedule that cannot be read stays as it was.
   *
   * @throws the SDK's error, unchanged, when the schedules cannot be listed; the store stays as it was
   */
  async look(): Promise<readonly Change[]> {
    const { client, groups, clock } = this.#parts;
    const lookedAt = clock.now();
    const since = this.#since ?? lookedAt;
    const listed = await listSchedules(client, groups);
    const changes: Change[] = [];
    let isWhole = true;
    for (const schedule of listed) {
      try {
        changes.push(...(await this.#follow(schedule, since)));
        this.#parts.outages.worked({ kind: 'read', name: schedule.name });
      } catch (error) {
        isWhole = false;
        this.#parts.outages.failed({ kind: 'read', name: schedule.name }, error);
      }
    }
    changes.push(...this.#forgetAllBut(new Set(listed.map(scheduleKey))));
    // One that could not be read yet counts from the look before.
    if (isWhole) this.#since = lookedAt;
    return changes;
  }

  /** Resolves when no deletion is under way. */
  async settle(): Promise<void> {
    await Promise.all(this.#deletions);
  }

  async #follow(listed: ListedSchedule, since: EpochMs): Promise<readonly Change[]> {
    const known = this.#known.get(scheduleKey(listed));
    const isUnchanged = known?.modifiedAt !== undefined && known.modifiedAt === listed.modifiedAt;
    const described = isUnchanged ? known : await describeSchedule(this.#parts.client, listed);
    if (described === undefined) return [];
    if (!isDeepStrictEqual(described, known)) return [this.#take(described, since)];
    if (this.#completed.has(scheduleKey(listed))) await this.#delete(listed);
    return [];
  }

  #take(described: DescribedSchedule, since: EpochMs): Change {
    const { store } = this.#parts;
    const { reading } = described;
    const key = scheduleKey(described);
    this.#known.set(key, described);
    this.#completed.delete(key);
    if (reading.kind === 'unsupported') {
      store.deleteSchedule(described);
      return { kind: 'unsupported', schedule: described, reason: reading.reason };
    }
    const before = store.schedule(described);
    const schedule = this.#toStored(described, reading.settings, since);
    store.putSchedule(schedule);
    return { kind: before === undefined ? 'new' : 'changed', schedule };
  }

  #toStored(
    { group, name, arn, createdAt, modifiedAt }: DescribedSchedule,
    settings: ScheduleSettings,
    since: EpochMs,
  ): StoredSchedule {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const before = store.schedule({ group, name });
    return {
      ...settings,
      group,
      name,
      arn: arn ?? store.scheduleArn({ group, name }),
      createdAt: createdAt ?? now,
      modifiedAt: modifiedAt ?? now,
      ...countingFrom({ settings, createdAt, modifiedAt, before, since, now }),
    };
  }

  #forgetAllBut(listed: ReadonlySet<string>): readonly Change[] {
    const { store } = this.#parts;
    return [...this.#known].flatMap(([key, described]): Change[] => {
      if (listed.has(key)) return [];
      this.#known.delete(key);
      this.#completed.delete(key);
      const schedule = store.schedule(described);
      if (schedule === undefined) return [];
      store.deleteSchedule(schedule);
      return [{ kind: 'gone', schedule }];
    });
  }

  /** What the mirror itself deletes is not known, or known as unsupported, by then. */
  #complete(schedule: StoredSchedule): void {
    const key = scheduleKey(schedule);
    if (this.#known.get(key)?.reading.kind !== 'supported') return;
    this.#completed.add(key);
    const deletion = this.#delete(schedule).finally(() => this.#deletions.delete(deletion));
    this.#deletions.add(deletion);
  }

  async #delete(key: Key): Promise<void> {
    const { client, outages } = this.#parts;
    const task = { kind: 'delete', name: key.name } as const;
    try {
      await deleteSchedule(client, key);
      outages.worked(task);
    } catch (error) {
      outages.failed(task, error);
    }
  }
}
