import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LeaseLostError } from '../../run/errors.ts';
import type {
  Claimed,
  ClaimRequest,
  ClaimResult,
  DeadLetterDuty,
  ExhaustedClosing,
  RunStore,
  Settlement,
} from '../../run/ports.ts';
import { hasEnded, type RunRecord } from '../../run/record.ts';
import { type EpochMs, type Milliseconds, plus, toEpochSeconds } from '../../units.ts';
import { checkAtOf, closeAttempt, opensRound, readRefusal, settledFields, toClaimed } from '../rules.ts';
import { claimUpdate, roundUpdate } from './claim-update.ts';
import { openEntry, runKey } from './keys.ts';
import { toRunRecord } from './run-item.ts';
import { Table, type UpdateResult } from './table.ts';
import { assign, type Update } from './update.ts';

/** How long records are kept is the job's policy; the store writes it with whatever ends a run. */
export interface DynamoDbRunStoreOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly retention: Milliseconds;
}

/** Of a run that has not gone on since: each failure is after more attempts than the one before. */
const SAME_FAILURE = 'status = :failed AND attempt = :attempt';

/** The records of runs in DynamoDB. Every write carries a condition, so a repeated or late one changes nothing. */
export class DynamoDbRunStore implements RunStore {
  readonly #table: Table;
  readonly #retention: Milliseconds;

  constructor({ client, table, retention }: DynamoDbRunStoreOptions) {
    this.#table = new Table(client, table);
    this.#retention = retention;
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    const { applied, item } = await this.#claim(request);
    if (item === undefined) {
      // Refused by an item that has gone since: whoever removed it, the next look finds the way free.
      return { kind: 'held', until: request.now };
    }
    const record = toRunRecord(item);
    return applied ? toClaimed(record, request) : readRefusal(record, request);
  }

  /** The write that claims, and for the dead letter of a failed run the one that opens a round. */
  async #claim(request: ClaimRequest): Promise<UpdateResult> {
    const claim = await this.#table.update(claimUpdate(request));
    const isLetter = !claim.applied && claim.item !== undefined && opensRound(toRunRecord(claim.item), request);
    return isLetter ? await this.#table.update(roundUpdate(request)) : claim;
  }

  async settle(claimed: Claimed, settlement: Settlement): Promise<void> {
    const { id } = claimed.record;
    const fields = settledFields(claimed, settlement);
    const { applied, item } = await this.#end(id, {
      fields,
      checkAt: checkAtOf(settlement),
      input: claimed.input,
      condition: 'owner = :owner AND claim = :claim AND status = :running',
      values: { owner: claimed.owner, claim: claimed.claim },
    });
    if (applied) return;
    // Our own write, whose answer was lost, has left exactly what we would write.
    const isOurs = item !== undefined && item.owner === claimed.owner && item.claim === claimed.claim;
    if (!isOurs || item.status !== fields.status) throw new LeaseLostError(id);
  }

  async closeExhausted(seen: RunRecord, closing: ExhaustedClosing): Promise<boolean> {
    const { at, ...failure } = closing;
    const attempts = closeAttempt(seen, { outcome: 'lost' });
    const { applied, item } = await this.#end(seen.id, {
      // Not the lost attempt's owner any more: should it still live, it must not take this write for its own.
      fields: { status: 'failed', attempts, ...failure, finishedAt: at },
      condition: 'claim = :claim AND status = :running',
      values: { claim: seen.claim },
    });
    return applied || (item?.status === 'failed' && item.owner === closing.owner);
  }

  async takeDeadLetter({ id, attempt }: RunRecord, { owner, now, leaseUntil }: DeadLetterDuty): Promise<boolean> {
    const { applied } = await this.#table.update({
      key: runKey(id),
      set: { owner: ':owner', leaseUntil: ':leaseUntil' },
      condition: `${SAME_FAILURE} AND attribute_not_exists(deadLetterSentAt) AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :now OR owner = :owner)`,
      values: { failed: 'failed', attempt, owner, now, leaseUntil },
    });
    return applied;
  }

  async noteDeadLetter({ id, attempt }: RunRecord, at: EpochMs): Promise<void> {
    await this.#table.update({
      key: runKey(id),
      set: { deadLetterSentAt: ':at' },
      remove: ['leaseUntil'],
      condition: SAME_FAILURE,
      values: { failed: 'failed', attempt, at },
    });
  }

  async get(runId: string): Promise<RunRecord | undefined> {
    const item = await this.#table.get(runKey(runId));
    return item === undefined ? undefined : toRunRecord(item);
  }

  /**
   * A write that takes a run out of `running`. One that ends it leaves the index of open runs and is
   * the only kind that sets `expiresAt`; one that does not stays in the index until its next attempt.
   */
  #end(runId: string, { fields, checkAt, input, condition, values }: End) {
    const { status, result, finishedAt } = fields;
    const keepsInput = checkAt !== undefined && input !== undefined;
    const written = {
      ...fields,
      ...(result === undefined ? {} : { result: JSON.stringify(result) }),
      ...(hasEnded(status) && finishedAt !== undefined
        ? { expiresAt: toEpochSeconds(plus(finishedAt, this.#retention)) }
        : {}),
      ...(checkAt === undefined ? {} : openEntry(runId, checkAt)),
    };
    return this.#table.update({
      key: runKey(runId),
      set: { ...assign(written), ...(keepsInput ? { input: 'if_not_exists(input, :input)' } : {}) },
      remove: [
        'current',
        // Who has failed it has the time of its lease to send its dead letter.
        ...(status === 'failed' ? [] : ['leaseUntil']),
        ...(hasEnded(status) ? ['openShard', 'openAt'] : []),
      ],
      condition,
      values: {
        ...written,
        ...(keepsInput ? { input: JSON.stringify(input) } : {}),
        running: 'running',
        ...values,
      },
    });
  }
}

type SettledItem = Pick<RunRecord, 'status' | 'attempts'> & Partial<RunRecord>;

interface End extends Pick<Update, 'condition' | 'values'> {
  readonly fields: SettledItem;
  /** Of a run that goes on. */
  readonly checkAt?: EpochMs | undefined;
  readonly input?: unknown;
}
