import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Gate, GatePorts } from '../../run/overlap/gate.ts';

/** Makes a policy's gate of what every function has; a function's entry imports its own policy's. */
export type CreateGate = (parts: GateParts) => Gate;

export interface GateParts extends Pick<GatePorts, 'runs'> {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly sqs: SQSClient;
  /** The job's own. */
  readonly queueUrl: string;
}
