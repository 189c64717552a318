import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, ListStackResourcesCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, test } from 'vitest';
import { refuseTakenNames } from './support/names/name-guard.ts';
import { NAME_PROPERTY, type NamedType, namedResources, nameOf } from './support/names/named-resources.ts';
import { plannedStacks } from './support/names/planned-stacks.ts';
import { readAccount } from './support/names/read-account.ts';
import { type Account, type PlannedStack, takenNames } from './support/names/taken-names.ts';
import type { Target } from './support/target.ts';

const TYPES = Object.keys(NAME_PROPERTY) as NamedType[];
const QUEUE = 'AWS::SQS::Queue';

const plan = (
  type: NamedType,
  name: string,
  properties: Partial<PlannedStack['resources'][number]> = {},
): PlannedStack => ({
  name: 'shop-dev',
  resources: [
    { type: 'AWS::SQS::Queue', name: 'shop-dev-kept', logicalId: 'Kept', isRetained: false },
    { type, name, logicalId: 'New', isRetained: false, ...properties },
  ],
});

const KEPT = { type: QUEUE, name: 'shop-dev-kept', stack: 'shop-dev', logicalId: 'Kept' } as const;

/** An account in which the stack is deployed, with these resources beside. */
const account = ({ owned = [], existing = [] }: Partial<Omit<Account, 'stacks'>> = {}): Account => ({
  stacks: new Set(['shop-dev', ...owned.map(({ stack }) => stack)]),
  owned: [KEPT, ...owned],
  existing: [KEPT, ...existing],
});

describe.each(TYPES)('a new %s', (type) => {
  test('whose name another stack has is refused, and the owner named', () => {
    const owner = { type, name: 'watchdog', stack: 'shop-prod', logicalId: 'Theirs' };

    expect(takenNames(plan(type, 'watchdog'), account({ owned: [owner], existing: [owner] }))).toEqual([
      `New: ${type} "watchdog" belongs to Theirs of stack "shop-prod"`,
    ]);
  });

  test('whose name another logical id of its stack has is refused, though the other is to be deleted', () => {
    const owner = { type, name: 'report', stack: 'shop-dev', logicalId: 'Old' };

    expect(takenNames(plan(type, 'report'), account({ owned: [owner], existing: [owner] }))).toEqual([
      `New: ${type} "report" belongs to Old of this stack, which is deleted only after this one is created`,
    ]);
  });

  test('whose name exists in no stack is refused unless it is imported and retained', () => {
    const there = account({ existing: [{ type, name: 'left' }] });
    const retained = plan(type, 'left', { isRetained: true });
    const importsExisting = true;

    expect(takenNames(plan(type, 'left'), there)[0]).toContain('exists and belongs to no stack; --import-existing-');
    expect(takenNames(retained, there)[0]).toContain('exists and belongs to no stack; --import-existing-');
    expect(takenNames(plan(type, 'left'), there, { importsExisting })[0]).toContain(
      'only with a DeletionPolicy of Retain',
    );
    expect(takenNames(retained, there, { importsExisting })).toEqual([]);
  });

  test('with a free name, and one that is updated in place, is not refused', () => {
    const own = { type, name: 'report', stack: 'shop-dev', logicalId: 'New' };

    expect(takenNames(plan(type, 'report'), account())).toEqual([]);
    expect(takenNames(plan(type, 'report'), account({ owned: [own], existing: [own] }))).toEqual([]);
  });

  test('is not refused for a name that a resource of another type has', () => {
    const other: NamedType = type === QUEUE ? 'AWS::SNS::Topic' : QUEUE;
    const owner = { type: other, name: 'report', stack: 'shop-prod', logicalId: 'Theirs' };

    expect(takenNames(plan(type, 'report'), account({ owned: [owner], existing: [owner] }))).toEqual([]);
  });
});

describe('a stack whose name is taken', () => {
  const theirs = {
    type: QUEUE,
    name: 'shop-dev-reports-daily',
    stack: 'shop-dev-reports',
    logicalId: 'Daily',
  } as const;
  const there: Account = { stacks: new Set(['shop-dev-reports']), owned: [theirs], existing: [theirs] };
  const other: PlannedStack = {
    name: 'shop-dev-reports',
    resources: [{ type: 'AWS::DynamoDB::Table', name: 'shop-dev-reports-runs', logicalId: 'Table', isRetained: false }],
  };

  test('by a stack of which it keeps no name is refused: all of that would be deleted', () => {
    expect(takenNames(other, there)).toEqual([
      'stack "shop-dev-reports" is there already and is not this app\'s: its 1 named resources, such as AWS::SQS::Queue "shop-dev-reports-daily", would be replaced',
    ]);
  });

  test('by a stack that this app has not deployed is refused even if it keeps names of it', () => {
    const same: PlannedStack = { ...other, resources: [{ ...theirs, isRetained: false }] };

    expect(takenNames(same, there)).toEqual([]);
    expect(takenNames(same, there, { ownStacks: new Set() })[0]).toContain("is not this app's");
    expect(takenNames(same, there, { ownStacks: new Set(['shop-dev-reports']) })).toEqual([]);
  });
});

