import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RunRequest, RunRequests } from '../../run/ports.ts';
import type { RunRecord } from '../../run/record.ts';
import type { EpochMs } from '../../units.ts';
import { identity } from './claim-update.ts';
import { openEntry, runKey } from './keys.ts';
import { toRunRecord } from './run-item.ts';
import { Table } from './table.ts';

/** The side of the table that asks for runs: apart from the store, since functions have no use for it. */
export class DynamoDbRunRequests implements RunRequests {
  readonly #table: Table;

  constructor({ client, table }: { client: DynamoDBClient; table: string }) {
    this.#table = new Table(client, table);
  }

  async createPending(request: RunRequest, { now, requestedBy }: { now: EpochMs; requestedBy: string }): Promise<void> {
    const hasInput = request.input !== undefined;
    const { set, values } = identity({ request, now });
    await this.#table.update({
      key: runKey(request.run),
      set: {
        ...set,
        status: ':pending',
        requestedBy: ':requestedBy',
        openShard: ':openShard',
        openAt: ':openAt',
        ...(hasInput ? { input: ':input' } : {}),
      },
      condition: 'attribute_not_exists(pk)',
      values: {
        ...values,
        pending: 'pending',
        requestedBy,
        ...openEntry(request.run, now),
        ...(hasInput ? { input: JSON.stringify(request.input) } : {}),
      },
    });
  }

  async get(runId: string): Promise<RunRecord | undefined> {
    const item = await this.#table.get(runKey(runId));
    return item === undefined ? undefined : toRunRecord(item);
  }
}
