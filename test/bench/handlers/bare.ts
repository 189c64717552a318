import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { SQSEvent, SQSRecord } from 'aws-lambda';

const dynamodb = new DynamoDBClient({ maxAttempts: 4 });
const sqs = new SQSClient({ maxAttempts: 4 });
const TableName = 'runs';
const QueueUrl = 'https://sqs.eu-north-1.amazonaws.com/111122223333/jobs';

/**
 * A handler without Belfry that calls what Belfry calls, and nothing around it: bundles are compared with its. What
 * it does with the answers means nothing.
 */
export async function handler(event: SQSEvent): Promise<void> {
  for (const record of event.Records) await handle(record);
}

export async function handle({ receiptHandle: ReceiptHandle, body, messageId }: SQSRecord): Promise<void> {
  const Key = marshall({ pk: messageId, sk: 'run' });
  try {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 60 }));
    await dynamodb.send(new UpdateItemCommand({ TableName, Key, UpdateExpression: 'REMOVE lease' }));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key }));
    await tell(JSON.stringify(unmarshall(Item ?? {})));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  }
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}

async function tell(Message: string): Promise<void> {
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const { SecretString } = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: 'topic' }));
  await new SNSClient({}).send(new PublishCommand({ TopicArn: SecretString, Message }));
}
