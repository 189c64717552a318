import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ulid } from 'ulid';
import { createRunClient, type RunClient } from '../../../lib/client/run-client.ts';
import type { RunRecord, RunStatus } from '../../../lib/run/record.ts';
import { HANGS_AFTER } from '../../support/patience.ts';
import type { BelfryCommand } from './belfry-command.ts';
import { eventually } from './eventually.ts';

const ACCOUNT = '000000000000';

/** A cloud that was started as a user does it, seen through its endpoint and its output. */
export class RunningCloud {
  readonly command: BelfryCommand;
  readonly endpoint: string;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly #client: RunClient;

  private constructor(command: BelfryCommand, endpoint: string) {
    const client = {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    this.command = command;
    this.endpoint = endpoint;
    this.dynamodb = new DynamoDBClient(client);
    this.sqs = new SQSClient(client);
    this.#client = createRunClient({ deployment: { app: 'belfry', stage: 'dev' }, client });
  }

  /** Waits until a command has said where its cloud listens. */
  static async of(command: BelfryCommand): Promise<RunningCloud> {
    const [, endpoint = ''] = await command.prints(/embedded cloud at (http:\/\/127\.0\.0\.1:\d+);/);
    return new RunningCloud(command, endpoint);
  }

  get port(): number {
    return Number(new URL(this.endpoint).port);
  }

  /** Asks for a run. @returns its id */
  async request(job: string, input?: unknown): Promise<string> {
    return await this.#client.requestRun({ job, input, requestedBy: 'a test' });
  }

  async record(runId: string): Promise<RunRecord | undefined> {
    return await this.#client.getRun(runId);
  }

  /** Waits for a status of a run. */
  async reaches(runId: string, status: RunStatus, timeout = HANGS_AFTER): Promise<RunRecord> {
    let record: RunRecord | undefined;
    const look = async () => {
      record = await this.record(runId);
      return record?.status === status ? record : undefined;
    };
    try {
      return await eventually(`${runId} ${status}`, look, timeout);
    } catch (error) {
      const seen = `${JSON.stringify(record)}\n${this.command.output.slice(-6000)}`;
      throw new Error(`${(error as Error).message}; it is: ${seen}`, { cause: error });
    }
  }

  /** Asks for a run and waits until it has completed. */
  async complete(job: string, input?: unknown, timeout = HANGS_AFTER): Promise<RunRecord> {
    return await this.reaches(await this.request(job, input), 'completed', timeout);
  }

  queueUrl(name: string): string {
    return `${this.endpoint}/${ACCOUNT}/belfry-dev-${name}`;
  }

  async send(job: string, body: string): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.queueUrl(job), MessageBody: body }));
  }

  /** The dead letters in a job's dead-letter queue, which stay there for others to see at once. */
  async deadLetters(job: string) {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.queueUrl(`${job}-dlq`),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  }
}

/** A message as the scheduler sends it, with the run's id yet to be derived. */
export const scheduledMessage = (job: string, scheduledTime: string): string =>
  JSON.stringify({ v: 1, run: null, job, schedule: job, scheduledTime, trigger: 'schedule' });

/** A message for a run that nobody has recorded. */
export function requestedMessage(job: string, at = Date.now()): { readonly run: string; readonly body: string } {
  const scheduledTime = new Date(at).toISOString();
  const run = `${job}/${scheduledTime}/~${ulid(at)}`;
  return { run, body: JSON.stringify({ v: 1, run, job, schedule: null, scheduledTime, trigger: 'manual' }) };
}
