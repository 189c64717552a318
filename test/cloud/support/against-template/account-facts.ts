import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler';
import { paginateListSubscriptions, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs';
import { isNamedType, keyOf, NAME_PROPERTY, type NamedType, nameOf } from '../names/named-resources.ts';
import { readAccount, type StackResource, stackResources } from '../names/read-account.ts';
import type { Account } from '../names/taken-names.ts';
import { clientConfig, type Target } from '../target.ts';
import type { DeploymentFacts, MappingFacts, ScheduleFacts } from './deployment-facts.ts';

type Config = ReturnType<typeof clientConfig>;

/** All that has a name in the account, of every type that the suite knows. */
export const wholeAccount = (target: Target): Promise<Account> =>
  readAccount(target, new Set(Object.keys(NAME_PROPERTY) as NamedType[]));

/**
 * What an account has of these apps, by CloudFormation and by each service's own list.
 *
 * @param apps whatever has a name that begins with one of these
 */
export async function accountFacts(target: Target, apps: readonly string[]): Promise<DeploymentFacts> {
  const config = clientConfig(target);
  const isOwn = (name: string): boolean =>
    apps.some((app) => name.startsWith(`${app}-`) || name.startsWith(`/aws/lambda/${app}-`));
  const { stacks, owned, existing } = await wholeAccount(target);
  const listed = new Set(existing.map(keyOf));
  // CloudFormation names the roles itself. One that no stack has is too much.
  const roles = new Set(owned.flatMap(({ type, name }) => (type === ROLE ? [name] : [])));
  const schedules = await schedulesIn(config, isOwn);
  // An earlier version's have names without the app's, in a group of its name.
  const scheduled = new Set(schedules.map(({ name }) => name));
  const named = existing.filter(({ type, name }) => {
    if (type === 'AWS::Scheduler::Schedule') return scheduled.has(name);
    return isOwn(name) && !(type === ROLE && roles.has(name));
  });
  const client = new CloudFormationClient(config);
  // What CloudFormation has and its service does not list is missing.
  const isThere = ({ type, physicalId = '' }: StackResource): boolean =>
    !isNamedType(type) || listed.has(keyOf({ type, name: nameOf(type, physicalId) }));
  const resourcesOf = async (stack: string): Promise<[string, string[]]> => {
    const resources = (await stackResources(client, stack)).filter(isThere);
    return [stack, resources.map(({ logicalId, type }) => `${logicalId} ${type}`)];
  };
  return {
    stacks: new Map(await Promise.all([...stacks].filter(isOwn).map(resourcesOf))),
    named,
    schedules,
    mappings: await mappingsIn(config, isOwn),
    addresses: await addressesIn(config, isOwn),
    queueTags: (
      await Promise.all(named.map(({ type, name }) => (type === 'AWS::SQS::Queue' ? tagsOf(config, name) : [])))
    ).flat(),
  };
}

const ROLE = 'AWS::IAM::Role';

/** The last part of an ARN: the name, of most. */
const nameIn = (arn = ''): string => arn.slice(arn.lastIndexOf(':') + 1);

async function schedulesIn(config: Config, isOwn: (name: string) => boolean): Promise<readonly ScheduleFacts[]> {
  const client = new SchedulerClient(config);
  const found: ScheduleFacts[] = [];
  for await (const { Schedules = [] } of paginateListSchedules({ client }, {})) {
    for (const { Name = '', GroupName = '' } of Schedules) {
      if (!isOwn(Name) && !isOwn(GroupName)) continue;
      const schedule = await client.send(new GetScheduleCommand({ Name, GroupName }));
      found.push({
        name: Name,
        group: GroupName,
        expression: schedule.ScheduleExpression ?? '',
        timezone: schedule.ScheduleExpressionTimezone ?? '',
        state: schedule.State ?? '',
        queue: nameIn(schedule.Target?.Arn),
        input: schedule.Target?.Input ?? '',
      });
    }
  }
  return found;
}

async function mappingsIn(config: Config, isOwn: (name: string) => boolean): Promise<readonly MappingFacts[]> {
  const found: MappingFacts[] = [];
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings(
    { client: new LambdaClient(config) },
    {},
  )) {
    for (const { EventSourceArn, FunctionArn } of EventSourceMappings) {
      const mapping = { queue: nameIn(EventSourceArn), function: nameIn(FunctionArn) };
      if (isOwn(mapping.queue) || isOwn(mapping.function)) found.push(mapping);
    }
  }
  return found;
}

async function addressesIn(config: Config, isOwn: (name: string) => boolean): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { Subscriptions = [] } of paginateListSubscriptions({ client: new SNSClient(config) }, {})) {
    for (const { TopicArn, Protocol, Endpoint = '' } of Subscriptions) {
      if (Protocol === 'email' && isOwn(nameIn(TopicArn))) found.push(Endpoint);
    }
  }
  return found;
}

async function tagsOf(config: Config, queue: string): Promise<readonly string[]> {
  const client = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queue }));
  const { Tags = {} } = await client.send(new ListQueueTagsCommand({ QueueUrl }));
  // CloudFormation adds its own, which are reserved by their beginning.
  const given = Object.entries(Tags).filter(([key]) => !key.startsWith('aws:'));
  return given.map(([key, value]) => `${queue} ${key}=${value}`);
}
