import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LockHold, LockRequest, LockStore, TakeResult } from '../../run/ports.ts';
import { type EpochMs, epochMs } from '../../units.ts';
import { stateKey } from './keys.ts';
import { Table } from './table.ts';
import type { Update } from './update.ts';

const GRANT = {
  lockRun: ':run',
  lockClaim: ':claim',
  lockUntil: ':until',
  token: 'if_not_exists(token, :zero) + :one',
} as const;
/** Free, or this run's own: also its own write, whose answer was lost. Not if a later claim of the run has it. */
const IS_OPEN = 'attribute_not_exists(lockRun) OR (lockRun = :run AND lockClaim <= :claim)';
const IS_MINE = 'lockRun = :run AND token = :token';

/** Jobs' locks, each in its job's STATE item. The token outlives every release, so it only ever rises. */
export class DynamoDbLockStore implements LockStore {
  readonly #table: Table;

  constructor({ client, table }: { client: DynamoDBClient; table: string }) {
    this.#table = new Table(client, table);
  }

  take(request: LockRequest): Promise<TakeResult> {
    return this.#grant(request, `${IS_OPEN} OR lockUntil <= :now`, { now: request.now });
  }

  takeOver(request: LockRequest, from: LockHold): Promise<TakeResult> {
    const condition = `${IS_OPEN} OR (lockRun = :from AND token = :token)`;
    return this.#grant(request, condition, { from: from.run, token: from.token });
  }

  extend(hold: LockHold, until: EpochMs): Promise<boolean> {
    return this.#changeMine(hold, { set: { lockUntil: ':until' }, values: { until } });
  }

  release(hold: LockHold): Promise<boolean> {
    return this.#changeMine(hold, { set: { token: ':token' }, remove: ['lockRun', 'lockClaim', 'lockUntil'] });
  }

  async #changeMine(
    { job, run, token }: LockHold,
    { values, ...change }: Pick<Update, 'set' | 'remove'> & Partial<Pick<Update, 'values'>>,
  ): Promise<boolean> {
    const { applied } = await this.#table.update({
      ...change,
      key: stateKey(job),
      condition: IS_MINE,
      values: { run, token, ...values },
    });
    return applied;
  }

  async #grant(request: LockRequest, condition: string, values: Record<string, unknown>): Promise<TakeResult> {
    const { job, run, claim, until } = request;
    const { applied, item = {} } = await this.#table.update({
      key: stateKey(job),
      set: GRANT,
      condition,
      values: { run, claim, until, zero: 0, one: 1, ...values },
    });
    const token = Number(item.token ?? 0);
    if (applied) return { kind: 'taken', hold: { job, run, token } };
    const { lockRun, lockUntil } = item;
    // Freed between the refusal and the look at it, which on DynamoDB itself is one step.
    if (typeof lockRun !== 'string') return this.take(request);
    return { kind: 'busy', holder: { job, run: lockRun, token }, until: epochMs(Number(lockUntil)) };
  }
}
