import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AlarmHistory } from '../../channels/alarm-history.ts';
import { type Episode, episodeKey } from '../../channels/notice.ts';
import type { ChannelState, DeliveryLog } from '../../channels/ports.ts';
import type { ChannelName } from '../../job/stages.ts';
import { DAY, type EpochMs, epochMs, type Milliseconds, milliseconds, plus, toEpochSeconds } from '../../units.ts';
import { ALERTS, type ItemKey } from './keys.ts';
import { type Item, Table } from './table.ts';
import { assign } from './update.ts';

/** As long as a message can live in a dead-letter queue and be moved back. */
const MESSAGE_KEPT = milliseconds(15 * DAY);
/** Longer than a delayed alert is retried. */
const OVER_KEPT = milliseconds(3 * DAY);
/** An alarm that rings for longer than this is a story that begins anew. */
const ALARM_KEPT = milliseconds(90 * DAY);

/** What the alerts function remembers, in the partition of alerts of the run table. */
export class DynamoDbDeliveryLog implements DeliveryLog {
  readonly #table: Table;
  readonly #now: () => EpochMs;

  constructor({ client, table, now }: { client: DynamoDBClient; table: string; now: () => EpochMs }) {
    this.#table = new Table(client, table);
    this.#now = now;
  }

  async states(message: string): Promise<Readonly<Partial<Record<ChannelName, ChannelState>>>> {
    const { pk, sk, expiresAt, ...states } = (await this.#table.get(keyOf(SENT, message))) ?? {};
    return states;
  }

  async note(message: string, channel: ChannelName, state: ChannelState, at: EpochMs): Promise<void> {
    await this.#write(keyOf(SENT, message), { [channel]: state }, MESSAGE_KEPT, {
      at,
      // Two deliveries at once: that it was sent is the truth of both.
      condition: `attribute_not_exists(${channel}) OR ${channel} = :refused`,
      values: { refused: 'refused' satisfies ChannelState },
    });
  }

  async accepted(message: string, channel: ChannelName): Promise<readonly string[]> {
    const item = await this.#table.get(keyOf(SENT, `${message}${PARTS}`));
    return (item?.[channel] ?? []) as readonly string[];
  }

  async noteAccepted(message: string, channel: ChannelName, parts: readonly string[], at: EpochMs): Promise<void> {
    await this.#write(keyOf(SENT, `${message}${PARTS}`), { [channel]: parts }, MESSAGE_KEPT, {
      at,
      // Two deliveries at once: the one that has come further is right.
      condition: `attribute_not_exists(${channel}) OR size(${channel}) <= :count`,
      values: { count: parts.length },
    });
  }

  async noteOver(episode: Episode, at: EpochMs): Promise<void> {
    await this.#write(keyOf(OVER, episodeKey(episode)), { at }, OVER_KEPT, {
      at,
      condition: 'attribute_not_exists(pk) OR at < :at',
    });
  }

  async overAt(episode: Episode): Promise<EpochMs | undefined> {
    const item = await this.#table.get(keyOf(OVER, episodeKey(episode)));
    return item === undefined ? undefined : epochMs(Number(item['at']));
  }

  async openSince(story: string): Promise<EpochMs | undefined> {
    const item = await this.#table.get(keyOf(STORY, story));
    return item === undefined ? undefined : epochMs(Number(item['since']));
  }

  async alarm(name: string): Promise<AlarmHistory | undefined> {
    const item = await this.#table.get(keyOf(ALARM, name));
    return item === undefined ? undefined : (JSON.parse(String(item['alarm'])) as AlarmHistory);
  }

  async noteAlarm(
    name: string,
    { before, after }: { before: AlarmHistory | undefined; after: AlarmHistory },
  ): Promise<boolean> {
    const since = after.at(-1)?.at ?? this.#now();
    const fields = { since, alarm: JSON.stringify(after) };
    return await this.#write(keyOf(ALARM, name), fields, ALARM_KEPT, {
      at: this.#now(),
      ...(before === undefined
        ? { condition: 'attribute_not_exists(pk)' }
        : { condition: 'alarm = :before', values: { before: JSON.stringify(before) } }),
    });
  }

  async findStory(keys: readonly string[], overAfter: EpochMs): Promise<string | undefined> {
    for (const key of keys) {
      const [open] = await this.#query(STORY, key);
      if (open !== undefined) return String(open['sk']).slice(STORY.length);
      const episodes = await this.#query(OVER, key.endsWith('*') ? key : `${key}#*`);
      const over = episodes.find((item) => Number(item['at']) > overAfter);
      if (over !== undefined) return storyOf(String(over['sk']).slice(OVER.length));
    }
    return undefined;
  }

  /** Of one kind the item of a key, or those whose keys begin so: the first page of them, which is 1 MB. */
  async #query(kind: string, key: string): Promise<readonly Item[]> {
    const isPrefix = key.endsWith('*');
    const { Items = [] } = await this.#table.client.send(
      new QueryCommand({
        TableName: this.#table.name,
        KeyConditionExpression: isPrefix ? 'pk = :pk AND begins_with(sk, :sk)' : 'pk = :pk AND sk = :sk',
        ExpressionAttributeValues: marshall({ ':pk': ALERTS, ':sk': `${kind}${isPrefix ? key.slice(0, -1) : key}` }),
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => unmarshall(item));
  }

  async #write(
    key: ItemKey,
    fields: Item,
    kept: Milliseconds,
    { at, condition, values = {} }: { at: EpochMs; condition: string; values?: Item },
  ): Promise<boolean> {
    const set = { ...fields, expiresAt: toEpochSeconds(plus(at, kept)) };
    const { applied } = await this.#table.update({ key, set: assign(set), condition, values: { ...set, ...values } });
    return applied;
  }
}

const STORY = 'STORY#';
const SENT = 'SENT#';
/** After the id of a message: the parts of it that a channel has taken. */
const PARTS = '#parts';
const OVER = 'OVER#';
const ALARM = 'ALARM#';

/** The story of an episode's key: no instant has a `#`. */
const storyOf = (key: string): string => key.slice(0, key.lastIndexOf('#'));

const keyOf = (kind: string, name: string): ItemKey => ({ pk: ALERTS, sk: `${kind}${name}` });
