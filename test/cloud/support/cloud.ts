import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ulid } from 'ulid';
import { eventually } from '../../process/support/eventually.ts';
import { clientConfig, type Target } from './target.ts';

/** A record as its item has it: what docs/architecture.md says of it, and nothing that Belfry's own code reads for us. */
// biome-ignore lint/suspicious/noExplicitAny: an outside judge looks at what is there
export type Item = Readonly<Record<string, any>>;

/** A message of a run, and the id that the run will have. */
export interface RunMessage {
  readonly run: string;
  readonly body: string;
}

const COUNTS = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
/** On a local machine. */
const QUIET_MS = 3000;

/** A deployment of the suite's app, seen through AWS's own SDK and nothing else. */
export class Cloud {
  readonly target: Target;
  readonly config: ReturnType<typeof clientConfig>;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly #queueUrls = new Map<string, Promise<string>>();

  constructor(target: Target) {
    this.target = target;
    this.config = clientConfig(target);
    this.dynamodb = new DynamoDBClient(this.config);
    // The URLs that an emulator answers may be of a host that does not resolve here.
    this.sqs = new SQSClient({ ...this.config, useQueueUrlAsEndpoint: false });
  }

  /** `<app>-<stage>`, which every physical name begins with. */
  get prefix(): string {
    return `${this.target.app}-${this.target.stage}`;
  }

  get table(): string {
    return `${this.prefix}-runs`;
  }

  /** Waits longer where everything takes longer. @param seconds on a local machine */
  eventually<Value>(description: string, look: () => Value | Promise<Value>, seconds = 30) {
    return eventually(description, look, seconds * this.target.patience * 1000);
  }

  /** A message of a run that somebody asked for. @param input absent for jobs that take none */
  requested(job: string, input?: unknown): RunMessage {
    const at = Date.now();
    const scheduledTime = new Date(at).toISOString();
    const run = `${job}/${scheduledTime}/~${ulid(at)}`;
    return { run, body: JSON.stringify({ v: 1, run, job, schedule: null, scheduledTime, trigger: 'manual', input }) };
  }

  /** A message as EventBridge sends it, for the minute that goes and a schedule that nobody has. */
  scheduled(job: string): RunMessage {
    const schedule = `check-${ulid().slice(-10).toLowerCase()}`;
    const scheduledTime = `${new Date().toISOString().slice(0, 16)}:00Z`;
    const body = JSON.stringify({ v: 1, run: null, job, schedule, scheduledTime, trigger: 'schedule' });
    return { run: `${job}/${scheduledTime.replace(':00Z', 'Z')}/${schedule}`, body };
  }

  /** Sends a message to the queue of a job. @returns SQS's id of it */
  async send(
    job: string,
    body: string,
    attributes: SendMessageCommandInput['MessageAttributes'] = {},
  ): Promise<string> {
    const QueueUrl = await this.queueUrl(job);
    const input = { QueueUrl, MessageBody: body, MessageAttributes: attributes };
    const { MessageId = '' } = await this.sqs.send(new SendMessageCommand(input));
    return MessageId;
  }

  /** Has a job run once. @returns the run id */
  async request(job: string): Promise<string> {
    const { run, body } = this.requested(job);
    await this.send(job, body);
    return run;
  }

  /** @param name without the prefix: `probe-due`, `probe-due-dlq` */
  queueUrl(name: string): Promise<string> {
    const known = this.#queueUrls.get(name) ?? this.#findQueue(name);
    this.#queueUrls.set(name, known);
    return known;
  }

  async queueAttributes(name: string): Promise<Readonly<Record<string, string>>> {
    const QueueUrl = await this.queueUrl(name);
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return Attributes;
  }

  /** The item of a run; `undefined` when there is none. */
  async record(run: string): Promise<Item | undefined> {
    const [job = '', time = '', occasion = ''] = run.split('/');
    const instant = new Date(time).toISOString();
    return await this.item(`JOB#${job}`, `RUN#${instant}#${occasion}`);
  }

  async item(pk: string, sk: string): Promise<Item | undefined> {
    const Key = { pk: { S: pk }, sk: { S: sk } };
    const { Item } = await this.dynamodb.send(new GetItemCommand({ TableName: this.table, Key, ConsistentRead: true }));
    return Item === undefined ? undefined : unmarshall(Item);
  }

  /** The records of a job whose time begins with this text, oldest first. */
  async records(job: string, time: string): Promise<readonly Item[]> {
    const { Items = [] } = await this.dynamodb.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': { S: `JOB#${job}` }, ':sk': { S: `RUN#${time}` } },
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => unmarshall(item));
  }

  /** Waits until a run has a status. @throws Error that shows the record as it is */
  async reaches(run: string, status: string, seconds = 30): Promise<Item> {
    let seen: Item | undefined;
    const look = async () => {
      seen = await this.record(run);
      return seen?.status === status ? seen : undefined;
    };
    try {
      return await this.eventually(`${run} ${status}`, look, seconds);
    } catch (cause) {
      throw new Error(`${(cause as Error).message}; its record is ${JSON.stringify(seen)}`, { cause });
    }
  }

  /** Waits for a message in a queue that `isIt`, takes it, and lets go of the others. */
  async receive(name: string, isIt: (message: Message) => boolean, seconds = 30): Promise<Message> {
    const QueueUrl = await this.queueUrl(name);
    const look = async () => {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
          VisibilityTimeout: 2,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      return Messages.find(isIt);
    };
    return await this.eventually(`a message in ${name}`, look, seconds);
  }

  /** Waits until a queue has been empty for a while: SQS's counts come late. */
  async empties(name: string, seconds = 60): Promise<void> {
    let since: number | undefined;
    await this.eventually(
      `an empty queue ${name}`,
      async () => {
        const counts = await this.queueAttributes(name);
        const isEmpty = COUNTS.every((count) => counts[count] === '0');
        since = isEmpty ? (since ?? performance.now()) : undefined;
        return since !== undefined && performance.now() - since > QUIET_MS * this.target.patience;
      },
      seconds,
    );
  }

  /** Lets a message that was received be seen by others at once. */
  async letGo(name: string, { ReceiptHandle }: Message): Promise<void> {
    const QueueUrl = await this.queueUrl(name);
    await this.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }

  async delete(name: string, { ReceiptHandle }: Message): Promise<void> {
    const QueueUrl = await this.queueUrl(name);
    await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }

  async #findQueue(name: string): Promise<string> {
    const { QueueUrl = '' } = await this.sqs.send(new GetQueueUrlCommand({ QueueName: `${this.prefix}-${name}` }));
    return QueueUrl;
  }
}
