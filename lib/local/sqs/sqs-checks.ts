import { parseObject } from '../parse-object.ts';
import type { MessageAttribute, MessageAttributes } from './message.ts';
import type { SqsFault } from './message-moves.ts';
import type { QueueSet } from './queue-set.ts';

/** The members of requests that are checked here. */
export interface CheckedInput {
  readonly QueueName?: string;
  readonly ReceiptHandle?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, Partial<MessageAttribute>>>;
  readonly Attributes?: Readonly<Record<string, string>>;
}

type Check = (input: CheckedInput, queues: QueueSet) => SqsFault | undefined;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['CreateQueue', (input, queues) => checkName(input) ?? checkRedrivePolicy(input, queues)],
  ['SetQueueAttributes', checkRedrivePolicy],
  ['SendMessage', (input) => checkDelay(input) ?? checkAttributes(input.MessageAttributes ?? {})],
  ['DeleteMessage', checkHandle],
]);

/**
 * What SQS refuses of a request and fauxqs lets pass. Entries of batches are not looked at.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const checkRequest = (action: string, input: CheckedInput, queues: QueueSet): SqsFault | undefined =>
  CHECKS.get(action)?.(input, queues);

const invalid = (message: string): SqsFault => ({ code: 'InvalidParameterValue', message });

function checkName({ QueueName = '' }: CheckedInput): SqsFault | undefined {
  if (/^[\w-]{1,80}$/.test(QueueName) || QueueName.endsWith('.fifo')) return undefined;
  return invalid('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.');
}

const MAX_RECEIVES = 1000;

function checkRedrivePolicy({ Attributes = {} }: CheckedInput, queues: QueueSet): SqsFault | undefined {
  const text = Attributes['RedrivePolicy'];
  // An empty text takes the policy away.
  if (text === undefined || text === '') return undefined;
  const refused = (reason: string) =>
    invalid(`Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
  const policy = parseObject(text);
  if (policy === undefined) return refused('Redrive policy is not a valid JSON map.');
  const { deadLetterTargetArn, maxReceiveCount } = policy;
  if (typeof deadLetterTargetArn !== 'string')
    return refused('Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > MAX_RECEIVES) {
    return refused(
      `Invalid value for maxReceiveCount: ${String(maxReceiveCount)}, valid values are from 1 to ${MAX_RECEIVES} both inclusive.`,
    );
  }
  return queues.byArn(deadLetterTargetArn) === undefined ? refused('Dead letter target does not exist.') : undefined;
}

const MAX_DELAY_S = 900;

function checkDelay({ DelaySeconds: delay = 0 }: CheckedInput): SqsFault | undefined {
  if (Number.isInteger(delay) && delay >= 0 && delay <= MAX_DELAY_S) return undefined;
  return invalid(
    `Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${MAX_DELAY_S}.`,
  );
}

const MAX_ATTRIBUTES = 10;
const ATTRIBUTE_NAME = /^(?!AWS\.|Amazon\.|\.)(?!.*\.\.)(?!.*\.$)[\w.-]{1,256}$/i;
const TYPE = /^(?:String|Number|Binary)(?:\..+)?$/;

function checkAttributes(
  attributes: Readonly<Record<string, Partial<MessageAttributes[string]>>>,
): SqsFault | undefined {
  const entries = Object.entries(attributes);
  if (entries.length > MAX_ATTRIBUTES) {
    return invalid(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`);
  }
  for (const [name, { DataType = '', StringValue, BinaryValue }] of entries) {
    if (!ATTRIBUTE_NAME.test(name)) return invalid(`Message (user) attribute name '${name}' is invalid.`);
    if (!TYPE.test(DataType)) {
      return invalid(
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    }
    const value = DataType.startsWith('Binary') ? BinaryValue : StringValue;
    if (!value)
      return invalid(`Message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`);
  }
  return undefined;
}

/** A message's id and the id of a receive: what `Queue` hands out. One that is no good any more is no error. */
const HANDLE = /^[\da-f-]{36}\/[\da-f-]{36}$/;

function checkHandle({ ReceiptHandle = '' }: CheckedInput): SqsFault | undefined {
  if (HANDLE.test(ReceiptHandle)) return undefined;
  return { code: 'ReceiptHandleIsInvalid', message: 'The input receipt handle is invalid.' };
}
