import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AlarmHistory } from '../../lib/channels/alarm-history.ts';
import type { DeliveryLog } from '../../lib/channels/ports.ts';
import { DynamoDbDeliveryLog } from '../../lib/store/dynamodb/dynamodb-delivery-log.ts';
import { MemoryDeliveryLog } from '../../lib/store/memory/memory-delivery-log.ts';
import { epochMs } from '../../lib/units.ts';
import { startTestTable, type TestTable } from '../support/dynalite.ts';

const AT = epochMs(Date.parse('2027-03-02T01:00:04Z'));
const later = (ms: number) => epochMs(AT + ms);

interface Opened {
  readonly log: DeliveryLog;
  /** Opens a story, as the sender of its first alert does. */
  openStory(key: string): Promise<void>;
}

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

const ADAPTERS: readonly { readonly name: string; open(): Opened }[] = [
  {
    name: 'memory',
    open() {
      const log = new MemoryDeliveryLog();
      return { log, openStory: async (key) => void log.stories.set(key, AT) };
    },
  },
  {
    name: 'dynamodb',
    open() {
      const { client } = table;
      return {
        log: new DynamoDbDeliveryLog({ client, table: table.table, now: () => AT }),
        async openStory(key) {
          const Item = { pk: { S: 'ALERTS' }, sk: { S: `STORY#${key}` }, since: { N: String(AT) } };
          await client.send(new PutItemCommand({ TableName: table.table, Item }));
        },
      };
    },
  },
];

let serial = 0;
/** A name that no other test has: the table is the same for all. */
const unique = (name: string): string => `${name}-${++serial}`;

describe.each(ADAPTERS)('the delivery log in $name', ({ open }) => {
  let opened: Opened;
  beforeEach(() => {
    opened = open();
  });

  test('knows nothing of a message that was never sent', async () => {
    expect(await opened.log.states(unique('message'))).toEqual({});
  });

  test('keeps the state of each channel', async () => {
    const { log } = opened;
    const message = unique('message');

    await log.note(message, 'slack', 'sent', AT);
    await log.note(message, 'pagerDuty', 'refused', AT);

    expect(await log.states(message)).toEqual({ slack: 'sent', pagerDuty: 'refused' });
  });

  test('a channel that was refused may be sent later, and what was sent stays sent', async () => {
    const { log } = opened;
    const message = unique('message');

    await log.note(message, 'slack', 'refused', AT);
    await log.note(message, 'slack', 'sent', AT);
    await log.note(message, 'slack', 'refused', AT);

    expect(await log.states(message)).toEqual({ slack: 'sent' });
  });

  test('keeps the parts of a message that a channel has taken, those of the delivery that came further', async () => {
    const { log } = opened;
    const message = unique('message');
    expect(await log.accepted(message, 'pagerDuty')).toEqual([]);

    await log.noteAccepted(message, 'pagerDuty', ['0', '1', '3'], AT);
    await log.noteAccepted(message, 'pagerDuty', ['0'], AT);

    expect(await log.accepted(message, 'pagerDuty')).toEqual(['0', '1', '3']);
    expect(await log.accepted(message, 'slack')).toEqual([]);
    expect(await log.states(message)).toEqual({});
  });

  test('keeps the newest end of each episode of a story', async () => {
    const { log } = opened;
    const episode = { story: unique('failed:report'), since: AT };
    expect(await log.overAt(episode)).toBeUndefined();

    await log.noteOver(episode, later(1000));
    await log.noteOver(episode, AT);

    expect(await log.overAt(episode)).toBe(later(1000));
    expect(await log.overAt({ ...episode, since: later(1) })).toBeUndefined();
  });

  test('knows since when a story is open', async () => {
    const story = unique('failed:report');
    expect(await opened.log.openSince(story)).toBeUndefined();

    await opened.openStory(story);

    expect(await opened.log.openSince(story)).toBe(AT);
  });

  test('finds the end of a story by its key, and not by the beginning of another', async () => {
    const story = unique('failed:report');
    await opened.log.noteOver({ story: `${story}-eu`, since: AT }, later(1000));
    expect(await opened.log.findStory([story], AT)).toBeUndefined();

    await opened.log.noteOver({ story, since: AT }, later(1000));

    expect(await opened.log.findStory([story], AT)).toBe(story);
  });

  test('keeps the changes of an alarm, each writer on the condition that it knows them all', async () => {
    const { log } = opened;
    const name = unique('alarm');
    const one: AlarmHistory = [{ at: AT, message: 'one', isRing: true, story: AT, isReported: true }];
    const two: AlarmHistory = [...one, { at: later(5), message: 'two', isRing: false, isReported: false }];
    expect(await log.alarm(name)).toBeUndefined();

    expect(await log.noteAlarm(name, { before: undefined, after: one })).toBe(true);
    expect(await log.noteAlarm(name, { before: undefined, after: two })).toBe(false);
    expect(await log.alarm(name)).toEqual(one);
    expect(await log.noteAlarm(name, { before: one, after: two })).toBe(true);
    expect(await log.noteAlarm(name, { before: one, after: one })).toBe(false);

    expect(await log.alarm(name)).toEqual(two);
  });

  test('finds an open story by its key, and not by the beginning of another', async () => {
    const story = unique('failed:report');
    await opened.openStory(`${story}-eu`);
    expect(await opened.log.findStory([story], AT)).toBeUndefined();

    await opened.openStory(story);

    expect(await opened.log.findStory(['failed:none', story], AT)).toBe(story);
  });

  test('finds any of the open stories that begin so', async () => {
    const kind = unique('missed');
    expect(await opened.log.findStory([`${kind}:*`], AT)).toBeUndefined();

    await opened.openStory(`${kind}:nightly`);

    expect(await opened.log.findStory([`${kind}:*`], AT)).toBe(`${kind}:nightly`);
  });

  test('finds a story that was over after a time, and none that was over before', async () => {
    const kind = unique('failed');
    await opened.log.noteOver({ story: `${kind}:report`, since: AT }, later(1000));

    expect(await opened.log.findStory([`${kind}:report`], AT)).toBe(`${kind}:report`);
    expect(await opened.log.findStory([`${kind}:*`], AT)).toBe(`${kind}:report`);
    expect(await opened.log.findStory([`${kind}:*`], later(1000))).toBeUndefined();
  });
});
