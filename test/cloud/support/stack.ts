import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { DeleteQueueCommand, paginateListQueues } from '@aws-sdk/client-sqs';
import { Cloud } from './cloud.ts';
import { clientConfig, type Target } from './target.ts';

const LOOK_EVERY_S = 10;
/** A deployment that goes wrong is rolled back before its stack can be deleted. */
const LONGEST_WAIT_S = 45 * 60;
const TRIES = 3;

/** @returns the status of the target's stack, `undefined` when there is none */
export async function stackStatus(target: Target, name = `${target.app}-${target.stage}`): Promise<string | undefined> {
  try {
    const { Stacks = [] } = await client(target).send(new DescribeStacksCommand({ StackName: name }));
    return Stacks[0]?.StackStatus;
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/**
 * Deletes the target's stack by its name, without synthesizing anything: waits until nobody works on it, and tries again
 * when the deletion fails.
 *
 * @throws Error when it is still there after three tries
 */
export async function deleteStack(target: Target, cloud = new Cloud(target)): Promise<void> {
  const StackName = cloud.prefix;
  for (let tries = 0; tries < TRIES && (await stackStatus(target)) !== undefined; tries++) {
    await cloud.eventually(
      `the end of what goes on with ${StackName}`,
      async () => !/(?<!ROLLBACK)_IN_PROGRESS$|ROLLBACK_IN_PROGRESS$/.test((await stackStatus(target)) ?? ''),
      LONGEST_WAIT_S,
    );
    await client(target).send(new DeleteStackCommand({ StackName }));
    const waiter = { client: client(target), maxWaitTime: LONGEST_WAIT_S, minDelay: LOOK_EVERY_S };
    await waitUntilStackDeleteComplete(waiter, { StackName }).catch(() => {});
  }
  const left = await stackStatus(target);
  if (left !== undefined) throw new Error(`the stack ${StackName} is still there, in status ${left}`);
}

/** Deletes the queues that checks made for themselves, and whose end a killed run did not see. */
export async function deleteCheckQueues(target: Target): Promise<void> {
  const { sqs, prefix } = new Cloud(target);
  for await (const { QueueUrls = [] } of paginateListQueues({ client: sqs }, { QueueNamePrefix: `${prefix}-check-` })) {
    for (const QueueUrl of QueueUrls) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  }
}

const client = (target: Target): CloudFormationClient => new CloudFormationClient(clientConfig(target));
