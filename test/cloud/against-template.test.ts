import { describe, expect, test } from 'vitest';
import { type DeploymentFacts, differences } from './support/against-template/deployment-facts.ts';
import { templateFacts } from './support/against-template/template-facts.ts';
import type { NamedTemplate } from './support/names/named-resources.ts';

const QUEUE = 'AWS::SQS::Queue';

const TEMPLATE: NamedTemplate = {
  Resources: {
    Queue: { Type: QUEUE, Properties: { QueueName: 'shop-dev-report', Tags: [{ Key: 'belfry:app', Value: 'shop' }] } },
    Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'shop-dev-report' } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Function' } },
    },
    Address: { Type: 'AWS::SNS::Subscription', Properties: { Protocol: 'email', Endpoint: 'ops@example.org' } },
    Channel: {
      Type: 'AWS::SNS::Subscription',
      Properties: { Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Jobs', 'Arn'] } },
    },
    Nightly: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: 'shop-dev-nightly',
        GroupName: 'shop-dev',
        ScheduleExpression: 'cron(0 2 * * ? *)',
        ScheduleExpressionTimezone: 'Europe/Stockholm',
        State: 'ENABLED',
        Target: { Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, Input: '{"job":"report"}' },
      },
    },
  },
};

const facts = templateFacts([{ name: 'shop-dev', template: TEMPLATE }]);
const [nightly] = facts.schedules;

test('the facts of a template name what its references mean', () => {
  expect(nightly).toEqual({
    name: 'shop-dev-nightly',
    group: 'shop-dev',
    expression: 'cron(0 2 * * ? *)',
    timezone: 'Europe/Stockholm',
    state: 'ENABLED',
    queue: 'shop-dev-report',
    input: '{"job":"report"}',
  });
  expect(facts.mappings).toEqual([{ queue: 'shop-dev-report', function: 'shop-dev-report' }]);
});

test('an account that is what the templates say differs in nothing', () => {
  expect(differences(facts, structuredClone(facts))).toEqual([]);
});

describe('an account differs', () => {
  test.each<[string, Partial<DeploymentFacts>, readonly string[]]>([
    [
      'when a stack is left',
      { stacks: new Map([...facts.stacks, ['shop-dev-old', []]]) },
      ['too much: stack shop-dev-old'],
    ],
    [
      'when a resource is not there',
      { stacks: new Map([['shop-dev', (facts.stacks.get('shop-dev') ?? []).slice(1)]]) },
      [`missing: Queue ${QUEUE} of stack shop-dev`],
    ],
    [
      'when a service lists what no template has',
      { named: [...facts.named, { type: QUEUE, name: 'shop-dev-old' }] },
      [`too much: ${QUEUE} shop-dev-old`],
    ],
    [
      'when a service does not list what a template has',
      { named: facts.named.slice(1) },
      [`missing: ${QUEUE} shop-dev-report`],
    ],
    [
      'when a function takes its messages twice',
      { mappings: [...facts.mappings, ...facts.mappings] },
      ['too much: messages of shop-dev-report to shop-dev-report'],
    ],
    ['when an address is lost', { addresses: [] }, ['missing: address ops@example.org']],
    ['when a tag is lost', { queueTags: [] }, ['missing: tag shop-dev-report belfry:app=shop']],
  ])('%s', (_case, change, lines) => {
    expect(differences(facts, { ...facts, ...change })).toEqual(lines);
  });

  test.each(['expression', 'queue', 'input', 'state', 'group', 'timezone'] as const)(
    'when a schedule has another %s',
    (field) => {
      const schedules = facts.schedules.map((each) => ({ ...each, [field]: 'other' }));

      expect(differences(facts, { ...facts, schedules })).toEqual([
        expect.stringContaining('missing: schedule'),
        expect.stringContaining(`"${field}":"other"`),
      ]);
    },
  );

  test('in no zone where CloudFormation drops them', () => {
    const schedules = facts.schedules.map((each) => ({ ...each, timezone: 'UTC' }));

    expect(differences(facts, { ...facts, schedules }, { ignoresZones: true })).toEqual([]);
  });
});
