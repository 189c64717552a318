import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Alert } from '../../observe/alert.ts';
import {
  type AlertStore,
  type OpenedStory,
  type PendingAlert,
  PLACES_A_MINUTE,
  type Story,
} from '../../observe/alert-store.ts';
import { DAY, type EpochMs, epochMs, MINUTE, milliseconds, plus, toEpochSeconds, toIso } from '../../units.ts';
import { isSameStory } from '../same-story.ts';
import { ALERTS, type ItemKey } from './keys.ts';
import { type Item, Table, type UpdateResult } from './table.ts';
import { assign } from './update.ts';

const STORY = 'STORY#';
const PENDING = 'PENDING#';
const MINUTE_KEY: ItemKey = { pk: ALERTS, sk: 'MINUTE' };

/** For what nothing removes any more: the stories of a deployment whose watchdog is gone, and its pending alerts. */
const STORY_KEPT = milliseconds(366 * DAY);
const PENDING_KEPT = milliseconds(30 * DAY);
/** A minute is begun by one of several senders: the others try once more. */
const MAX_TRIES = 3;

/** Stories and pending alerts in one partition of the run table. */
export class DynamoDbAlertStore implements AlertStore {
  readonly #table: Table;

  constructor({ client, table }: { client: DynamoDBClient; table: string }) {
    this.#table = new Table(client, table);
  }

  async stories(): Promise<readonly Story[]> {
    return (await this.#query(STORY)).map(toStory);
  }

  async open(story: Story): Promise<OpenedStory> {
    const { applied, item } = await this.#write(story, 'attribute_not_exists(pk)');
    if (applied || item === undefined) return { isNew: true, story };
    const known = toStory(item);
    return { isNew: isSameStory(known, story), story: known };
  }

  async change({ since, version }: Story, after: Omit<Story, 'version'>): Promise<boolean> {
    const changed = { ...after, version: version + 1 };
    const { applied, item } = await this.#write(changed, 'since = :before AND version = :unchanged', {
      before: since,
      unchanged: version,
    });
    return applied || (item !== undefined && isSameStory(toStory(item), changed));
  }

  async close({ key, since, version }: Story): Promise<boolean> {
    return await this.#delete(storyKey(key), { since, version });
  }

  async put(pending: PendingAlert): Promise<void> {
    const { at, readyAt, alert } = pending;
    const values = {
      alert: JSON.stringify(alert),
      at,
      readyAt,
      expiresAt: toEpochSeconds(plus(readyAt, PENDING_KEPT)),
    };
    // One that is there is this one: its sender died, or an answer was lost.
    await this.#table.update({
      key: pendingKey(pending),
      set: assign(values),
      condition: 'attribute_not_exists(pk)',
      values,
    });
  }

  async leave(pending: PendingAlert, readyAt: EpochMs): Promise<void> {
    const values = { readyAt };
    await this.#table.update({
      key: pendingKey(pending),
      set: assign(values),
      condition: 'attribute_exists(pk)',
      values,
    });
  }

  async remove(pending: PendingAlert): Promise<void> {
    await this.#delete(pendingKey(pending));
  }

  async pending(limit: number): Promise<readonly PendingAlert[]> {
    return (await this.#query(PENDING, limit)).map(toPending);
  }

  async takePlace(now: EpochMs): Promise<boolean> {
    const before = { now: epochMs(now - MINUTE) };
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const taken = await this.#table.update({
        key: MINUTE_KEY,
        set: { taken: 'taken + :one' },
        condition: 'startedAt > :now AND taken < :places',
        values: { ...before, one: 1, places: PLACES_A_MINUTE },
      });
      if (taken.applied) return true;
      const startedAt = Number(taken.item?.startedAt ?? 0);
      if (startedAt > before.now && Number(taken.item?.taken) >= PLACES_A_MINUTE) return false;
      const values = { startedAt: now, taken: 1, expiresAt: toEpochSeconds(plus(now, DAY)) };
      const started = await this.#table.update({
        key: MINUTE_KEY,
        set: assign(values),
        condition: 'attribute_not_exists(pk) OR startedAt <= :now',
        values: { ...values, ...before },
      });
      if (started.applied) return true;
    }
    return false;
  }

  #write({ key, ...fields }: Story, condition: string, values: object = {}): Promise<UpdateResult> {
    const set = { story: key, ...definedOf(fields), expiresAt: toEpochSeconds(plus(fields.lastAt, STORY_KEPT)) };
    return this.#table.update({ key: storyKey(key), set: assign(set), condition, values: { ...set, ...values } });
  }

  /** @returns whether it is gone */
  async #delete(key: ItemKey, unless?: Pick<Story, 'since' | 'version'>): Promise<boolean> {
    const condition =
      unless === undefined
        ? {}
        : {
            ConditionExpression: 'attribute_not_exists(pk) OR (#since = :since AND #version = :version)',
            ExpressionAttributeNames: { '#since': 'since', '#version': 'version' },
            ExpressionAttributeValues: marshall({ ':since': unless.since, ':version': unless.version }),
          };
    try {
      await this.#table.client.send(
        new DeleteItemCommand({ TableName: this.#table.name, Key: marshall(key), ...condition }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async #query(prefix: string, limit = Number.POSITIVE_INFINITY): Promise<readonly Item[]> {
    const pages = paginateQuery(
      { client: this.#table.client },
      {
        TableName: this.#table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: marshall({ ':pk': ALERTS, ':prefix': prefix }),
        ConsistentRead: true,
      },
    );
    const found: Item[] = [];
    for await (const { Items = [] } of pages) {
      found.push(...Items.map((item) => unmarshall(item)));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit === Number.POSITIVE_INFINITY ? undefined : limit);
  }
}

const storyKey = (key: string): ItemKey => ({ pk: ALERTS, sk: `${STORY}${key}` });
const pendingKey = ({ at, id }: PendingAlert): ItemKey => ({ pk: ALERTS, sk: `${PENDING}${toIso(at)}#${id}` });

/** Without fields that are `undefined`: an expression may not name them. */
const definedOf = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function toStory({ pk, sk, expiresAt, story, ...fields }: Item): Story {
  return { key: String(story), ...(fields as Omit<Story, 'key'>) };
}

function toPending({ sk, at, readyAt, alert }: Item): PendingAlert {
  const id = String(sk).slice(PENDING.length + toIso(epochMs(Number(at))).length + 1);
  return {
    id,
    at: epochMs(Number(at)),
    readyAt: epochMs(Number(readyAt)),
    alert: JSON.parse(String(alert)) as Alert,
  };
}
