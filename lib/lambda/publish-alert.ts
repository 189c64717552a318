import { FACTS_ATTRIBUTE } from '../channels/notice.ts';
import type { Alert } from '../observe/alert.ts';
import { LONGEST_SUBJECT } from '../observe/failure-alert.ts';
import { cut } from '../run/run-error.ts';
import { printable } from './reporter.ts';
import { SDK_OPTIONS } from './sdk-options.ts';

/** Publishes an alert with its facts, by which channels lay it out. SNS's client is loaded when there is one. */
export async function publishAlert({ subject, body, facts }: Alert, TopicArn: string): Promise<void> {
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const message = {
    TopicArn,
    Subject: cut(printable(subject), LONGEST_SUBJECT),
    Message: body,
    MessageAttributes: { [FACTS_ATTRIBUTE]: { DataType: 'String', StringValue: JSON.stringify(facts) } },
  };
  await new SNSClient(SDK_OPTIONS).send(new PublishCommand(message));
}
