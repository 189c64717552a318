import { DeleteItemCommand, GetItemCommand, PutItemCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRunId, requestedRunId } from '../../lib/run/run-id.ts';
import { DynamoDbRunRequests } from '../../lib/store/dynamodb/dynamodb-run-requests.ts';
import { DynamoDbRunStore } from '../../lib/store/dynamodb/dynamodb-run-store.ts';
import { DynamoDbWatchStore } from '../../lib/store/dynamodb/dynamodb-watch-store.ts';
import { runKey } from '../../lib/store/dynamodb/keys.ts';
import { plus, toEpochSeconds } from '../../lib/units.ts';
import { StaleLookError } from '../../lib/watchdog/errors.ts';
import type { OpenRun } from '../../lib/watchdog/ports.ts';
import { FIRST_STATE } from '../../lib/watchdog/state.ts';
import { RETENTION } from '../contract/stores.ts';
import { startTestTable, type TestTable } from '../support/dynalite.ts';
import { claimRequest, DUE, minutes, scheduledRequest, secondsOf } from '../support/requests.ts';

let table: TestTable;
let watch: DynamoDbWatchStore;
let runs: DynamoDbRunStore;

beforeAll(async () => {
  table = await startTestTable();
  const options = { client: table.client, table: table.table };
  watch = new DynamoDbWatchStore(options);
  runs = new DynamoDbRunStore({ ...options, retention: RETENTION });
});
afterAll(() => table.close());

async function item(run: string): Promise<Record<string, unknown>> {
  const { Item = {} } = await table.client.send(
    new GetItemCommand({ TableName: table.table, Key: marshall(runKey(run)) }),
  );
  return unmarshall(Item);
}

describe('the record of a missed due time', () => {
  const FOUND = plus(DUE, minutes(4));

  async function missed() {
    const request = scheduledRequest();
    const { run: id, job, scheduledTime } = request;
    await watch.recordWithoutRun({ id, job, schedule: 'nightly', scheduledTime, at: FOUND, retention: RETENTION });
    return request;
  }

  test('expires after its retention', async () => {
    const { run } = await missed();

    expect((await item(run)).expiresAt).toBe(toEpochSeconds(plus(FOUND, RETENTION)));
  });

  test('does not expire while a run that has come of it is open, and later once that has ended', async () => {
    const request = await missed();

    const claim = await runs.claim(claimRequest(request, { now: plus(DUE, minutes(9)) }));
    expect(await item(request.run)).not.toHaveProperty('expiresAt');
    if (claim.kind !== 'claimed') throw new Error(claim.kind);
    await runs.settle(claim, { status: 'completed', at: plus(DUE, minutes(10)), result: undefined });

    expect((await item(request.run)).expiresAt).toBe(toEpochSeconds(plus(plus(DUE, minutes(10)), RETENTION)));
  });
});

test('the index of open runs is read to its end, however many pages that takes', async () => {
  const requests = new DynamoDbRunRequests({ client: table.client, table: table.table });
  const expected: string[] = [];
  for (let index = 0; index < 40; index++) {
    const now = plus(DUE, secondsOf(index));
    const run = requestedRunId('pages', now, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
    const request = { v: 1, run, job: 'pages', schedule: null, scheduledTime: now, trigger: 'manual' } as const;
    await requests.createPending({ ...request, input: undefined }, { now, requestedBy: 'ada' });
    expected.push(run);
  }
  let queries = 0;
  table.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'QueryCommand') return next(args);
        queries++;
        return next({ ...args, input: { ...(args.input as QueryCommandInput), Limit: 2 } });
      },
    { step: 'initialize', name: 'two-a-page' },
  );

  const found: string[] = [];
  for await (const { id } of watch.openRuns(plus(DUE, minutes(10)))) if (id.startsWith('pages/')) found.push(id);
  table.client.middlewareStack.remove('two-a-page');

  expect(found.sort()).toEqual(expected);
  expect(queries).toBeGreaterThan(16);
});

describe('what this version cannot read', () => {
  const put = (Item: object) => table.client.send(new PutItemCommand({ TableName: table.table, Item: marshall(Item) }));

  test.each([
    ['a group', `2027-03-02T01:00:00.000Z#GROUP#strange|parent`],
    ['no time', '1#strange/2027-03-02T02:00Z/nightly'],
    ['nothing that is known', '1strange'],
  ])('is a row like the others, whose key has %s, and the rows behind it are read', async (_what, openAt) => {
    await put({ pk: 'JOB#strange', sk: `GROUP#${openAt}`, openShard: 'OPEN#3', openAt });
    const request = scheduledRequest();
    await runs.claim(claimRequest(request, { now: DUE, isTracked: true }));

    const rows: OpenRun[] = [];
    for await (const row of watch.openRuns(plus(DUE, minutes(60)))) rows.push(row);

    const isKnown = ({ id, checkAt }: OpenRun) => parseRunId(id) !== undefined && !Number.isNaN(checkAt);
    expect(rows.find(({ position }) => position === `3 ${openAt}`)).toSatisfy((row: OpenRun) => !isKnown(row));
    expect(rows.filter(isKnown).map(({ id }) => id)).toContain(request.run);
  });

  test.each<[string, object]>([
    ['an input that is not JSON', { input: '{' }],
    ['a status of a later version', { status: 'continuing' }],
    ['an instant that is text', { createdAt: 'yesterday' }],
    ['attempts that are none', { attempts: 'three' }],
    ['an id that is none', { runId: 'strange' }],
  ])('is a record, by key and in lists, that has %s', async (_what, damage) => {
    const request = scheduledRequest();
    await runs.claim(claimRequest(request, { now: DUE }));
    await put({ ...(await item(request.run)), ...damage });
    const expected = [{ id: 'runId' in damage ? damage.runId : request.run, status: 'unreadable' }];

    expect([await watch.get(request.run)]).toEqual(expected);
    expect(await watch.recentRecords(request.job, { limit: 5 })).toEqual(expected);
  });
});

test('a state that is removed from the table is replaced, and does not stop the pass that has loaded it', async () => {
  const sweep = { since: DUE, until: DUE };
  const watched = { until: DUE, gaps: [] };
  const state = { ...FIRST_STATE, lookedAt: DUE, watched, sweep };
  await watch.saveState({ ...state, version: 1 });
  const Key = marshall({ pk: 'JOB#watchdog', sk: 'WATCH' });
  await table.client.send(new DeleteItemCommand({ TableName: table.table, Key }));

  expect(await watch.loadState()).toBeUndefined();
  await watch.saveState({ ...state, version: 2 });

  expect(await watch.loadState()).toEqual({ ...state, version: 2 });
});

test('a state whose answer was lost is saved again by the same pass, and by no other', async () => {
  const sweep = { since: DUE, until: DUE };
  const watched = { until: DUE, gaps: [] };
  const state = { ...FIRST_STATE, lookedAt: DUE, watched, sweep };
  const { version = 0 } = (await watch.loadState()) ?? {};
  const next = { ...state, version: version + 1 };
  await watch.saveState(next);

  await watch.saveState(next);

  await expect(watch.saveState({ ...next, lookedAt: plus(DUE, minutes(1)) })).rejects.toThrow(StaleLookError);
  expect(await watch.loadState()).toEqual(next);
});
