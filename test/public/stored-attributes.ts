import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { CHANNELS } from '../../lib/job/stages.ts';
import type { Claimed, Settlement } from '../../lib/run/ports.ts';
import { DynamoDbAlertStore } from '../../lib/store/dynamodb/dynamodb-alert-store.ts';
import { DynamoDbDeliveryLog } from '../../lib/store/dynamodb/dynamodb-delivery-log.ts';
import { DynamoDbLockStore } from '../../lib/store/dynamodb/dynamodb-lock-store.ts';
import { DynamoDbRunRequests } from '../../lib/store/dynamodb/dynamodb-run-requests.ts';
import { DynamoDbRunStore } from '../../lib/store/dynamodb/dynamodb-run-store.ts';
import { DynamoDbWatchStore } from '../../lib/store/dynamodb/dynamodb-watch-store.ts';
import { claimRequest, DUE, lockRequest, manualRequest, minutes, scheduledRequest } from '../support/requests.ts';
import { FULL_ALERT, FULL_STORY } from './full-alert.ts';
import { FULL_ERROR } from './full-error.ts';
import { shapeOf } from './shape.ts';
import { FULL_WATCH_STATE } from './watch-state.ts';

const WAITING_SETS = ['again', 'waiting', 'asked'] as const;
const TABLE = { client: new DynamoDBClient({ region: 'eu-north-1' }), table: 'runs' };

/** One settlement of each status, with everything that it may carry. */
const SETTLEMENTS: { readonly [Status in Settlement['status']]: Extract<Settlement, { status: Status }> } = {
  completed: { status: 'completed', at: DUE, result: { rows: 12 } },
  retrying: { status: 'retrying', at: DUE, outcome: 'failed', error: FULL_ERROR, nextAttemptAt: DUE },
  failed: { status: 'failed', at: DUE, outcome: 'failed', error: FULL_ERROR, lastAttempt: 6 },
  skipped: { status: 'skipped', at: DUE, reason: 'overlap', blockedBy: 'run', calendar: 'holidays' },
  'given-back': { status: 'given-back', at: DUE, nextAttemptAt: DUE },
  waiting: { status: 'waiting', at: DUE, checkAt: DUE, blockedBy: 'run' },
};

export interface Stored {
  /** Items by kind, and the attributes that any write gives to them. */
  readonly items: Readonly<Record<string, readonly string[]>>;
  /** The shape of the JSON that the watchdog keeps in one attribute. */
  readonly watchState: object;
  /** The shape of the JSON of a pending alert. */
  readonly alert: object;
}

/** What is stored, from the requests that DynamoDB is sent. */
export async function readStored(): Promise<Stored> {
  const dynamodb = mockClient(DynamoDBClient);
  // The first claim is refused by a failed run, and opens a round of it.
  const failed = marshall({ status: 'failed', attempt: 1 });
  const refusal = new ConditionalCheckFailedException({ $metadata: {}, message: 'refused', Item: failed });
  dynamodb.on(UpdateItemCommand).rejectsOnce(refusal).resolves({ Attributes: {} });
  await writeEverything();
  const found = new Map<string, Set<string>>();
  let watchState: object = {};
  for (const { args } of dynamodb.commandCalls(UpdateItemCommand)) {
    const { Key = {}, UpdateExpression = '', ExpressionAttributeNames = {}, ExpressionAttributeValues } = args[0].input;
    const kind = kindOf(String(Key['sk']?.S));
    if (kind === 'WATCH') watchState = shapeOf(JSON.parse(ExpressionAttributeValues?.[':state']?.S ?? ''));
    const known = found.get(kind) ?? new Set(Object.keys(Key));
    const [written = ''] = UpdateExpression.split(/ REMOVE | DELETE /);
    for (const [placeholder] of written.matchAll(/#\w+(?= = )|(?<=^ADD )#\w+/g))
      known.add(ExpressionAttributeNames[placeholder] ?? '');
    found.set(kind, known);
  }
  dynamodb.restore();
  const items = Object.fromEntries([...found].map(([kind, names]) => [kind, [...names].sort()]));
  return { items, watchState, alert: shapeOf(FULL_ALERT) };
}

async function writeEverything(): Promise<void> {
  const runs = new DynamoDbRunStore({ ...TABLE, retention: minutes(1) });
  const claim = await runs.claim(claimRequest(scheduledRequest(), { isTracked: true, deadLetterAttempts: 1 }));
  await runs.claim(claimRequest(scheduledRequest({ trigger: 'catch-up' })));
  const record = { ...(claim as Claimed).record, id: scheduledRequest().run, attempts: [] };
  const claimed: Claimed = { kind: 'claimed', owner: 'owner', claim: 1, record, input: { region: 'eu' } };
  for (const settlement of Object.values(SETTLEMENTS)) await runs.settle(claimed, settlement);
  await runs.closeExhausted(record, { at: DUE, error: FULL_ERROR, lastAttempt: 6, owner: 'owner', leaseUntil: DUE });
  await runs.takeDeadLetter(record, { owner: 'owner', now: DUE, leaseUntil: DUE });
  await runs.noteDeadLetter(record, DUE);
  await new DynamoDbRunRequests(TABLE).createPending(manualRequest(), { now: DUE, requestedBy: 'a test' });

  const locks = new DynamoDbLockStore(TABLE);
  const hold = { job: 'report', run: record.id, token: 1 };
  await locks.take(lockRequest({ run: record.id }));
  for (const set of WAITING_SETS) await locks.join(lockRequest({ run: record.id }), set);
  await locks.extend(hold, DUE);
  await locks.release(hold);

  const watch = new DynamoDbWatchStore(TABLE);
  const unrun = { id: record.id, job: 'report', schedule: 'nightly', scheduledTime: DUE, at: DUE };
  await watch.recordWithoutRun({ ...unrun, retention: minutes(1) });
  await watch.recordWithoutRun({ ...unrun, retention: minutes(1), calendar: 'holidays' });
  await watch.track(record, DUE);
  await watch.saveState(FULL_WATCH_STATE);

  const log = new DynamoDbDeliveryLog({ ...TABLE, now: () => DUE });
  for (const channel of CHANNELS) await log.note('message', channel, 'sent', DUE);
  await log.noteAccepted('message', 'pagerDuty', ['0'], DUE);
  await log.noteOver({ story: 'failed:report', since: DUE }, DUE);
  const change = { at: DUE, message: 'message', isRing: true, story: DUE, isReported: true };
  await log.noteAlarm('shop-dev-runs-failed', { before: undefined, after: [change] });
  const alerts = new DynamoDbAlertStore(TABLE);
  const pending = { id: FULL_STORY.key, at: DUE, readyAt: DUE, alert: FULL_ALERT };
  await alerts.open(FULL_STORY);
  await alerts.put(pending);
  await alerts.leave(pending, DUE);
  await alerts.takePlace(DUE);
}

/** `RUN` and `STATE` without what tells one item from another. */
const kindOf = (sortKey: string): string => sortKey.split('#')[0] ?? sortKey;
