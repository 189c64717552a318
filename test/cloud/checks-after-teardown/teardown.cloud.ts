import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { paginateListTables } from '@aws-sdk/client-dynamodb';
import { IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import { LambdaClient, paginateListEventSourceMappings, paginateListFunctions } from '@aws-sdk/client-lambda';
import { paginateListScheduleGroups, paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler';
import { paginateListTopics, SNSClient } from '@aws-sdk/client-sns';
import { paginateListQueues } from '@aws-sdk/client-sqs';
import { check, cloud } from '../support/check.ts';
import { stackStatus } from '../support/stack.ts';

const { prefix, config, dynamodb, sqs } = cloud;

/** Names and ARNs of the deployment and of no other whose stage begins alike. */
const OWN = new RegExp(`(^|[:/])${prefix}(-|/|$)`);

check('no stack is left', () =>
  nothingIsLeft(async () => ((await stackStatus(cloud.target)) === undefined ? [] : [prefix])),
);

check('no queue is left', () =>
  nothingIsLeft(() =>
    all(paginateListQueues({ client: sqs }, { QueueNamePrefix: prefix }), ({ QueueUrls }) => QueueUrls),
  ),
);

check('no table is left', () =>
  nothingIsLeft(() => all(paginateListTables({ client: dynamodb }, {}), ({ TableNames }) => TableNames)),
);

check('no function is left', () =>
  nothingIsLeft(() =>
    all(paginateListFunctions({ client: new LambdaClient(config) }, {}), ({ Functions }) =>
      Functions?.map(({ FunctionName }) => FunctionName),
    ),
  ),
);

check('no event source mapping is left', () =>
  nothingIsLeft(() =>
    all(paginateListEventSourceMappings({ client: new LambdaClient(config) }, {}), ({ EventSourceMappings }) =>
      EventSourceMappings?.map(({ EventSourceArn }) => EventSourceArn),
    ),
  ),
);

check('no schedule is left', () =>
  nothingIsLeft(() =>
    all(paginateListSchedules({ client: new SchedulerClient(config) }, {}), ({ Schedules }) =>
      Schedules?.map(({ GroupName }) => GroupName),
    ),
  ),
);

check('no schedule group is left', () =>
  nothingIsLeft(() =>
    all(paginateListScheduleGroups({ client: new SchedulerClient(config) }, {}), ({ ScheduleGroups }) =>
      ScheduleGroups?.map(({ Name }) => Name),
    ),
  ),
);

check('no topic is left', () =>
  nothingIsLeft(() =>
    all(paginateListTopics({ client: new SNSClient(config) }, {}), ({ Topics }) =>
      Topics?.map(({ TopicArn }) => TopicArn),
    ),
  ),
);

check('no alarm is left', () =>
  nothingIsLeft(async () => {
    const command = new DescribeAlarmsCommand({ AlarmNamePrefix: `${prefix}-` });
    const { MetricAlarms = [] } = await new CloudWatchClient(config).send(command);
    return MetricAlarms.map(({ AlarmName }) => AlarmName);
  }),
);

check('no log group is left', () =>
  nothingIsLeft(async () => {
    const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: `/aws/lambda/${prefix}-` });
    const { logGroups = [] } = await new CloudWatchLogsClient(config).send(command);
    return logGroups.map(({ logGroupName }) => logGroupName);
  }),
);

check('no role is left', () =>
  nothingIsLeft(() =>
    all(paginateListRoles({ client: new IAMClient(config) }, {}), ({ Roles }) =>
      Roles?.map(({ RoleName }) => RoleName),
    ),
  ),
);

type Names = readonly (string | undefined)[];

/** Waits until none of these is the deployment's: services forget with a delay. */
async function nothingIsLeft(list: () => Promise<Names>): Promise<void> {
  let left: Names = [];
  const look = async () => {
    left = (await list()).filter((name) => name !== undefined && OWN.test(name));
    return left.length === 0;
  };
  await cloud.eventually('the end of everything', look, 90).catch((cause) => {
    throw new Error(left.length > 0 ? `left are ${left.join(', ')}` : 'it cannot be listed', { cause });
  });
}

async function all<Page>(pages: AsyncIterable<Page>, namesOf: (page: Page) => Names | undefined): Promise<Names> {
  const names: (string | undefined)[] = [];
  for await (const page of pages) names.push(...(namesOf(page) ?? []));
  return names;
}
