import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type {
  LockChange,
  LockHold,
  LockHolder,
  LockRequest,
  LockStore,
  LockView,
  TakeResult,
  WaitingSet,
} from '../../run/ports.ts';
import { type EpochMs, epochMs } from '../../units.ts';
import { stateKey } from './keys.ts';
import { type Item, Table } from './table.ts';
import type { Update } from './update.ts';

const GRANT = {
  lockRun: ':run',
  lockClaim: ':claim',
  lockUntil: ':until',
  token: 'if_not_exists(token, :zero) + :one',
} as const;
const LOCK = ['lockRun', 'lockClaim', 'lockUntil'] as const;
/** Also its own write, whose answer was lost. Not if a later claim of the run has it. */
const IS_MINE = '(lockRun = :run AND lockClaim <= :claim)';
const IS_ABSENT = 'attribute_not_exists(lockRun)';
const IS_FREE = `(${IS_ABSENT} OR lockUntil <= :now)`;
const IS_HOLD = 'lockRun = :run AND token = :token';
const IS_IN = '(contains(again, :entry) OR contains(waiting, :entry) OR contains(asked, :entry))';
const LEAVE = { again: ':me', waiting: ':me', asked: ':me' };

/** A free lock is left to those that the run lets pass, unless it waits itself. DynamoDB refuses brackets within brackets. */
function isTakeable({ respects }: LockRequest, isFree: string): string {
  const isEmpty = respects.map((set) => `attribute_not_exists(${set})`).join(' AND ');
  return isEmpty ? `((${isFree} AND (${isEmpty} OR ${IS_IN})) OR ${IS_MINE})` : `(${isFree} OR ${IS_MINE})`;
}

/**
 * Jobs' locks, each in its job's STATE item with the sets of those that wait. The token outlives every release, so it only
 * ever rises.
 */
export class DynamoDbLockStore implements LockStore {
  readonly #table: Table;

  constructor({ client, table }: { client: DynamoDBClient; table: string }) {
    this.#table = new Table(client, table);
  }

  take(request: LockRequest): Promise<TakeResult> {
    return this.#grant(request, IS_FREE, { now: request.now });
  }

  takeOver(request: LockRequest, from: LockHold): Promise<TakeResult> {
    return this.#grant(request, `(${IS_ABSENT} OR (lockRun = :from AND token = :token))`, {
      from: from.run,
      token: from.token,
    });
  }

  join(request: LockRequest, set: WaitingSet, room?: number): Promise<LockChange> {
    const { job, run, claim, now, entry, respects } = request;
    const hasRoom = room === undefined ? '' : ` AND (${IS_IN} OR attribute_not_exists(${set}) OR size(${set}) < :room)`;
    const condition = `NOT ${isTakeable(request, IS_FREE)}${hasRoom}`;
    const asks = respects.length > 0 || room !== undefined;
    const values = { run, claim, now, me: new Set([entry]), ...(asks ? { entry } : {}), ...(room && { room }) };
    return this.#change(job, { add: { [set]: ':me' }, condition, values });
  }

  async leave(job: string, entry: string): Promise<LockView> {
    const values = { me: new Set([entry]) };
    const { view } = await this.#change(job, { delete: LEAVE, condition: 'attribute_exists(pk)', values });
    return view;
  }

  async extend({ job, run, token }: LockHold, until: EpochMs): Promise<boolean> {
    const values = { run, token, until };
    const { applied } = await this.#change(job, { set: { lockUntil: ':until' }, condition: IS_HOLD, values });
    return applied;
  }

  release({ job, run, token }: LockHold): Promise<LockChange> {
    return this.#change(job, { remove: LOCK, condition: IS_HOLD, values: { run, token } });
  }

  free({ job, run, claim }: Pick<LockHolder, 'job' | 'run' | 'claim'>): Promise<LockChange> {
    return this.#change(job, { remove: LOCK, condition: IS_MINE, values: { run, claim } });
  }

  async read(job: string): Promise<LockView> {
    return toView(job, await this.#table.get(stateKey(job)));
  }

  async #change(job: string, update: Omit<Update, 'key'>): Promise<LockChange> {
    const { applied, item } = await this.#table.update({ key: stateKey(job), ...update });
    return { applied, view: toView(job, item) };
  }

  async #grant(request: LockRequest, isFree: string, values: Record<string, unknown>): Promise<TakeResult> {
    const { job, run, claim, until, entry, respects } = request;
    const { applied, item = {} } = await this.#table.update({
      key: stateKey(job),
      set: GRANT,
      delete: LEAVE,
      condition: isTakeable(request, isFree),
      values: {
        ...{ run, claim, until, zero: 0, one: 1, me: new Set([entry]) },
        ...(respects.length > 0 ? { entry } : {}),
        ...values,
      },
    });
    if (!applied) return { kind: 'busy', view: toView(job, item) };
    return { kind: 'taken', hold: { job, run, token: Number(item.token) } };
  }
}

function toView(job: string, item: Item = {}): LockView {
  const { lockRun, lockClaim, lockUntil, token, again, waiting, asked } = item;
  const until = epochMs(Number(lockUntil));
  return {
    ...(typeof lockRun === 'string' && {
      holder: { job, run: lockRun, token: Number(token), claim: Number(lockClaim), until },
    }),
    ...{ again: entries(again), waiting: entries(waiting), asked: entries(asked) },
  };
}

const entries = (set: unknown): readonly string[] => (set instanceof Set ? [...set] : []);
