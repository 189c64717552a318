import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { LeaseLostError } from '../../lib/run/errors.ts';
import type { Claimed } from '../../lib/run/ports.ts';
import { DynamoDbLockStore } from '../../lib/store/dynamodb/dynamodb-lock-store.ts';
import { DynamoDbRunRequests } from '../../lib/store/dynamodb/dynamodb-run-requests.ts';
import { DynamoDbRunStore } from '../../lib/store/dynamodb/dynamodb-run-store.ts';
import { plus } from '../../lib/units.ts';
import { RETENTION } from '../contract/stores.ts';
import { claimRequest, DUE, lockRequest, minutes, scheduledRequest } from '../support/requests.ts';

const dynamo = mockClient(DynamoDBClient);
beforeEach(() => dynamo.reset());

const client = new DynamoDBClient({ region: 'us-east-1' });
const runs = new DynamoDbRunStore({ client, table: 'runs', retention: RETENTION });
const requests = new DynamoDbRunRequests({ client, table: 'runs' });
const locks = new DynamoDbLockStore({ client, table: 'runs' });

const request = scheduledRequest({ job: 'report', run: 'report/2027-03-02T02:00Z/nightly' });
const running = {
  pk: 'JOB#report',
  sk: 'RUN#2027-03-02T02:00:00.000Z#nightly',
  runId: request.run,
  job: 'report',
  schedule: 'nightly',
  scheduledTime: DUE,
  trigger: 'schedule',
  status: 'running',
  owner: 'owner-1',
  claim: 1,
  attempt: 1,
  lastAttempt: 3,
  leaseUntil: plus(DUE, minutes(2)),
  attempts: [],
  current: [{ startedAt: DUE, logStream: 's', requestId: 'r' }],
  createdAt: DUE,
};
const held: Claimed = {
  kind: 'claimed',
  owner: 'owner-1',
  claim: 1,
  input: undefined,
  record: {
    id: request.run,
    job: 'report',
    schedule: 'nightly',
    scheduledTime: DUE,
    trigger: 'schedule',
    status: 'running',
    owner: 'owner-1',
    claim: 1,
    attempt: 1,
    lastAttempt: 3,
    attempts: [],
    createdAt: DUE,
  },
};

function refusal(item?: Record<string, unknown>) {
  return new ConditionalCheckFailedException({
    $metadata: {},
    message: 'The conditional request failed',
    ...(item === undefined ? {} : { Item: marshall(item) }),
  });
}

