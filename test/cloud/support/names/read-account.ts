import {
  CloudFormationClient,
  paginateListStackResources,
  paginateListStacks,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { paginateListScheduleGroups, paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler';
import { paginateListTopics, SNSClient } from '@aws-sdk/client-sns';
import { paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig, type Target } from '../target.ts';
import { type Identity, isNamedType, type NamedType, nameOf } from './named-resources.ts';
import type { Account, OwnedResource } from './taken-names.ts';

type Config = ReturnType<typeof clientConfig>;
type Names = readonly (string | undefined)[];

/** How each service lists what it has: its physical ids or names. */
const LISTS: Readonly<Record<NamedType, (config: Config) => Promise<Names>>> = {
  'AWS::Scheduler::Schedule': (config) =>
    all(paginateListSchedules({ client: new SchedulerClient(config) }, {}), ({ Schedules }) =>
      Schedules?.map(({ Name }) => Name),
    ),
  'AWS::Scheduler::ScheduleGroup': (config) =>
    all(paginateListScheduleGroups({ client: new SchedulerClient(config) }, {}), ({ ScheduleGroups }) =>
      ScheduleGroups?.map(({ Name }) => Name),
    ),
  'AWS::SQS::Queue': (config) =>
    // Without a size of pages SQS ends its list at the thousandth queue.
    all(paginateListQueues({ client: new SQSClient(config), pageSize: 1000 }, {}), ({ QueueUrls }) => QueueUrls),
  'AWS::SNS::Topic': (config) =>
    all(paginateListTopics({ client: new SNSClient(config) }, {}), ({ Topics }) =>
      Topics?.map(({ TopicArn }) => TopicArn),
    ),
  'AWS::Lambda::Function': (config) =>
    all(paginateListFunctions({ client: new LambdaClient(config) }, {}), ({ Functions }) =>
      Functions?.map(({ FunctionName }) => FunctionName),
    ),
  'AWS::CloudWatch::Alarm': (config) =>
    all(paginateDescribeAlarms({ client: new CloudWatchClient(config) }, {}), ({ MetricAlarms }) =>
      MetricAlarms?.map(({ AlarmName }) => AlarmName),
    ),
  'AWS::Logs::LogGroup': (config) =>
    all(paginateDescribeLogGroups({ client: new CloudWatchLogsClient(config) }, {}), ({ logGroups }) =>
      logGroups?.map(({ logGroupName }) => logGroupName),
    ),
  'AWS::DynamoDB::Table': (config) =>
    all(paginateListTables({ client: new DynamoDBClient(config) }, {}), ({ TableNames }) => TableNames),
  'AWS::IAM::Role': (config) =>
    all(paginateListRoles({ client: new IAMClient(config) }, {}), ({ Roles }) =>
      Roles?.map(({ RoleName }) => RoleName),
    ),
};

/**
 * Reads what has a name in the target's account and region: by CloudFormation what the stacks have, by each service what
 * there is, also what no stack has any more.
 *
 * @param types what is asked for; an emulator may not have the service of another type
 */
export async function readAccount(target: Target, types: ReadonlySet<NamedType>): Promise<Account> {
  const config = clientConfig(target);
  const cloudFormation = new CloudFormationClient(config);
  const stacks = await all(
    paginateListStacks({ client: cloudFormation }, { StackStatusFilter: LIVE }),
    // MiniStack takes no filter.
    ({ StackSummaries }) =>
      StackSummaries?.map(({ StackName, StackStatus }) => (isLive(StackStatus) ? StackName : undefined)),
  );
  const names = new Set(stacks.filter((name) => name !== undefined));
  const owned = await Promise.all([...names].map((stack) => ownedBy(cloudFormation, stack)));
  const existing = await Promise.all([...types].map((type) => list(type, config)));
  return { stacks: names, owned: owned.flat(), existing: existing.flat() };
}

const isLive = (status: string | undefined): boolean => status !== 'DELETE_COMPLETE' && status !== 'REVIEW_IN_PROGRESS';

const LIVE = Object.values(StackStatus).filter(isLive);

/** What has left its stack: deleted, or kept by its DeletionPolicy. */
const LEFT: ReadonlySet<string> = new Set(['DELETE_COMPLETE', 'DELETE_SKIPPED']);

/** A resource as its stack lists it. */
export interface StackResource {
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId: string | undefined;
}

/** What a stack has, of any type. */
export async function stackResources(client: CloudFormationClient, stack: string): Promise<readonly StackResource[]> {
  const resources: StackResource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: stack })) {
    for (const { ResourceType: type = '', ...each } of StackResourceSummaries) {
      if (LEFT.has(each.ResourceStatus ?? '')) continue;
      resources.push({ type, logicalId: each.LogicalResourceId ?? '', physicalId: each.PhysicalResourceId });
    }
  }
  return resources;
}

async function ownedBy(client: CloudFormationClient, stack: string): Promise<readonly OwnedResource[]> {
  const resources = await stackResources(client, stack);
  return resources.flatMap(({ type, logicalId, physicalId }) =>
    isNamedType(type) && physicalId !== undefined ? [{ type, name: nameOf(type, physicalId), stack, logicalId }] : [],
  );
}

async function list(type: NamedType, config: Config): Promise<readonly Identity[]> {
  const ids = await LISTS[type](config);
  return ids.flatMap((id) => (id === undefined ? [] : [{ type, name: nameOf(type, id) }]));
}

async function all<Page>(pages: AsyncIterable<Page>, namesOf: (page: Page) => Names | undefined): Promise<Names> {
  const names: (string | undefined)[] = [];
  for await (const page of pages) names.push(...(namesOf(page) ?? []));
  return names;
}
