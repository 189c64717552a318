import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { AlertMessage } from '../job/context.ts';
import { LONGEST_SUBJECT } from '../observe/failure-alert.ts';
import type { Letter, Outbox } from '../run/ports.ts';
import { cut } from '../run/run-error.ts';
import { SDK_OPTIONS } from './sdk-options.ts';

/** The attributes by which a letter says why it is there, and a message that it is one moved back. */
export const LETTER_ATTRIBUTES = { run: 'belfry-run', attempts: 'belfry-attempts', error: 'belfry-error' } as const;

const LONGEST_ERROR = 500;

export interface OutboxOptions {
  readonly sqs: SQSClient;
  readonly deadLetterQueueUrl: string;
  readonly alertTopicArn: string;
}

/** Letters to the job's dead-letter queue, alerts to the deployment's topic. */
export function createOutbox({ sqs, deadLetterQueueUrl, alertTopicArn }: OutboxOptions): Outbox {
  return {
    async sendLetter(letter) {
      const input = {
        QueueUrl: deadLetterQueueUrl,
        MessageBody: letter.body,
        MessageAttributes: letterAttributes(letter),
      };
      await sqs.send(new SendMessageCommand(input));
    },
    async alert(message) {
      await publish(message, alertTopicArn);
    },
  };
}

function letterAttributes({ run, attempts, error }: Letter) {
  const text = printable(cut(`${error.name}: ${error.message}`, LONGEST_ERROR));
  return {
    ...(run === undefined ? {} : { [LETTER_ATTRIBUTES.run]: { DataType: 'String', StringValue: run } }),
    [LETTER_ATTRIBUTES.attempts]: { DataType: 'Number', StringValue: String(attempts) },
    [LETTER_ATTRIBUTES.error]: { DataType: 'String', StringValue: text },
  };
}

/** SNS's client is loaded when there is something to say: most runs of most jobs never need it. */
async function publish({ subject, body }: AlertMessage, TopicArn: string): Promise<void> {
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const Subject = cut(printable(subject), LONGEST_SUBJECT);
  await new SNSClient(SDK_OPTIONS).send(new PublishCommand({ TopicArn, Subject, Message: body }));
}

/** SQS refuses most control characters, SNS subjects also line breaks; an error's text may hold any. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const printable = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f\ufffe\uffff]+/g, ' ').trim() || '-';
