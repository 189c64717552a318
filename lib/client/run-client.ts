import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ulid } from 'ulid';
import { type Deployment, jobNames, stageNames } from '../job/names.ts';
import { formatRunMessage } from '../run/message.ts';
import type { RunRequest } from '../run/ports.ts';
import type { RunRecord } from '../run/record.ts';
import { requestedRunId } from '../run/run-id.ts';
import { DynamoDbRunStore } from '../store/dynamodb/dynamodb-run-store.ts';
import { type EpochMs, epochMs, milliseconds } from '../units.ts';

/** Asks for runs, and reads what became of them. */
export interface RunClient {
  /**
   * Asks for a run now, down the same path as a scheduled one: recorded first, then sent, so that a
   * request whose message is lost can be found.
   *
   * @returns the run id
   * @throws the SDK's error, unchanged, when table or queue cannot be reached
   */
  requestRun(request: { job: string; input: unknown; requestedBy: string }): Promise<string>;
  /** One run's record; `undefined` when there is none. @throws RangeError for text that is no run id */
  getRun(runId: string): Promise<RunRecord | undefined>;
}

export interface RunClientOptions {
  readonly deployment: Deployment;
  /** Endpoint, region and credentials, where they are not the SDK's own. */
  readonly client?: Pick<DynamoDBClientConfig, 'endpoint' | 'region' | 'credentials'>;
  readonly now?: () => EpochMs;
}

/** Finds table and queues by the rule that the deployment named them by. */
export function createRunClient({
  deployment,
  client = {},
  now = () => epochMs(Date.now()),
}: RunClientOptions): RunClient {
  const sqs = new SQSClient(client);
  const { table } = stageNames(deployment);
  // Ended runs are written by the functions, with their jobs' retention; a request ends none.
  const runs = new DynamoDbRunStore({ client: new DynamoDBClient(client), table, retention: milliseconds(0) });
  return {
    async requestRun({ job, input, requestedBy }) {
      const requestedAt = now();
      const run = requestedRunId(job, requestedAt, ulid(requestedAt));
      const request: RunRequest = {
        v: 1,
        run,
        job,
        schedule: null,
        scheduledTime: requestedAt,
        trigger: 'manual',
        input,
      };
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: jobNames(deployment, job).queue }));
      await runs.createPending(request, { now: requestedAt, requestedBy });
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: formatRunMessage(request) }));
      return run;
    },
    getRun: (runId) => runs.get(runId),
  };
}
