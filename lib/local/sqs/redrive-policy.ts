import { parseObject } from '../parse-object.ts';

/** Where a queue's messages go that were received too often. */
export interface RedrivePolicy {
  /** ARN of the dead-letter queue. */
  readonly target: string;
  readonly maxReceiveCount: number;
}

/** The policy in a queue's attributes. What cannot be read is no policy: SQS refuses it when it is set. */
export function redrivePolicyOf(attributes: Readonly<Record<string, string>>): RedrivePolicy | undefined {
  const policy = parseObject(attributes.RedrivePolicy ?? '');
  const target = policy?.deadLetterTargetArn;
  const maxReceiveCount = Number(policy?.maxReceiveCount);
  return typeof target === 'string' && maxReceiveCount >= 1 ? { target, maxReceiveCount } : undefined;
}
