import { isDeepStrictEqual } from 'node:util';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Clock } from '../clock.ts';
import { type ScheduleSettings, type StoredSchedule, scheduleKey } from '../local/scheduler/model.ts';
import type { ScheduleStore } from '../local/scheduler/store.ts';
import type { EpochMs } from '../units.ts';
import { CompletedSchedules } from './completed-schedules.ts';
import { countingFrom } from './counting-from.ts';
import { type DescribedSchedule, describeSchedule, type ListedSchedule, listSchedules } from './endpoint-schedules.ts';
import type { Change } from './observer.ts';
import type { Outages } from './outages.ts';

export interface MirrorParts {
  readonly client: SchedulerClient;
  readonly groups: readonly string[];
  readonly clock: Clock;
  readonly store: ScheduleStore;
  readonly outages: Outages;
}

/** What the endpoint last said of a schedule, and when the look began that was told so. */
interface Known {
  readonly described: DescribedSchedule;
  readonly lookedAt: EpochMs;
}

/** When a look began, and the one before it that could read the schedule. */
interface Look {
  readonly lookedAt: EpochMs;
  readonly since: EpochMs;
}

/** An endpoint may tell dates in whole seconds: within one, a second change looks like the first. */
const SURELY_PAST_MS = 2000;

/**
 * Keeps a store of the embedded scheduler as an endpoint's schedules are, as far as they can be fired; and, the other
 * way, deletes at the endpoint what the engine deletes from the store when it is completed.
 */
export class Mirror {
  readonly #parts: MirrorParts;
  /** Also those that cannot be fired. */
  readonly #known = new Map<string, Known>();
  readonly #completed: CompletedSchedules;
  #since: EpochMs | undefined;
  /** Schedules that the last look could not read, and the look before that each of them counts from. */
  #unread: ReadonlyMap<string, EpochMs> = new Map();

  constructor(parts: MirrorParts) {
    this.#parts = parts;
    this.#completed = new CompletedSchedules(parts);
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
    const { client, groups, clock, outages } = this.#parts;
    const lookedAt = clock.now();
    const listed = await listSchedules(client, groups);
    const changes = [...this.#forgetAllBut(new Set(listed.map(scheduleKey)))];
    const unread = new Map<string, EpochMs>();
    for (const schedule of listed) {
      const key = scheduleKey(schedule);
      const since = this.#unread.get(key) ?? this.#since ?? lookedAt;
      try {
        changes.push(...(await this.#follow(schedule, { lookedAt, since })));
        outages.worked({ kind: 'read', name: schedule.name });
      } catch (error) {
        unread.set(key, since);
        outages.failed({ kind: 'read', name: schedule.name }, error);
      }
    }
    this.#unread = unread;
    this.#since = lookedAt;
    return changes;
  }

  /** Resolves when no deletion is under way. */
  async settle(): Promise<void> {
    await this.#completed.settle();
  }

  async #follow(listed: ListedSchedule, { lookedAt, since }: Look): Promise<readonly Change[]> {
    const key = scheduleKey(listed);
    const known = this.#known.get(key);
    const described = isUnchanged(known, listed) ? known.described : await describeSchedule(this.#parts.client, listed);
    if (described === undefined) return [];
    this.#known.set(key, { described, lookedAt });
    if (!isDeepStrictEqual(described, known?.described)) return [this.#take(described, since)];
    await this.#completed.retry(key);
    return [];
  }

  #take(described: DescribedSchedule, since: EpochMs): Change {
    const { store } = this.#parts;
    const { reading } = described;
    this.#completed.forget(scheduleKey(described));
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
    return [...this.#known].flatMap(([key, { described }]): Change[] => {
      if (listed.has(key)) return [];
      this.#known.delete(key);
      this.#completed.forget(key);
      const schedule = store.schedule(described);
      if (schedule === undefined) return [];
      store.deleteSchedule(schedule);
      return [{ kind: 'gone', schedule }];
    });
  }

  /** What the mirror itself deletes is not known, or known as unsupported, by then. */
  #complete(schedule: StoredSchedule): void {
    const described = this.#known.get(scheduleKey(schedule))?.described;
    if (described?.reading.kind === 'supported') this.#completed.add(described);
  }
}

function isUnchanged(known: Known | undefined, { modifiedAt }: ListedSchedule): known is Known {
  if (known === undefined || modifiedAt === undefined) return false;
  return known.described.modifiedAt === modifiedAt && modifiedAt < known.lookedAt - SURELY_PAST_MS;
}
