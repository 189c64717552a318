import { SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { Cloud } from './cloud.ts';
import { newName } from './schedules.ts';

/** What the alert topic was told. */
export interface Alert {
  readonly subject: string;
  readonly message: string;
}

/** A queue of its own that is subscribed to the alert topic, as a chat channel or a pager would be. */
export interface AlertListener {
  /** Waits for an alert that `isIt`. @param seconds on a local machine */
  hears(description: string, isIt: (alert: Alert) => boolean, seconds?: number): Promise<Alert>;
  close(): Promise<void>;
}

export async function listenToAlerts(cloud: Cloud): Promise<AlertListener> {
  const { sqs, prefix } = cloud;
  const sns = new SNSClient(cloud.config);
  const name = newName();
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `${prefix}-${name}` }));
  const close = async (SubscriptionArn?: string) => {
    if (SubscriptionArn !== undefined) await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  };
  try {
    const SubscriptionArn = await subscribe({ cloud, sns, name, QueueUrl });
    return { hears: hearing(cloud, QueueUrl), close: () => close(SubscriptionArn) };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Subscribing {
  readonly cloud: Cloud;
  readonly sns: SNSClient;
  /** Of the queue, without the prefix. */
  readonly name: string;
  readonly QueueUrl: string;
}

async function subscribe({ cloud, sns, name, QueueUrl }: Subscribing): Promise<string | undefined> {
  const { QueueArn: Endpoint = '' } = await cloud.queueAttributes(name);
  const TopicArn = await alertTopicArn(cloud);
  await cloud.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policy(TopicArn, Endpoint) } }));
  const input = { TopicArn, Protocol: 'sqs', Endpoint, ReturnSubscriptionArn: true };
  return (await sns.send(new SubscribeCommand(input))).SubscriptionArn;
}

function hearing(cloud: Cloud, QueueUrl: string): AlertListener['hears'] {
  const heard: Alert[] = [];
  return (description, isIt, seconds) =>
    cloud.eventually(
      `an alert: ${description}`,
      async () => {
        const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
        const { Messages = [] } = await cloud.sqs.send(new ReceiveMessageCommand(input));
        heard.push(...Messages.map(({ Body = '' }) => readAlert(Body)));
        return heard.find(isIt);
      },
      seconds,
    );
}

/** The ARN of the deployment's alert topic, by the rule of its name. */
export async function alertTopicArn(cloud: Cloud): Promise<string> {
  const { QueueArn = '' } = await cloud.queueAttributes('undelivered');
  return QueueArn.replace(':sqs:', ':sns:').replace(/undelivered$/, 'alerts');
}

function readAlert(body: string): Alert {
  const { Subject = '', Message = '' } = JSON.parse(body) as { readonly Subject?: string; readonly Message?: string };
  return { subject: Subject, message: Message };
}

const policy = (topicArn: string, queueArn: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    ],
  });
