import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetScheduleCommand, ResourceNotFoundException, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DeleteMessageCommand, GetQueueAttributesCommand, QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { systemClock } from '../clock.ts';
import {
  type Environment,
  FULL_ERRORS_VARIABLE,
  isOnEmulator,
  readEnvironment,
  type Variables,
} from '../environment.ts';
import type { JobContext } from '../job/context.ts';
import { defineJob } from '../job/job.ts';
import { WATCHDOG } from '../job/names.ts';
import { logEvent, WATCHDOG_EVENTS } from '../observe/events.ts';
import { formatMetrics } from '../observe/metrics.ts';
import { ownEntry } from '../own-entry.ts';
import { DynamoDbAlertStore } from '../store/dynamodb/dynamodb-alert-store.ts';
import { DynamoDbWatchStore } from '../store/dynamodb/dynamodb-watch-store.ts';
import { createSqsRunQueue } from '../store/sqs/sqs-run-queue.ts';
import { epochMs } from '../units.ts';
import { runPass } from '../watchdog/pass.ts';
import type { QueueNames } from '../watchdog/pass-context.ts';
import type { WatchdogPlan } from '../watchdog/plan.ts';
import type { DeployedSchedule, WatchdogPorts } from '../watchdog/ports.ts';
import type { Subscriptions } from '../watchdog/state.ts';
import { bundleAlerts } from './bundled-alerts.ts';
import { failWithoutPass } from './fail-without-pass.ts';
import { createHandler, type HandlerExtras, type HandlerOptions } from './handler.ts';
import { publishAlert } from './publish-alert.ts';
import { writeLine } from './runtime.ts';
import { SDK_OPTIONS } from './sdk-options.ts';

/** What the generated entry of the watchdog's function knows. */
export interface WatchdogOptions extends HandlerOptions {
  readonly plan: WatchdogPlan;
}

/**
 * The Lambda handler of the watchdog: a job like any other, whose work is one pass. It throws after all else is done when
 * the invocation completed no pass.
 *
 * @throws Error when a variable of the deployment is missing, or Powertools' idempotency is switched off
 */
export function createWatchdogHandler(
  { plan, ...options }: WatchdogOptions,
  extras: HandlerExtras,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const environment = readEnvironment(process.env);
  const sqs = new SQSClient(SDK_OPTIONS);
  const adapters = createAdapters(environment, plan, sqs);
  const { stage } = environment;
  const showOption = isOnEmulator(process.env) ? '' : ` --stage ${stage}`;
  const cli = queueNames(environment, process.env);
  let completed = 0;
  const job = defineJob(WATCHDOG, {
    async run(_input, context) {
      const ports = { ...adapters, ...reportsOf(context) };
      const result = await runPass(plan, ports, {
        ...{ stage, showOption, cli },
        dueAt: epochMs(context.run.scheduledTime.getTime()),
      });
      completed += 1;
      return result;
    },
  });
  // Bundled in every stage: it has the right to, and passes that fail every minute are one story.
  const handle = createHandler(job, options, { ...extras, alerts: bundleAlerts });
  return failWithoutPass(handle, {
    countPasses: () => completed,
    deleteMessage: ({ receiptHandle: ReceiptHandle }) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl: environment.queueUrl, ReceiptHandle })),
  });
}

