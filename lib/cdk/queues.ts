import { CfnQueue, CfnQueuePolicy, type CfnQueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * SQS's limit, for every queue: on a standard queue the age of a letter counts from its first arrival,
 * so a dead-letter queue that kept messages no longer than its source would lose them early.
 */
const RETENTION_SECONDS = 14 * 24 * 3600;

/** A standard queue, encrypted with SQS's own keys. */
export const createQueue = (scope: Construct, id: string, props: CfnQueueProps): CfnQueue =>
  new CfnQueue(scope, id, { messageRetentionPeriod: RETENTION_SECONDS, sqsManagedSseEnabled: true, ...props });

/** One policy for several queues: nobody may use them without TLS. */
export function requireTls(scope: Construct, queues: readonly CfnQueue[]): void {
  new CfnQueuePolicy(scope, 'QueuePolicy', {
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
      ],
    },
  });
}
