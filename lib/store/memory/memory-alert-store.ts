import {
  type AlertStore,
  type OpenedStory,
  type PendingAlert,
  PLACES_A_MINUTE,
  type Story,
} from '../../observe/alert-store.ts';
import { type EpochMs, epochMs, MINUTE, toIso } from '../../units.ts';
import { isSameStory } from '../same-story.ts';

/** Stories and pending alerts in memory: for tests and simulations. */
export class MemoryAlertStore implements AlertStore {
  readonly #stories = new Map<string, Story>();
  readonly #pending = new Map<string, PendingAlert>();
  #minute = { from: epochMs(0), taken: 0 };

  async stories(): Promise<readonly Story[]> {
    return [...this.#stories.values()];
  }

  async open(story: Story): Promise<OpenedStory> {
    const known = this.#stories.get(story.key);
    if (known !== undefined) return { isNew: isSameStory(known, story), story: known };
    this.#stories.set(story.key, story);
    return { isNew: true, story };
  }

  async change({ key, since, version }: Story, after: Omit<Story, 'version'>): Promise<boolean> {
    const changed = { ...after, version: version + 1 };
    const known = this.#stories.get(key);
    if (known?.version !== version || known.since !== since) return known !== undefined && isSameStory(known, changed);
    this.#stories.set(key, changed);
    return true;
  }

  async close({ key, since, version }: Story): Promise<boolean> {
    const known = this.#stories.get(key);
    if (known !== undefined && (known.since !== since || known.version !== version)) return false;
    this.#stories.delete(key);
    return true;
  }

  async put(pending: PendingAlert): Promise<void> {
    if (!this.#pending.has(keyOf(pending))) this.#pending.set(keyOf(pending), pending);
  }

  async leave(pending: PendingAlert, readyAt: EpochMs): Promise<void> {
    const known = this.#pending.get(keyOf(pending));
    if (known !== undefined) this.#pending.set(keyOf(pending), { ...known, readyAt });
  }

  async remove(pending: PendingAlert): Promise<void> {
    this.#pending.delete(keyOf(pending));
  }

  async pending(limit: number): Promise<readonly PendingAlert[]> {
    const keys = [...this.#pending.keys()].sort().slice(0, limit);
    return keys.flatMap((key) => this.#pending.get(key) ?? []);
  }

  async takePlace(now: EpochMs): Promise<boolean> {
    if (this.#minute.from <= now - MINUTE) this.#minute = { from: now, taken: 0 };
    this.#minute.taken += 1;
    return this.#minute.taken <= PLACES_A_MINUTE;
  }
}

const keyOf = ({ at, id }: PendingAlert): string => `${toIso(at)}#${id}`;
