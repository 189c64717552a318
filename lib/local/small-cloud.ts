import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../clock.ts';
import { ENVIRONMENT, WITHOUT_NODE_WARNING } from '../environment.ts';
import type { AlertMessage } from '../job/context.ts';
import { type Deployment, type JobNames, stageNames } from '../job/names.ts';
import type { JobPolicy } from '../job/policy.ts';
import { formatRunMessage } from '../run/message.ts';
import type { RunRequest, RunStore } from '../run/ports.ts';
import type { DeployedTimeouts } from '../run/timeouts.ts';
import { DynamoDbRunStore } from '../store/dynamodb/dynamodb-run-store.ts';
import { TABLE } from '../store/dynamodb/keys.ts';
import { milliseconds } from '../units.ts';
import {
  createBackends,
  defaultRegion,
  queueArn,
  queuePath,
  type ReceivedMessage,
  type TableProperties,
  topicArn,
} from './backends.ts';
import type { Closers } from './closers.ts';
import { startFront } from './gateway/index.ts';
import { toSqsEvent } from './lambda/mapping/sqs-event.ts';
import { createFunctionPool, type FunctionPool, type InvocationResult, startReaper } from './lambda/workers/index.ts';
import { localClient } from './local-client.ts';

/** The function of one job and the services that it calls: as much of the embedded cloud as an attempt needs, in memory. */
export interface SmallCloud {
  readonly runs: RunStore;
  /** What the function has written. */
  readonly lines: readonly string[];
  readonly alerts: readonly AlertMessage[];
  /** Sends a run's message and has the function take it, once. */
  deliver(request: RunRequest): Promise<InvocationResult>;
  /** What is in the job's dead-letter queue. */
  deadLetters(): Promise<readonly ReceivedMessage[]>;
}

export interface SmallCloudOptions {
  readonly deployment: Deployment;
  readonly job: {
    readonly name: string;
    readonly names: JobNames;
    readonly policy: JobPolicy;
    readonly timeouts: DeployedTimeouts;
  };
  /** The folder of the function's code. */
  readonly directory: string;
  /** Variables of the function beside Belfry's own. */
  readonly environment: Readonly<Record<string, string>>;
}

/** @param closers end it */
export async function openSmallCloud(options: SmallCloudOptions, closers: Closers): Promise<SmallCloud> {
  const { names, policy } = options.job;
  const shared = stageNames(options.deployment);
  const [lines, alerts]: [string[], AlertMessage[]] = [[], []];
  const backends = await createBackends({
    onPublish: ({ subject = '', message }) => alerts.push({ subject, body: message }),
  });
  closers.add(() => backends.close());
  const { queues, tables, topics } = backends;
  for (const QueueName of [names.queue, names.deadLetterQueue]) queues.ensure({ QueueName });
  await tables.ensure(tableOf(shared.table));
  await topics.ensure(shared.alertTopic);
  const front = await startFront({ services: backends.services, control: { token: '', handlers: {} } });
  closers.add(() => front.close());
  const client = new DynamoDBClient(localClient(front.origin));
  closers.add(() => client.destroy());
  const pool = openPool(options, { endpoint: front.origin, onLine: (line) => lines.push(line) }, closers);
  const receive = (queue: string) => queues.receive(queue, { max: 10, wait: milliseconds(0) });
  return {
    runs: new DynamoDbRunStore({ client, table: shared.table, retention: policy.retention }),
    lines,
    alerts,
    async deliver(request) {
      await queues.send(names.queue, formatRunMessage(request));
      const origin = { queueArn: queueArn(names.queue, defaultRegion), region: defaultRegion };
      return await pool.invoke(toSqsEvent(await receive(names.queue), origin));
    },
    deadLetters: () => receive(names.deadLetterQueue),
  };
}

function openPool(
  options: SmallCloudOptions,
  { endpoint, onLine }: { endpoint: string; onLine: (line: string) => void },
  closers: Closers,
): FunctionPool {
  const { job, directory } = options;
  const reaper = startReaper();
  closers.add(() => reaper.close());
  const model = {
    name: job.names.function,
    directory,
    handler: 'index.handler',
    timeoutSeconds: job.timeouts.functionTimeout,
    memoryMb: job.policy.memory,
    environment: environmentOf(options, endpoint),
    logGroup: job.names.logGroup,
  };
  const pool = createFunctionPool(model, {
    region: defaultRegion,
    endpoint,
    localVariables: WITHOUT_NODE_WARNING,
    reaper,
    clock: systemClock,
    onLog: ({ line, writtenBy }) => {
      if (writtenBy === 'function') onLine(line);
    },
  });
  closers.add(() => pool.close(milliseconds(0)));
  return pool;
}

/** As the template sets them. */
function environmentOf({ deployment, job, environment }: SmallCloudOptions, endpoint: string): Record<string, string> {
  const { table, alertTopic } = stageNames(deployment);
  return {
    ...environment,
    [ENVIRONMENT.app]: deployment.app,
    [ENVIRONMENT.stage]: deployment.stage,
    [ENVIRONMENT.table]: table,
    [ENVIRONMENT.queueUrl]: `${endpoint}${queuePath(job.names.queue)}`,
    [ENVIRONMENT.deadLetterQueueUrl]: `${endpoint}${queuePath(job.names.deadLetterQueue)}`,
    [ENVIRONMENT.alertTopicArn]: topicArn(alertTopic, defaultRegion),
    POWERTOOLS_SERVICE_NAME: job.name,
    NODE_OPTIONS: '--enable-source-maps',
  };
}

/** A table as the deployment makes it. */
function tableOf(TableName: string): TableProperties {
  const { partitionKey, sortKey, openIndex } = TABLE;
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
  return {
    TableName,
    AttributeDefinitions: [partitionKey, sortKey, openIndex.partitionKey, openIndex.sortKey].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: keys(partitionKey, sortKey),
    GlobalSecondaryIndexes: [
      {
        IndexName: openIndex.name,
        KeySchema: keys(openIndex.partitionKey, openIndex.sortKey),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  };
}
