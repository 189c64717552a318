import { FACTS_ATTRIBUTE } from '../channels/notice.ts';
import type { Alert } from '../observe/alert.ts';
import { toSnsMessage } from '../observe/sns-message.ts';
import { SDK_OPTIONS } from './sdk-options.ts';

/** Publishes an alert with its facts, by which channels lay it out. SNS's client is loaded when there is one. */
export async function publishAlert({ facts, ...text }: Alert, TopicArn: string): Promise<void> {
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const MessageAttributes = { [FACTS_ATTRIBUTE]: { DataType: 'String', StringValue: JSON.stringify(facts) } };
  await new SNSClient(SDK_OPTIONS).send(new PublishCommand({ TopicArn, ...toSnsMessage(text), MessageAttributes }));
}
