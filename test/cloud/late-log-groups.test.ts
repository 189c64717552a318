import { CloudWatchLogsClient, DeleteLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deleteLateLogGroups } from './support/late-log-groups.ts';
import type { Target } from './support/target.ts';

const logs = mockClient(CloudWatchLogsClient);
afterEach(() => logs.reset());

const emulator = { region: 'eu-north-1', endpoint: 'http://127.0.0.1:4566' } as Target;

beforeEach(() => {
  logs.on(DescribeLogGroupsCommand, { logGroupNamePrefix: '/aws/lambda/shop-dev-' }).resolves({
    logGroups: [
      { logGroupName: '/aws/lambda/shop-dev-left', creationTime: 999 },
      { logGroupName: '/aws/lambda/shop-dev-late', creationTime: 1000 },
    ],
  });
});

test('only log groups that are younger than the deletion of their stack are deleted', async () => {
  await deleteLateLogGroups(emulator, 'shop-dev', 1000);

  const deleted = logs.commandCalls(DeleteLogGroupCommand).map(({ args }) => args[0].input.logGroupName);
  expect(deleted).toEqual(['/aws/lambda/shop-dev-late']);
});

test('nothing is deleted on AWS, where a role that makes log groups is a fault', async () => {
  await deleteLateLogGroups({ region: 'eu-north-1' } as Target, 'shop-dev', 1000);

  expect(logs.commandCalls(DeleteLogGroupCommand)).toEqual([]);
});
