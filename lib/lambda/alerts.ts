import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createChannels, type DeployedChannels } from '../channels/channels.ts';
import {
  type AlertDelivery,
  createMemory,
  type DeliveryEvent,
  type DeliveryPorts,
  deliver,
} from '../channels/deliver.ts';
import { systemClock } from '../clock.ts';
import { ALERTS_ENVIRONMENT, ENVIRONMENT, FULL_ERRORS_VARIABLE, type Variables } from '../environment.ts';
import type { AlertMessage, Log } from '../job/context.ts';
import { ALERTS_FUNCTION, stagePrefix } from '../job/names.ts';
import { briefError, type LoggedError } from '../observe/events.ts';
import { toLog } from '../observe/logger.ts';
import { cut, toRunError } from '../run/run-error.ts';
import { DynamoDbDeliveryLog } from '../store/dynamodb/dynamodb-delivery-log.ts';
import { messageVisibility } from '../store/sqs/message-visibility.ts';
import { epochMs, plus } from '../units.ts';
import { createChannelSecrets } from './channel-secrets.ts';
import { DEAD_LETTER_ATTRIBUTES, printable } from './reporter.ts';
import { putRunEnds } from './run-end-events.ts';
import { SDK_OPTIONS } from './sdk-options.ts';

/** What the generated entry of the alerts function knows. */
export interface AlertsOptions {
  readonly channels: DeployedChannels;
  /** The bus for the ends of runs. @default none */
  readonly bus?: string;
}

/** The attribute of a dead letter that names the channel it is for. */
export const CHANNEL_ATTRIBUTE = 'belfry-channel';

const MAX_REASON = 500;

/**
 * The Lambda handler that brings alerts to their channels, from a queue with a batch size of 1, and the ends of runs to
 * EventBridge, from the table's stream. Both mappings have `ReportBatchItemFailures`.
 *
 * @throws Error when a variable of the deployment is missing
 */
export function createAlertsHandler({
  channels,
  bus,
}: AlertsOptions): (event: SQSEvent | DynamoDBStreamEvent) => Promise<SQSBatchResponse | DynamoDBBatchResponse> {
  const read = (name: string): string => readVariable(process.env, name);
  const deployment = stagePrefix({ app: read(ENVIRONMENT.app), stage: read(ENVIRONMENT.stage) });
  const log = toLog(new Logger({ serviceName: ALERTS_FUNCTION }));
  const logError = process.env[FULL_ERRORS_VARIABLE] === undefined ? briefError : (error: LoggedError) => error;
  const report = reporterOf(log, logError);
  const queue = Object.keys(channels).length === 0 ? undefined : createQueue({ channels, deployment, report, read });
  return async (event) => {
    if (isStream(event)) {
      return await putRunEnds(event, {
        deployment,
        bus: bus ?? 'default',
        report: (error) =>
          log.warn('events-postponed', { event: 'events-postponed', error: logError(toRunError(error)) }),
      });
    }
    if (queue === undefined) throw new Error('an alert has come, and no channel is configured');
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const record of event.Records) {
      if (await queue.handle(record)) batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };
}

const isStream = (event: SQSEvent | DynamoDBStreamEvent): event is DynamoDBStreamEvent =>
  event.Records[0] !== undefined && 'dynamodb' in event.Records[0];

function readVariable(variables: Variables, name: string): string {
  const value = variables[name];
  if (value === undefined || value === '') throw new Error(`not set: ${name}; the deployment sets it`);
  return value;
}

/** One line for each step of a delivery. A reason holds no secret. */
const reporterOf =
  (log: Log, logError: (error: LoggedError) => LoggedError) =>
  (about: DeliveryEvent): void => {
    const { event, message: messageId, ...rest } = about;
    const fields = 'error' in rest ? { error: logError(toRunError(rest.error)) } : rest;
    log[LEVELS[event]](event, { event, messageId, ...fields });
  };

const LEVELS: Readonly<Record<DeliveryEvent['event'], keyof Log>> = {
  'alert-sent': 'info',
  'alert-postponed': 'warn',
  'alert-refused': 'error',
  'table-failed': 'warn',
};

interface QueueOptions {
  readonly channels: DeployedChannels;
  readonly deployment: string;
  readonly report: DeliveryPorts['report'];
  readonly read: (variable: string) => string;
}

function createQueue({ channels, deployment, report, read }: QueueOptions) {
  const { now } = systemClock;
  const sqs = new SQSClient(SDK_OPTIONS);
  const [queueUrl, deadLetterQueueUrl] = [read(ENVIRONMENT.queueUrl), read(ENVIRONMENT.deadLetterQueueUrl)];
  const mailTopic = channels.email ? read(ALERTS_ENVIRONMENT.mailTopicArn) : '';
  const log = new DynamoDbDeliveryLog({
    client: new DynamoDBClient(SDK_OPTIONS),
    table: read(ENVIRONMENT.table),
    now,
  });
  const ports: DeliveryPorts = {
    deployment,
    channels: createChannels(channels, {
      secret: createChannelSecrets({ variables: process.env, now }),
      mail: (message) => publishMail(message, mailTopic),
      now,
    }),
    log,
    memory: createMemory(),
    deadLetter: (delivery, channel, reason) => sendDeadLetter(sqs, deadLetterQueueUrl, { delivery, channel, reason }),
    report,
    now,
    random: Math.random,
  };
  return {
    /** @returns whether the message is to come again */
    async handle(record: SQSRecord): Promise<boolean> {
      const redelivery = await deliver(deliveryOf(record), ports);
      if (redelivery === undefined) return false;
      const visibility = messageVisibility(record.receiptHandle, { sqs, queueUrl, now });
      // Without it the message comes again all the same, when its queue shows it.
      await visibility.hideUntil(plus(now(), redelivery.delay)).catch(() => {});
      return true;
    },
  };
}

const deliveryOf = ({ messageId, body, attributes, messageAttributes }: SQSRecord): AlertDelivery => ({
  id: messageId,
  body,
  receiveCount: Number(attributes.ApproximateReceiveCount) || 1,
  sentAt: epochMs(Number(attributes.SentTimestamp) || systemClock.now()),
  channel: messageAttributes[CHANNEL_ATTRIBUTE]?.stringValue,
});

async function sendDeadLetter(
  sqs: SQSClient,
  QueueUrl: string,
  { delivery, channel, reason }: { delivery: AlertDelivery; channel: string; reason: string },
): Promise<boolean> {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const MessageAttributes = {
    [CHANNEL_ATTRIBUTE]: text(channel),
    [DEAD_LETTER_ATTRIBUTES.error]: text(printable(cut(reason, MAX_REASON))),
  };
  try {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: delivery.body, MessageAttributes }));
    return true;
  } catch {
    return false;
  }
}

async function publishMail({ subject, body }: AlertMessage, TopicArn: string): Promise<void> {
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  await new SNSClient(SDK_OPTIONS).send(new PublishCommand({ TopicArn, Subject: subject, Message: body }));
}
