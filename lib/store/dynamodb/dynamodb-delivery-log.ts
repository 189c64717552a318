import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ChannelState, DeliveryLog, KnownAlarm } from '../../channels/ports.ts';
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
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #table: Table;
  readonly #now: () => EpochMs;

  constructor({ client, table, now }: { client: DynamoDBClient; table: string; now: () => EpochMs }) {
    this.#client = client;
    this.#name = table;
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

  async noteOver(story: string, at: EpochMs): Promise<void> {
    await this.#write(keyOf(OVER, story), { at }, OVER_KEPT, {
      at,
      condition: 'attribute_not_exists(pk) OR at < :at',
    });
  }

  async overAt(story: string): Promise<EpochMs | undefined> {
    const item = await this.#table.get(keyOf(OVER, story));
    return item === undefined ? undefined : epochMs(Number(item['at']));
  }

  async alarm(name: string): Promise<KnownAlarm | undefined> {
    const item = await this.#table.get(keyOf(ALARM, name));
    return item === undefined ? undefined : toAlarm(item);
  }

  async noteAlarm(name: string, { since, message, joined, over }: KnownAlarm): Promise<void> {
    const text = JSON.stringify({ message, joined, over });
    await this.#write(keyOf(ALARM, name), { since, alarm: text }, ALARM_KEPT, {
      at: this.#now(),
      // What belongs to an earlier ringing comes too late.
      condition: 'attribute_not_exists(pk) OR since <= :since',
    });
  }

  async findStory(keys: readonly string[], overAfter: EpochMs): Promise<string | undefined> {
    for (const key of keys) {
      const [open] = await this.#query(STORY, key);
      if (open !== undefined) return String(open['sk']).slice(STORY.length);
      const over = (await this.#query(OVER, key)).find((item) => Number(item['at']) > overAfter);
      if (over !== undefined) return String(over['sk']).slice(OVER.length);
    }
    return undefined;
  }

  /** Of one kind the item of a key, or those whose keys begin so: the first page of them, which is 1 MB. */
  async #query(kind: string, key: string): Promise<readonly Item[]> {
    const isPrefix = key.endsWith('*');
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#name,
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
  ): Promise<void> {
    const set = { ...fields, expiresAt: toEpochSeconds(plus(at, kept)) };
    await this.#table.update({ key, set: assign(set), condition, values: { ...set, ...values } });
  }
}

const STORY = 'STORY#';
const SENT = 'SENT#';
const OVER = 'OVER#';
const ALARM = 'ALARM#';

const keyOf = (kind: string, name: string): ItemKey => ({ pk: ALERTS, sk: `${kind}${name}` });

function toAlarm({ since, alarm }: Item): KnownAlarm {
  return { since: epochMs(Number(since)), ...(JSON.parse(String(alarm)) as Omit<KnownAlarm, 'since'>) };
}
