import { CfnQueue, CfnQueuePolicy, type CfnQueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * SQS's limit, for every queue: on a standard queue a dead letter that SQS itself moves keeps the age of its message, so a
 * dead-letter queue should keep messages no shorter than its source.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
 */
const RETENTION_SECONDS = 14 * 24 * 3600;

/** A standard queue, encrypted with SQS's own keys. */
export const createQueue = (scope: Construct, id: string, props: CfnQueueProps): CfnQueue =>
  new CfnQueue(scope, id, { messageRetentionPeriod: RETENTION_SECONDS, sqsManagedSseEnabled: true, ...props });

/** One policy for several queues: no one may use them without TLS. @param more further statements, for each of them */
export function requireTls(
  scope: Construct,
  queues: readonly CfnQueue[],
  { id = 'QueuePolicy', more = [] }: { readonly id?: string; readonly more?: readonly object[] } = {},
): CfnQueuePolicy {
  return new CfnQueuePolicy(scope, id, {
    queues: queues.map(({ ref }) => ref),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'RequireTls',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sqs:*',
          // In a queue's policy this is the queue itself; one document serves several queues by it.
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        ...more,
      ],
    },
  });
}
