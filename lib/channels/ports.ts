import type { ChannelName } from '../job/stages.ts';
import type { EpochMs, Milliseconds } from '../units.ts';
import type { AlarmHistory } from './alarm-history.ts';
import type { Episode, Notice } from './notice.ts';

/** What one try to send has come to. Reasons are for people, and hold no secret. */
export type Outcome =
  | { readonly kind: 'sent' }
  /** The service cannot take it now. `after`: how long it asked to be left alone. */
  | ({ readonly kind: 'retry'; readonly reason: string; readonly after?: Milliseconds } & Progress)
  /** It would never take this request. */
  | ({ readonly kind: 'refused'; readonly reason: string } & Progress);

/** Of a message that is several requests: the parts that the service has taken, in this try and before. */
export interface Progress {
  /** @default none */
  readonly accepted?: readonly string[];
}

/** A way to people. `send` does not throw. */
export interface Channel {
  readonly name: ChannelName;
  /** @param accepted the parts that the service has already, which are not sent again */
  send(notice: Notice, accepted: readonly string[]): Promise<Outcome>;
}

/** A request by POST. */
export interface ChannelRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** Of several requests for one message: which it is, the same in every try. */
  readonly part?: string;
}

/** How far one channel is with one message; absent: it is still to be sent. */
export type ChannelState = 'sent' | 'refused';

/** What the function remembers beyond one delivery. Each call throws when the table cannot be reached. */
export interface DeliveryLog {
  /** How far the channels are with a message. */
  states(message: string): Promise<Readonly<Partial<Record<ChannelName, ChannelState>>>>;
  note(message: string, channel: ChannelName, state: ChannelState, at: EpochMs): Promise<void>;
  /** The parts of a message that a channel has taken so far. */
  accepted(message: string, channel: ChannelName): Promise<readonly string[]>;
  noteAccepted(message: string, channel: ChannelName, parts: readonly string[], at: EpochMs): Promise<void>;
  /** Notes that an episode of a story is over. */
  noteOver(episode: Episode, at: EpochMs): Promise<void>;
  /** When that was last said of an episode; undefined when it is not known any more, or never was. */
  overAt(episode: Episode): Promise<EpochMs | undefined>;
  /** Since when a story is open; undefined where it is not. */
  openSince(story: string): Promise<EpochMs | undefined>;
  /** What is known of an alarm's changes; undefined when nothing is. */
  alarm(name: string): Promise<AlarmHistory | undefined>;
  /** @returns whether it is noted: not when `before` is not what is known any more */
  noteAlarm(name: string, change: { before: AlarmHistory | undefined; after: AlarmHistory }): Promise<boolean>;
  /** Which of these stories is open, or was over after that. A key that ends with `*` stands for all that begin so. */
  findStory(keys: readonly string[], overAfter: EpochMs): Promise<string | undefined>;
}
