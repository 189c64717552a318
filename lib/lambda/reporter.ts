import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { AlertMessage } from '../job/context.ts';
import { LONGEST_SUBJECT } from '../observe/failure-alert.ts';
import type { DeadLetter, Reporter } from '../run/ports.ts';
import { cut, errorLines } from '../run/run-error.ts';
import { SDK_OPTIONS } from './sdk-options.ts';

/** The attributes that say why a dead letter is there, and of a message that it is one moved back. */
export const DEAD_LETTER_ATTRIBUTES = {
  run: 'belfry-run',
  attempts: 'belfry-attempts',
  error: 'belfry-error',
} as const;

const MAX_ERROR = 500;

export interface ReporterOptions {
  readonly sqs: SQSClient;
  readonly deadLetterQueueUrl: string;
  readonly alertTopicArn: string;
}

/** Dead letters to the job's dead-letter queue, alerts to the deployment's topic. */
export function createReporter({ sqs, deadLetterQueueUrl, alertTopicArn }: ReporterOptions): Reporter {
  return {
    async sendDeadLetter(deadLetter) {
      const input = {
        QueueUrl: deadLetterQueueUrl,
        MessageBody: deadLetter.body,
        MessageAttributes: deadLetterAttributes(deadLetter),
      };
      await sqs.send(new SendMessageCommand(input));
    },
    async alert(message) {
      await publish(message, alertTopicArn);
    },
  };
}

function deadLetterAttributes({ run, attempts, error }: DeadLetter) {
  const text = printable(cut(errorLines(error).join('; '), MAX_ERROR));
  return {
    ...(run === undefined ? {} : { [DEAD_LETTER_ATTRIBUTES.run]: { DataType: 'String', StringValue: run } }),
    [DEAD_LETTER_ATTRIBUTES.attempts]: { DataType: 'Number', StringValue: String(attempts) },
    [DEAD_LETTER_ATTRIBUTES.error]: { DataType: 'String', StringValue: text },
  };
}

/** SNS's client is loaded when there is something to say: most runs of most jobs never need it. */
async function publish({ subject, body }: AlertMessage, TopicArn: string): Promise<void> {
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const Subject = cut(printable(subject), LONGEST_SUBJECT);
  await new SNSClient(SDK_OPTIONS).send(new PublishCommand({ TopicArn, Subject, Message: body }));
}

/** SQS refuses most control characters, SNS subjects also line breaks; an error's text may hold any. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replaceAll(/[\u0000-\u001f\u007f\ufffe\uffff]+/g, ' ').trim() || '-';