function createAdapters(
  { table, queueUrl, alertTopicArn }: Environment,
  { prefix, jobs, mailTopic }: WatchdogPlan,
  sqs: SQSClient,
): Omit<WatchdogPorts, 'log'> {
  const scheduler = new SchedulerClient(SDK_OPTIONS);
  const queues = beforeName(queueUrl, '/');
  const client = new DynamoDBClient(SDK_OPTIONS);
  // With addresses it is the alerts function that is subscribed to the topic of the alerts.
  const peopleTopicArn = mailTopic === undefined ? alertTopicArn : `${beforeName(alertTopicArn, ':')}${mailTopic}`;
  const { send } = createSqsRunQueue({
    client: sqs,
    urlOf: (job) => {
      const known = ownEntry(jobs, job);
      if (known === undefined) throw new Error(`the job "${job}" is not in the app: it has no queue`);
      return `${queues}${known.queue}`;
    },
  });
  return {
    store: new DynamoDbWatchStore({ client, table }),
    alerts: new DynamoDbAlertStore({ client, table }),
    alert: (alert) => publishAlert(alert, alertTopicArn),
    countSubscriptions: isEmbedded(process.env) ? undefined : () => countSubscriptions(peopleTopicArn),
    findDeployed: (name) => findSchedule(scheduler, { Name: name, GroupName: prefix }),
    send,
    countWaiting: (runsWaiting) => writeLine(formatMetrics(prefix, WATCHDOG, systemClock.now(), { runsWaiting })),
    countMessages: (queue) => countMessages(sqs, `${queues}${queue}`, MESSAGE_COUNTS),
    countUntaken: (queue) => countMessages(sqs, `${queues}${queue}`, ['ApproximateNumberOfMessages']),
    countMissed: (job, runsMissed) => writeLine(formatMetrics(prefix, job, systemClock.now(), { runsMissed })),
    now: systemClock.now,
    random: Math.random,
  };
}

/** All queues of a deployment differ in their names only. */
const beforeName = (whole: string, separator: string): string => whole.slice(0, whole.lastIndexOf(separator) + 1);

function queueNames({ queueUrl, alertTopicArn }: Environment, variables: NodeJS.ProcessEnv): QueueNames {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = variables;
  return {
    queueUrls: beforeName(queueUrl, '/'),
    // The same partition, region and account.
    queueArns: beforeName(alertTopicArn, ':').replace(':sns:', ':sqs:'),
    options: `${region === undefined ? '' : ` --region ${region}`}${endpoint === undefined ? '' : ` --endpoint-url ${endpoint}`}`,
  };
}

/** Those in flight as well: a person may be reading them. */
const MESSAGE_COUNTS = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

async function countMessages(
  client: SQSClient,
  QueueUrl: string,
  counts: readonly (typeof MESSAGE_COUNTS)[number][],
): Promise<number> {
  try {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] });
    const { Attributes = {} } = await client.send(command);
    return counts.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  } catch (error) {
    // The stack of its group is not deployed yet.
    if (error instanceof QueueDoesNotExist) return 0;
    throw error;
  }
}

const reportsOf = ({ log }: JobContext): Pick<WatchdogPorts, 'log'> => ({
  log: (event, fields) => logEvent(log, event, WATCHDOG_EVENTS[event].level, fields),
});

/** The embedded cloud has no subscriptions: alerts appear in the live log. */
const isEmbedded = (variables: Variables): boolean => variables[FULL_ERRORS_VARIABLE] !== undefined;

/** Asked once an hour: the client is loaded for that. */
async function countSubscriptions(TopicArn: string): Promise<Subscriptions> {
  const { GetTopicAttributesCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const { Attributes = {} } = await new SNSClient(SDK_OPTIONS).send(new GetTopicAttributesCommand({ TopicArn }));
  const [confirmed, pending] = [
    Number(Attributes['SubscriptionsConfirmed']),
    Number(Attributes['SubscriptionsPending']),
  ];
  if (Number.isNaN(confirmed + pending)) throw new Error('SNS does not say how many subscriptions the topic has');
  return { confirmed, pending };
}

async function findSchedule(
  client: SchedulerClient,
  name: { Name: string; GroupName: string },
): Promise<DeployedSchedule | undefined> {
  try {
    const found = await client.send(new GetScheduleCommand(name));
    return {
      expression: found.ScheduleExpression ?? '',
      timezone: found.ScheduleExpressionTimezone ?? 'UTC',
      isEnabled: found.State !== 'DISABLED',
      createdAt: toInstant(found.CreationDate),
      changedAt: toInstant(found.LastModificationDate ?? found.CreationDate),
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

const toInstant = (date: Date | undefined) => epochMs(date?.getTime() ?? 0);
