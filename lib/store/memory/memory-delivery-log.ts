import type { ChannelState, DeliveryLog, KnownAlarm } from '../../channels/ports.ts';
import type { ChannelName } from '../../job/stages.ts';
import type { EpochMs } from '../../units.ts';

/** What the alerts function remembers, in memory: for tests. */
export class MemoryDeliveryLog implements DeliveryLog {
  /** The keys of open stories. */
  readonly stories = new Set<string>();
  readonly #states = new Map<string, Partial<Record<ChannelName, ChannelState>>>();
  readonly #over = new Map<string, EpochMs>();
  readonly #alarms = new Map<string, KnownAlarm>();

  async states(message: string): Promise<Readonly<Partial<Record<ChannelName, ChannelState>>>> {
    return this.#states.get(message) ?? {};
  }

  async note(message: string, channel: ChannelName, state: ChannelState): Promise<void> {
    const states = this.#states.get(message) ?? {};
    if (states[channel] !== 'sent') this.#states.set(message, { ...states, [channel]: state });
  }

  async noteOver(story: string, at: EpochMs): Promise<void> {
    const known = this.#over.get(story);
    if (known === undefined || known < at) this.#over.set(story, at);
  }

  async overAt(story: string): Promise<EpochMs | undefined> {
    return this.#over.get(story);
  }

  async alarm(name: string): Promise<KnownAlarm | undefined> {
    return this.#alarms.get(name);
  }

  async noteAlarm(name: string, alarm: KnownAlarm): Promise<void> {
    this.#alarms.set(name, alarm);
  }

  async findStory(keys: readonly string[], overAfter: EpochMs): Promise<string | undefined> {
    const over = [...this.#over].filter(([, at]) => at > overAfter).map(([story]) => story);
    const stories = [...[...this.stories].sort(), ...over.sort()];
    for (const key of keys) {
      const found = stories.find((each) => (key.endsWith('*') ? each.startsWith(key.slice(0, -1)) : each === key));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