/** The expressions of the only update that was sent, with its names put back in. */
/** The n-th update, from 0, of as many as there are. */
function sentUpdate(n = 0) {
  const calls = dynamo.commandCalls(UpdateItemCommand);
  expect(calls).toHaveLength(n + 1);
  const call = calls[n];
  const input = call?.args[0].input as UpdateItemCommandInput;
  const spell = (text = '') =>
    text.replaceAll(/#(\w+)/g, (_, name: string) => input.ExpressionAttributeNames?.[`#${name}`] ?? '?');
  return { ...input, condition: spell(input.ConditionExpression), update: spell(input.UpdateExpression) };
}

describe('the claim', () => {
  test('is one conditional update that asks for the item either way', async () => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: marshall(running) });

    await runs.claim(claimRequest(request));

    expect(sentUpdate()).toMatchObject({
      TableName: 'runs',
      Key: marshall({ pk: 'JOB#report', sk: 'RUN#2027-03-02T02:00:00.000Z#nightly' }),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      condition:
        'attribute_not_exists(pk)' +
        ' OR (status IN (:pending, :retrying) AND (attribute_not_exists(nextAttemptAt) OR nextAttemptAt <= :soon))' +
        ' OR (status = :running AND leaseUntil <= :now AND attempt < lastAttempt)' +
        ' OR status = :missed',
    });
  });

  test.each([
    {
      what: 'a manual run takes no missed one',
      change: { trigger: 'manual' },
      deadLetterAttempts: undefined,
      ends: '<= :now AND attempt < lastAttempt)',
    },
    {
      what: 'a dead letter moved back takes missed ones',
      change: { trigger: 'manual' },
      deadLetterAttempts: 2,
      ends: 'OR status = :missed',
    },
    {
      what: 'a backfill takes missed and skipped ones',
      change: { trigger: 'backfill' },
      deadLetterAttempts: undefined,
      ends: 'OR status = :missed OR status = :skipped',
    },
  ] as const)('$what', async ({ change, deadLetterAttempts, ends }) => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: marshall(running) });

    await runs.claim(claimRequest({ ...request, ...change }, { deadLetterAttempts }));

    expect(sentUpdate().condition.endsWith(ends)).toBe(true);
  });

  test('of a dead letter opens a round by a second update, and only of the run that failed with its count', async () => {
    const failed = { ...running, status: 'failed', attempt: 2, round: 1 };
    dynamo
      .on(UpdateItemCommand)
      .rejectsOnce(refusal(failed))
      .resolves({ Attributes: marshall(running) });

    await runs.claim(claimRequest(request, { deadLetterAttempts: 2 }));

    const { condition, update } = sentUpdate(1);
    expect(condition).toBe('status = :failed AND attempt = :letterAttempts');
    expect(update).toContain('round = if_not_exists(round, :zero) + :one');
    dynamo.reset();
    dynamo.on(UpdateItemCommand).rejects(refusal(failed));
    for (const deadLetterAttempts of [1, 3, undefined]) {
      expect((await runs.claim(claimRequest(request, { deadLetterAttempts }))).kind).toBe('ended');
    }
    expect(dynamo.commandCalls(UpdateItemCommand)).toHaveLength(3);
  });

  test('leaves the index of open runs alone for a first delivery, and enters it from the second on', async () => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: marshall(running) });
    await runs.claim(claimRequest(request));
    const first = sentUpdate().update;
    dynamo.resetHistory();

    await runs.claim(claimRequest(request, { isTracked: true }));

    expect(first).not.toContain('openShard');
    expect(sentUpdate().update).toContain('openShard = :openShard, openAt = :openAt');
  });

  test('reads its refusal from the item that came with it, without another call', async () => {
    dynamo.on(UpdateItemCommand).rejects(refusal({ ...running, owner: 'owner-2' }));

    expect(await runs.claim(claimRequest(request))).toEqual({ kind: 'held', until: running.leaseUntil });
    expect(dynamo.commandCalls(GetItemCommand)).toEqual([]);
  });

  test('reads the item consistently where the refusal does not bring it', async () => {
    dynamo
      .on(UpdateItemCommand)
      .rejects(refusal())
      .on(GetItemCommand)
      .resolves({ Item: marshall(running) });

    expect(await runs.claim(claimRequest(request))).toMatchObject({ kind: 'claimed', claim: 1 });
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input).toMatchObject({ ConsistentRead: true });
  });

  test('takes its own write for its own when the answer was lost and the SDK sent it again', async () => {
    dynamo.on(UpdateItemCommand).rejects(refusal(running));

    expect(await runs.claim(claimRequest(request))).toMatchObject({
      kind: 'claimed',
      claim: 1,
      record: { attempt: 1 },
    });
  });
});

describe('a settlement', () => {
  const completed = { status: 'completed', at: plus(DUE, minutes(1)), result: { rows: 3 } } as const;

  test('is one update conditional on owner, claim and status, which alone sets the expiry', async () => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: marshall(running) });

    await runs.settle(held, completed);

    const { condition, update, ExpressionAttributeValues: values } = sentUpdate();
    expect(condition).toBe('owner = :owner AND claim = :claim AND status = :running');
    expect(update).toContain('REMOVE current, leaseUntil, openShard, openAt');
    expect(values?.[':expiresAt']).toEqual({ N: String((completed.at + RETENTION) / 1000) });
    expect(values?.[':result']).toEqual({ S: '{"rows":3}' });
  });

  test('that leaves the run open sets no expiry and keeps it in the index until its next attempt', async () => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: marshall(running) });
    const nextAttemptAt = plus(DUE, minutes(5));

    await runs.settle(held, {
      status: 'retrying',
      at: DUE,
      outcome: 'failed',
      error: { name: 'Error', message: '' },
      nextAttemptAt,
    });

    const { update, ExpressionAttributeValues: values } = sentUpdate();
    expect(update).not.toContain('expiresAt');
    expect(values?.[':openAt']).toEqual({ S: `2027-03-02T02:05:00.000Z#${request.run}` });
  });

  test.each([
    { what: 'another owner', item: { ...running, owner: 'owner-2', claim: 2 } },
    { what: 'another claim of the same owner', item: { ...running, claim: 2 } },
    { what: 'another status than the one it writes', item: { ...running, status: 'failed' } },
    { what: 'no record at all', item: undefined },
  ])('that finds $what has lost its lease', async ({ item }) => {
    dynamo.on(UpdateItemCommand).rejects(refusal(item)).on(GetItemCommand).resolves({});

    await expect(runs.settle(held, completed)).rejects.toBeInstanceOf(LeaseLostError);
  });
});

