import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Manifest } from '../../manifest.ts';
import { ENDED, type RunRecord } from '../../run/record.ts';
import { inputsOf, resendBody } from '../../run/resend.ts';
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

/** A message for a run that had not ended when the cloud stopped, and the queue it belongs to. */
export interface ResumedRun {
  readonly run: RunRecord;
  readonly queue: string;
  readonly body: string;
}

/**
 * The messages that take up every unfinished run again. Sending one too many does no harm: the claim
 * decides. Runs of jobs or entries that are gone are left where they are.
 */
export async function* unfinishedRuns(client: DynamoDBClient, manifest: Manifest): AsyncIterable<ResumedRun> {
  const queues = new Map(manifest.jobs.map(({ name, resources }) => [name, resources.queue]));
  const inputs = inputsOf(manifest.schedules);
  for await (const run of scanRuns(client, manifest.resources.table)) {
    const queue = queues.get(run.job);
    if (ENDED.has(run.status) || queue === undefined) continue;
    const body = resendBody(run, inputs);
    if (body !== undefined) yield { run, queue, body };
  }
}
