import { type DynamoDBClient, paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { WATCHDOG } from '../../job/names.ts';
import type { RunRecord } from '../../run/record.ts';
import { type EpochMs, epochMs, plus, toEpochSeconds, toIso } from '../../units.ts';
import { StaleLookError } from '../../watchdog/errors.ts';
import type {
  DueTimeWithoutRun,
  OpenRun,
  RecentRuns,
  RunLengths,
  UnreadableRecord,
  WatchStore,
} from '../../watchdog/ports.ts';
import type { WatchState } from '../../watchdog/state.ts';
import { dueTimeRecord } from '../due-time-record.ts';
import {
  DUE_SHARDS,
  dueEntry,
  dueShard,
  jobPartition,
  OPEN_SHARDS,
  openEntry,
  openShard,
  RUN_PREFIX,
  runKey,
} from './keys.ts';
import { queryOpen } from './open-index.ts';
import { readRecord } from './readable-record.ts';
import { Table } from './table.ts';
import { assign } from './update.ts';

const STATE_KEY = { pk: jobPartition(WATCHDOG), sk: 'WATCH' } as const;

const ISO_LENGTH = 24;
/** What `readRecord` needs for the lengths of attempts. DynamoDB charges for whole items; this is for what travels. */
const LENGTHS = ['runId', 'status', 'leaseUntil', 'attempt', 'attempts', 'current', 'claimedFrom'];
/** A page is read as a whole, so it is about as large as what is wanted. */
const PAGE = 60;

/** The table as the watchdog uses it: it records what did not run, and looks for what should go on. */
export class DynamoDbWatchStore implements WatchStore {
  readonly #table: Table;

  constructor({ client, table }: { client: DynamoDBClient; table: string }) {
    this.#table = new Table(client, table);
  }

  async get(runId: string): Promise<RunRecord | UnreadableRecord | undefined> {
    const item = await this.#table.get(runKey(runId));
    return item === undefined ? undefined : readRecord(item);
  }

  async recordWithoutRun(dueTime: DueTimeWithoutRun): Promise<boolean> {
    // What counts claims and attempts is left to the first claim, which writes what is not there.
    const { id: runId, claim, attempt, lastAttempt, attempts, ...record } = dueTimeRecord(dueTime);
    const values = { ...record, runId, expiresAt: toEpochSeconds(plus(dueTime.at, dueTime.retention)) };
    const { applied } = await this.#table.update({
      key: runKey(runId),
      set: assign(values),
      condition: 'attribute_not_exists(pk)',
      values,
    });
    return applied;
  }

  async track({ id, claim }: RunRecord, checkAt: EpochMs): Promise<void> {
    const entry = openEntry(id, checkAt);
    await this.#table.update({
      key: runKey(id),
      set: assign(entry),
      condition: 'status = :running AND claim = :claim AND attribute_not_exists(openShard)',
      values: { ...entry, running: 'running', claim },
    });
  }

  async *openRuns(until: EpochMs, position = ''): AsyncIterable<OpenRun> {
    const [first = '0', after = ''] = position.split(' ');
    for (let shard = Number(first); shard < OPEN_SHARDS; shard++) {
      const isFirst = shard === Number(first) && after !== '';
      yield* this.#rowsOf(openShard(shard), until, { mark: String(shard), ...(isFirst ? { after } : {}) });
    }
  }

  async *dueRuns(until: EpochMs): AsyncIterable<OpenRun> {
    for (let shard = 0; shard < DUE_SHARDS; shard++) {
      yield* this.#rowsOf(dueShard(shard), until, { mark: dueShard(shard) });
    }
  }

  async move(runId: string, to: 'open' | 'due', checkAt: EpochMs): Promise<void> {
    const due = dueEntry(runId, checkAt);
    const entry = { open: openEntry(runId, checkAt), due }[to];
    await this.#table.update({
      key: runKey(runId),
      set: assign(entry),
      condition: 'status = :pending AND openShard = :dueShard',
      values: { ...entry, pending: 'pending', dueShard: due.openShard },
    });
  }

  async *newestRuns(job: string): AsyncIterable<RunLengths | UnreadableRecord> {
    const pages = paginateQuery(
      { client: this.#table.client, pageSize: PAGE },
      {
        TableName: this.#table.name,
        KeyConditionExpression: 'pk = :job AND begins_with(sk, :run)',
        ExpressionAttributeValues: marshall({ ':job': jobPartition(job), ':run': RUN_PREFIX }),
        ProjectionExpression: LENGTHS.map((name) => `#${name}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(LENGTHS.map((name) => [`#${name}`, name])),
        ScanIndexForward: false,
      },
    );
    for await (const { Items = [] } of pages) yield* Items.map((item) => readRecord(unmarshall(item)));
  }

  async recentRecords(job: string, { limit, period }: RecentRuns): Promise<readonly (RunRecord | UnreadableRecord)[]> {
    const { Items = [] } = await this.#table.client.send(
      new QueryCommand({
        TableName: this.#table.name,
        KeyConditionExpression: 'pk = :job AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall({
          ':job': jobPartition(job),
          // `$` sorts behind the `#` that follows the time in a key, `~` behind all that keys of runs consist of.
          ':from': `${RUN_PREFIX}${period === undefined ? '' : toIso(period.from)}`,
          ':to': `${RUN_PREFIX}${period === undefined ? '~' : `${toIso(period.to)}$`}`,
        }),
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return Items.map((item) => readRecord(unmarshall(item)));
  }

  async loadState(): Promise<WatchState | undefined> {
    const item = await this.#table.get(STATE_KEY);
    return typeof item?.state === 'string' ? (JSON.parse(item.state) as WatchState) : undefined;
  }

  async saveState(state: WatchState): Promise<void> {
    const text = JSON.stringify(state);
    const { applied, item } = await this.#table.update({
      key: STATE_KEY,
      set: { state: ':state', version: ':version' },
      // A table without it begins anew, also one that somebody took it out of.
      condition: 'attribute_not_exists(state) OR version = :before',
      values: { state: text, version: state.version, before: state.version - 1 },
    });
    // Our own write, whose answer was lost, has left exactly what we would write.
    if (!applied && item?.state !== text) throw new StaleLookError('another pass has saved its state');
  }

  async *#rowsOf(
    shard: string,
    until: EpochMs,
    { mark, ...place }: { readonly mark: string; readonly after?: string },
  ): AsyncIterable<OpenRun> {
    // `$` sorts behind the `#` that follows the time.
    const rows = queryOpen(this.#table.client, { table: this.#table.name, shard, until: `${toIso(until)}$`, ...place });
    for await (const openAt of rows) {
      const [time = ''] = openAt.split('#', 1);
      const checkAt = epochMs(time.length === ISO_LENGTH ? Date.parse(time) : Number.NaN);
      yield { id: openAt.slice(time.length + 1), checkAt, position: `${mark} ${openAt}` };
    }
  }
}
