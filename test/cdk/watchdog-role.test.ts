import { describe, expect, test } from 'vitest';
import { DUE_SHARDS, dueShard, OPEN_SHARDS, openShard } from '../../lib/store/dynamodb/keys.ts';
import { here, listOf, queueBehind, roleOf, statementsOf, textOf } from './policies.ts';
import { synth } from './support.ts';

describe('the role of the watchdog', () => {
  const { template } = synth();
  const statements = statementsOf(roleOf(template, 'lambda.amazonaws.com', 'watchdog'));
  const allowing = (action: string) => statements.filter(({ Action }) => listOf(Action).includes(action));

  test('may do what a job may, query runs, remove alerts, ask EventBridge and SNS, and no more', () => {
    const actions = statements.flatMap(({ Action }) => listOf(Action));

    expect([...new Set(actions)].sort()).toEqual([
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'scheduler:GetSchedule',
      'sns:GetTopicAttributes',
      'sns:Publish',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ]);
  });

  test('removes pending alerts and stories, and no record', () => {
    expect(allowing('dynamodb:DeleteItem').map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['ALERTS'] } },
    ]);
  });

  test('asks how many subscriptions the topic of its own deployment has', () => {
    expect(allowing('sns:GetTopicAttributes').map(({ Resource }) => textOf(Resource))).toEqual([
      `${here('sns')}:shop-dev-alerts`,
    ]);
  });

  test('asks the topic of mails instead where there are addresses, to which people are subscribed', () => {
    const mailed = synth({ stages: { dev: { alerts: { email: ['oncall@example.com'] } } } });
    const own = statementsOf(roleOf(mailed.template, 'lambda.amazonaws.com', 'watchdog'));

    const asked = own.filter(({ Action }) => listOf(Action).includes('sns:GetTopicAttributes'));
    expect(asked.map(({ Resource }) => textOf(Resource))).toEqual([`${here('sns')}:shop-dev-mail`]);
  });

  test('reads and updates records of jobs, and stories and alerts, one at a time', () => {
    const reach = allowing('dynamodb:UpdateItem').map(({ Action, Resource, Condition }) => ({
      Action,
      table: textOf(Resource),
      Condition,
    }));

    const own = ['dynamodb:GetItem', 'dynamodb:UpdateItem'];
    const all = [...own, 'dynamodb:Query'].sort();
    const table = `${here('dynamodb')}:table/shop-dev-runs`;
    expect(reach).toEqual([
      { Action: own, table, Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['JOB#watchdog'] } } },
      { Action: all, table, Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['JOB#*', 'ALERTS'] } } },
    ]);
  });

  test('queries the runs of jobs and the index of open runs, and nothing else', () => {
    const [runs, query, ...others] = allowing('dynamodb:Query');

    const shards = [
      ...Array.from({ length: OPEN_SHARDS }, (_, shard) => openShard(shard)),
      ...Array.from({ length: DUE_SHARDS }, (_, shard) => dueShard(shard)),
    ];
    expect(others).toEqual([]);
    expect(query).toMatchObject({
      Action: 'dynamodb:Query',
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': shards } },
    });
    expect(textOf(query?.Resource)).toBe(`${here('dynamodb')}:table/shop-dev-runs/index/open`);
    expect(textOf(runs?.Resource)).toBe(`${here('dynamodb')}:table/shop-dev-runs`);
  });

  test('sends to queues of this deployment and receives from its own', () => {
    const resources = (action: string) => allowing(action).flatMap(({ Resource }) => listOf(Resource));

    const sentTo = resources('sqs:SendMessage').map((queue) => queueBehind(template, queue));
    const receivedFrom = resources('sqs:ReceiveMessage').map((queue) => queueBehind(template, queue));

    expect(sentTo.sort()).toEqual(['shop-dev-*', 'shop-dev-watchdog', 'shop-dev-watchdog-dlq']);
    expect(receivedFrom).toEqual(['shop-dev-watchdog']);
  });

  test('asks the queues of this deployment how many messages they have', () => {
    const asked = allowing('sqs:GetQueueAttributes').flatMap(({ Resource }) => listOf(Resource));

    expect(asked.map((queue) => queueBehind(template, queue)).sort()).toEqual(['shop-dev-*', 'shop-dev-watchdog']);
  });

  test('asks EventBridge for schedules of the own group', () => {
    expect(allowing('scheduler:GetSchedule').map(({ Resource }) => textOf(Resource))).toEqual([
      `${here('scheduler')}:schedule/shop-dev/*`,
    ]);
  });

  test('is the same in every deployment, whatever its jobs are called', () => {
    const alone = synth({ jobs: [], schedules: {} }).template;

    expect(statementsOf(roleOf(alone, 'lambda.amazonaws.com', 'watchdog'))).toEqual(statements);
  });
});
