import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Manifest } from '../../manifest.ts';
import type { RunRequest } from '../../run/ports.ts';
import { hasEnded, type RunRecord } from '../../run/record.ts';
import { inputsOf, requestOf } from '../../run/request.ts';
import { RUN_PREFIX } from '../../store/dynamodb/keys.ts';
import { toRunRecord } from '../../store/dynamodb/run-item.ts';

/** Every run of a table. A scan: right for a laptop's table, and for nothing larger. */
export async function* scanRuns(client: DynamoDBClient, table: string): AsyncIterable<RunRecord> {
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    for (const item of Items.map((each) => unmarshall(each))) {
      if (String(item['sk']).startsWith(RUN_PREFIX)) yield toRunRecord(item);
    }
  }
}

/**
 * Asks for every unfinished run to go on. Sending one too many does no harm: the claim
 * decides. Runs of jobs or entries that are gone are left where they are.
 */
export async function* unfinishedRuns(client: DynamoDBClient, manifest: Manifest): AsyncIterable<RunRequest> {
  const jobs = new Set(manifest.jobs.map(({ name }) => name));
  const inputs = inputsOf(manifest.schedules);
  for await (const run of scanRuns(client, manifest.resources.table)) {
    const request = hasEnded(run.status) || !jobs.has(run.job) ? undefined : requestOf(run, inputs);
    if (request !== undefined) yield request;
  }
}
