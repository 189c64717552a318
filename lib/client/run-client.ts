import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ulid } from 'ulid';
import { type Deployment, jobNames, stageNames } from '../job/names.ts';
import { InvalidMessageError } from '../run/errors.ts';
import { formatRunMessage, parseRunMessage } from '../run/message.ts';
import type { RunRequest } from '../run/ports.ts';
import type { RunRecord } from '../run/record.ts';
import { requestedRunId } from '../run/run-id.ts';
import { DynamoDbRunRequests } from '../store/dynamodb/dynamodb-run-requests.ts';
import { createSqsRunQueue } from '../store/sqs/sqs-run-queue.ts';
import { type EpochMs, epochMs } from '../units.ts';

/** Asks for runs, and reads what became of them. */
export interface RunClient {
  /**
   * Asks for a run now, down the same path as a scheduled one: recorded first, then sent, so that a
   * request whose message is lost can be found.
   *
   * @returns the run id
   * @throws InvalidMessageError for an input that the handler would refuse, before anything is recorded
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
  const runs = new DynamoDbRunRequests({ client: new DynamoDBClient(client), table });
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
      checkRequest(request);
      // Before the record: a run of a job without a queue would wait for ever.
      const url = await findQueue(sqs, deployment, job);
      await runs.createPending(request, { now: requestedAt, requestedBy });
      await createSqsRunQueue({ client: sqs, urlOf: () => url }).send(request);
      return run;
    },
    getRun: (runId) => runs.get(runId),
  };
}

/** The URL of a job's queue, by the rule that named it. Asked for each time: the job may have left the app since. */
async function findQueue(sqs: SQSClient, deployment: Deployment, job: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: jobNames(deployment, job).queue }));
  if (QueueUrl === undefined) throw new Error(`SQS gave no URL for the queue of the job "${job}"`);
  return QueueUrl;
}

/** The largest input that a record keeps, in bytes of JSON. */
const MAX_INPUT_SIZE = 32 * 1024;

/** What the handler would refuse is refused here: a record of it would wait for ever. */
function checkRequest(request: RunRequest): void {
  const { input } = request;
  parseRunMessage(formatRunMessage(request));
  const size = Buffer.byteLength(JSON.stringify(input) ?? '');
  if (size > MAX_INPUT_SIZE)
    throw new InvalidMessageError(`the input has ${size} bytes of JSON; allowed are ${MAX_INPUT_SIZE}`);
}