describe('the names of a template', () => {
  test('are those that it sets, of the types that have one in an account', () => {
    const template = {
      Resources: {
        Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'runs' }, DeletionPolicy: 'Retain' },
        Queue: { Type: QUEUE, Properties: {} },
        Key: { Type: 'AWS::KMS::Key', Properties: { Name: 'key' } },
      },
    };

    expect(namedResources(template)).toEqual([
      { type: 'AWS::DynamoDB::Table', name: 'runs', logicalId: 'Table', isRetained: true },
    ]);
  });

  test('cannot be judged where CloudFormation puts one together', () => {
    const Queue = { Type: QUEUE, Properties: { QueueName: { Ref: 'AWS::StackName' } } };

    expect(() => namedResources({ Resources: { Queue } })).toThrow('Queue (AWS::SQS::Queue): its name is not a text');
  });

  test('are read of each stack of an app, after the stacks that it needs', async () => {
    const assembly = await mkdtemp(join(tmpdir(), 'belfry-names-'));
    const stack = (file: string, dependencies: readonly string[]) => ({
      type: 'aws:cloudformation:stack',
      dependencies,
      properties: { templateFile: file },
    });
    const artifacts = {
      'shop-dev-reports': stack('reports.json', ['shop-dev', 'shop-dev-reports.assets']),
      'shop-dev-reports.assets': { type: 'cdk:asset-manifest' },
      'shop-dev': stack('main.json', []),
    };
    const queue = (QueueName: string) =>
      JSON.stringify({ Resources: { Queue: { Type: QUEUE, Properties: { QueueName } } } });
    await writeFile(join(assembly, 'manifest.json'), JSON.stringify({ artifacts }));
    await writeFile(join(assembly, 'main.json'), queue('shop-dev-a'));
    await writeFile(join(assembly, 'reports.json'), queue('shop-dev-b'));

    const stacks = await plannedStacks(assembly);

    await rm(assembly, { recursive: true });
    expect(stacks.map(({ name, resources }) => [name, resources[0]?.name])).toEqual([
      ['shop-dev', 'shop-dev-a'],
      ['shop-dev-reports', 'shop-dev-b'],
    ]);
  });
});

describe('an account', () => {
  const target: Target = {
    ...{ kind: 'other', title: '', region: 'us-east-1', app: 'shop', stage: 'dev', patience: 1, limits: {} },
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  };
  const cloudFormation = mockClient(CloudFormationClient);
  const sqs = mockClient(SQSClient);
  const dynamodb = mockClient(DynamoDBClient);
  afterEach(() => {
    for (const each of [cloudFormation, sqs, dynamodb]) each.reset();
  });

  const url = (name: string): string => `https://sqs.us-east-1.amazonaws.com/111122223333/${name}`;

  function arrange(): void {
    cloudFormation.on(ListStacksCommand).resolves({
      StackSummaries: [
        { StackName: 'shop-prod', StackStatus: 'CREATE_COMPLETE', CreationTime: new Date(0) },
        { StackName: 'shop-old', StackStatus: 'DELETE_COMPLETE', CreationTime: new Date(0) },
      ],
    });
    const summary = (LogicalResourceId: string, ResourceType: string, PhysicalResourceId: string) => ({
      ...{ LogicalResourceId, ResourceType, PhysicalResourceId, LastUpdatedTimestamp: new Date(0) },
    });
    cloudFormation.on(ListStackResourcesCommand, { StackName: 'shop-prod' }).resolves({
      StackResourceSummaries: [
        { ...summary('Queue', QUEUE, url('shop-prod-report')), ResourceStatus: 'CREATE_COMPLETE' },
        { ...summary('Table', 'AWS::DynamoDB::Table', 'shop-prod-runs'), ResourceStatus: 'DELETE_SKIPPED' },
        { ...summary('Mapping', 'AWS::Lambda::EventSourceMapping', 'm-1'), ResourceStatus: 'CREATE_COMPLETE' },
      ],
    });
    sqs.on(ListQueuesCommand).resolvesOnce({ QueueUrls: [url('shop-prod-report')], NextToken: 'more' });
    sqs.on(ListQueuesCommand, { NextToken: 'more' }).resolves({ QueueUrls: [url('by-hand')] });
    dynamodb.on(ListTablesCommand).resolves({ TableNames: ['shop-prod-runs'] });
  }

  test('has what its stacks have, and what the services list beside', async () => {
    arrange();

    const { stacks, owned, existing } = await readAccount(target, new Set<NamedType>([QUEUE, 'AWS::DynamoDB::Table']));

    expect([...stacks]).toEqual(['shop-prod']);
    // The table is kept by its DeletionPolicy and no more the stack's.
    expect(owned).toEqual([{ type: QUEUE, name: 'shop-prod-report', stack: 'shop-prod', logicalId: 'Queue' }]);
    expect(existing.map(({ name }) => name)).toEqual(['shop-prod-report', 'by-hand', 'shop-prod-runs']);
  });

  test('refuses a deployment with every name that is taken', async () => {
    arrange();
    const stack: PlannedStack = {
      name: 'shop-dev',
      resources: [
        { type: QUEUE, name: 'shop-prod-report', logicalId: 'A', isRetained: false },
        { type: QUEUE, name: 'shop-dev-free', logicalId: 'B', isRetained: false },
        { type: 'AWS::DynamoDB::Table', name: 'shop-prod-runs', logicalId: 'C', isRetained: true },
      ],
    };

    await expect(refuseTakenNames(target, stack)).rejects.toThrow(
      expect.objectContaining({
        name: 'NameTakenError',
        problems: [
          expect.stringMatching(/^A: .*stack "shop-prod"$/),
          expect.stringMatching(/^C: .*belongs to no stack/),
        ],
      }),
    );
  });
});

test.each([
  [QUEUE, 'http://127.0.0.1:4566/000000000000/shop-dev-report', 'shop-dev-report'],
  ['AWS::SNS::Topic', 'arn:aws:sns:us-east-1:000000000000:shop-dev-alerts', 'shop-dev-alerts'],
  ['AWS::Logs::LogGroup', '/aws/lambda/shop-dev-report', '/aws/lambda/shop-dev-report'],
] as const)('the physical id of a %s has its name', (type, id, name) => {
  expect(nameOf(type, id)).toBe(name);
});
