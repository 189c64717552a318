import type { AlarmHistory } from '../../channels/alarm-history.ts';
import { type Episode, episodeKey } from '../../channels/notice.ts';
import type { ChannelState, DeliveryLog } from '../../channels/ports.ts';
import type { ChannelName } from '../../job/stages.ts';
import type { EpochMs } from '../../units.ts';

/** What the alerts function remembers, in memory: for tests. */
export class MemoryDeliveryLog implements DeliveryLog {
  /** The open stories by their keys, with the time since when. */
  readonly stories = new Map<string, EpochMs>();
  readonly #states = new Map<string, Partial<Record<ChannelName, ChannelState>>>();
  readonly #accepted = new Map<string, readonly string[]>();
  readonly #over = new Map<string, { readonly story: string; readonly at: EpochMs }>();
  readonly #alarms = new Map<string, AlarmHistory>();

  async states(message: string): Promise<Readonly<Partial<Record<ChannelName, ChannelState>>>> {
    return this.#states.get(message) ?? {};
  }

  async note(message: string, channel: ChannelName, state: ChannelState): Promise<void> {
    const states = this.#states.get(message) ?? {};
    if (states[channel] !== 'sent') this.#states.set(message, { ...states, [channel]: state });
  }

  async accepted(message: string, channel: ChannelName): Promise<readonly string[]> {
    return this.#accepted.get(`${message} ${channel}`) ?? [];
  }

  async noteAccepted(message: string, channel: ChannelName, parts: readonly string[]): Promise<void> {
    const known = await this.accepted(message, channel);
    if (known.length <= parts.length) this.#accepted.set(`${message} ${channel}`, parts);
  }

  async noteOver(episode: Episode, at: EpochMs): Promise<void> {
    const known = this.#over.get(episodeKey(episode));
    if (known === undefined || known.at < at) this.#over.set(episodeKey(episode), { story: episode.story, at });
  }

  async overAt(episode: Episode): Promise<EpochMs | undefined> {
    return this.#over.get(episodeKey(episode))?.at;
  }

  async openSince(story: string): Promise<EpochMs | undefined> {
    return this.stories.get(story);
  }

  async alarm(name: string): Promise<AlarmHistory | undefined> {
    return this.#alarms.get(name);
  }

  async noteAlarm(
    name: string,
    { before, after }: { before: AlarmHistory | undefined; after: AlarmHistory },
  ): Promise<boolean> {
    if (JSON.stringify(this.#alarms.get(name)) !== JSON.stringify(before)) return false;
    this.#alarms.set(name, after);
    return true;
  }

  async findStory(keys: readonly string[], overAfter: EpochMs): Promise<string | undefined> {
    const over = [...this.#over.values()].filter(({ at }) => at > overAfter).map(({ story }) => story);
    const stories = [...[...this.stories.keys()].sort(), ...over.sort()];
    for (const key of keys) {
      const found = stories.find((each) => (key.endsWith('*') ? each.startsWith(key.slice(0, -1)) : each === key));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