describe('a lock', () => {
  const lock = lockRequest({ run: request.run, claim: 3 });

  test('is taken, released and extended under exact conditions', async () => {
    dynamo.on(UpdateItemCommand).resolves({ Attributes: marshall({ token: 7 }) });
    const conditions: string[] = [];
    const note = () => {
      conditions.push(sentUpdate().condition);
      dynamo.resetHistory();
    };

    const taken = await locks.take(lock);
    note();
    if (taken.kind !== 'taken') throw new Error(taken.kind);
    await locks.extend(taken.hold, lock.until);
    note();
    await locks.release(taken.hold);
    note();
    await locks.takeOver(lock, taken.hold);
    note();

    expect(taken.hold.token).toBe(7);
    expect(conditions).toEqual([
      '((attribute_not_exists(lockRun) OR lockUntil <= :now) OR (lockRun = :run AND lockClaim <= :claim))',
      'lockRun = :run AND token = :token',
      'lockRun = :run AND token = :token',
      '((attribute_not_exists(lockRun) OR (lockRun = :from AND token = :token)) OR (lockRun = :run AND lockClaim <= :claim))',
    ]);
  });

  test('that was freed between a refusal and the look at it is shown without a holder', async () => {
    dynamo
      .on(UpdateItemCommand)
      .rejectsOnce(refusal())
      .on(GetItemCommand)
      .resolves({ Item: marshall({ token: 1 }) });

    expect(await locks.take(lock)).toEqual({ kind: 'busy', view: { again: [], waiting: [], asked: [] } });
  });
});

const timeout = Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
const expired = Object.assign(new Error('The security token included in the request is expired'), {
  name: 'ExpiredTokenException',
});
const throttled = new ProvisionedThroughputExceededException({ $metadata: {}, message: 'slow down' });

describe.each([throttled, timeout, expired])('when DynamoDB answers $name', (error) => {
  beforeEach(() => dynamo.onAnyCommand().rejects(error));

  test.each([
    { call: 'claim', action: () => runs.claim(claimRequest(request)) },
    { call: 'settle', action: () => runs.settle(held, { status: 'given-back', at: DUE, nextAttemptAt: DUE }) },
    {
      call: 'closeExhausted',
      action: () =>
        runs.closeExhausted(held.record, {
          at: DUE,
          error: { name: '', message: '' },
          lastAttempt: 4,
          owner: 'owner-2',
          leaseUntil: DUE,
        }),
    },
    {
      call: 'takeDeadLetter',
      action: () => runs.takeDeadLetter(held.record, { owner: 'owner-2', now: DUE, leaseUntil: DUE }),
    },
    { call: 'noteDeadLetter', action: () => runs.noteDeadLetter(held.record, DUE) },
    { call: 'createPending', action: () => requests.createPending(request, { now: DUE, requestedBy: 'ada' }) },
    { call: 'get', action: () => runs.get(request.run) },
    { call: 'take', action: () => locks.take(lockRequest()) },
    { call: 'release', action: () => locks.release({ job: 'report', run: 'r', token: 1 }) },
  ])('$call passes the error on unchanged and sends nothing more', async ({ action }) => {
    await expect(action()).rejects.toBe(error);

    expect(dynamo.calls()).toHaveLength(1);
  });
});
