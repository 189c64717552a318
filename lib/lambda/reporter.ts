import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { AlertMessage } from '../job/context.ts';
import { toSnsMessage } from '../observe/sns-message.ts';
import { deadLetterError } from '../run/dead-letter.ts';
import type { DeadLetter, Reporter } from '../run/ports.ts';
import { SDK_OPTIONS } from './sdk-options.ts';

/** The attributes that say why a dead letter is there, and of a message that it is one moved back. */
export const DEAD_LETTER_ATTRIBUTES = {
  run: 'belfry-run',
  attempts: 'belfry-attempts',
  error: 'belfry-error',
} as const;

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
    alert: (message) => publish(message, alertTopicArn),
  };
}

function deadLetterAttributes({ run, attempts, error }: DeadLetter) {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  return {
    ...(run && { [DEAD_LETTER_ATTRIBUTES.run]: text(run) }),
    [DEAD_LETTER_ATTRIBUTES.attempts]: { DataType: 'Number', StringValue: `${attempts}` },
    [DEAD_LETTER_ATTRIBUTES.error]: text(deadLetterError(error)),
  };
}

/** SNS's client is loaded when there is something to say: most runs of most jobs never need it. */
async function publish(message: AlertMessage, TopicArn: string): Promise<void> {
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  await new SNSClient(SDK_OPTIONS).send(new PublishCommand({ TopicArn, ...toSnsMessage(message) }));
}

/** SQS refuses most control characters; what a message says may hold any. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replaceAll(/[\u0000-\u001f\u007f\ufffe\uffff]+/g, ' ').trim() || '-';
