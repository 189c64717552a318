import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { startCloud } from '../support/cloud.ts';

/** A queue whose second receive is its last, and its dead-letter queue. */
export async function setupQueues() {
  const cloud = await startCloud();
  const { arn: deadLettersArn } = cloud.queues.ensure({
    QueueName: 'dead-letters',
    MessageRetentionPeriod: 14 * 86_400,
  });
  const { arn } = cloud.queues.ensure({
    QueueName: 'jobs',
    VisibilityTimeout: 30,
    MessageRetentionPeriod: 4 * 86_400,
    RedrivePolicy: { deadLetterTargetArn: deadLettersArn, maxReceiveCount: 2 },
  });
  const url = (name: string) => `${cloud.front.origin}/000000000000/${name}`;
  const receive = async (name: string, more = {}) => {
    const all = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const] };
    const output = await cloud.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url(name), MaxNumberOfMessages: 10, ...all, ...more }),
    );
    return output.Messages ?? [];
  };
  const receiveOne = async (name: string) => {
    const [message] = await receive(name);
    if (message?.ReceiptHandle === undefined) throw new Error(`nothing in ${name}`);
    return { ...message, ReceiptHandle: message.ReceiptHandle };
  };
  const send = (body: string, more = {}) =>
    cloud.sqs.send(new SendMessageCommand({ QueueUrl: url('jobs'), MessageBody: body, ...more }));
  return { ...cloud, arn, deadLettersArn, url, send, receive, receiveOne };
}
