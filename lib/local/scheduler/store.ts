import { type EpochMs, epochMs } from '../../units.ts';
import { DEFAULT_GROUP, type SchedulerSnapshot, type StoredGroup, type StoredSchedule, scheduleKey } from './model.ts';

/** Told of every change, after it was made: `before` is absent for a new schedule, `after` for a deleted one. */
export type ChangeListener = (before: StoredSchedule | undefined, after: StoredSchedule | undefined) => void;

/** Which account's schedules they are; both are part of every ARN. */
export interface Residence {
  readonly region: string;
  readonly account: string;
}

/** Schedules and groups, in memory. Knows names and nothing of time. */
export class ScheduleStore {
  readonly #arnPrefix: string;
  readonly #groups = new Map<string, StoredGroup>();
  readonly #schedules = new Map<string, StoredSchedule>();
  readonly #listeners: ChangeListener[] = [];

  constructor({ region, account }: Residence) {
    this.#arnPrefix = `arn:aws:scheduler:${region}:${account}`;
    this.#addDefaultGroup();
  }

  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  groupArn(name: string): string {
    return `${this.#arnPrefix}:schedule-group/${name}`;
  }

  scheduleArn(key: { readonly group: string; readonly name: string }): string {
    return `${this.#arnPrefix}:schedule/${scheduleKey(key)}`;
  }

  group(name: string): StoredGroup | undefined {
    return this.#groups.get(name);
  }

  /** In the order of their names. */
  groups(): readonly StoredGroup[] {
    return sortedBy([...this.#groups.values()], ({ name }) => name);
  }

  putGroup(group: StoredGroup): void {
    this.#groups.set(group.name, group);
  }

  /** Deletes a group with all its schedules. */
  deleteGroup(name: string): void {
    for (const schedule of this.schedules()) if (schedule.group === name) this.deleteSchedule(schedule);
    this.#groups.delete(name);
  }

  schedule(key: { readonly group: string; readonly name: string }): StoredSchedule | undefined {
    return this.#schedules.get(scheduleKey(key));
  }

  /** In the order of group and name. */
  schedules(): readonly StoredSchedule[] {
    return sortedBy([...this.#schedules.values()], scheduleKey);
  }

  putSchedule(schedule: StoredSchedule): void {
    const before = this.schedule(schedule);
    this.#schedules.set(scheduleKey(schedule), schedule);
    this.#tell(before, schedule);
  }

  /** While nothing ran a schedule was not there: it counts as made anew at its last due time of then. */
  sleptUntil(key: { readonly group: string; readonly name: string }, instant: EpochMs): void {
    const found = this.schedule(key);
    if (found === undefined || found.createdAt >= instant) return;
    this.#schedules.set(scheduleKey(key), { ...found, createdAt: instant });
  }

  deleteSchedule(key: { readonly group: string; readonly name: string }): void {
    const before = this.schedule(key);
    if (before === undefined) return;
    this.#schedules.delete(scheduleKey(key));
    this.#tell(before, undefined);
  }

  snapshot(): SchedulerSnapshot {
    return { v: 1, groups: this.groups(), schedules: this.schedules() };
  }

  /** Puts a snapshot's groups and schedules in place of everything there is. */
  restore(snapshot: SchedulerSnapshot): void {
    for (const { name } of this.groups()) this.deleteGroup(name);
    this.#addDefaultGroup();
    for (const group of snapshot.groups) this.putGroup(group);
    for (const schedule of snapshot.schedules) this.putSchedule(schedule);
  }

  #addDefaultGroup(): void {
    const arn = this.groupArn(DEFAULT_GROUP);
    this.putGroup({ name: DEFAULT_GROUP, arn, createdAt: epochMs(0), modifiedAt: epochMs(0), tags: {} });
  }

  #tell(before: StoredSchedule | undefined, after: StoredSchedule | undefined): void {
    for (const listener of this.#listeners) listener(before, after);
  }
}

/** By code units, so that a name prefix is one stretch and pages follow on each other. */
const sortedBy = <Item>(items: Item[], keyOf: (item: Item) => string): Item[] =>
  items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
