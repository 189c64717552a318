// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax of Fn::Sub

import { expect, test } from 'vitest';
import { load, ORIGIN, resolveVariable } from './fixture.ts';

const template = {
  Parameters: { Level: { Type: 'String', Default: 'info' }, Asked: { Type: 'String' } },
  Mappings: { Sizes: { dev: { memory: 128 } } },
  Conditions: {
    IsLocal: { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '000000000000'] },
    IsChina: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] },
    Both: { 'Fn::And': [{ Condition: 'IsLocal' }, { 'Fn::Not': [{ Condition: 'IsChina' }] }] },
    Either: { 'Fn::Or': [{ Condition: 'IsChina' }, { Condition: 'IsLocal' }] },
  },
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'app-dev-job' } },
    Nameless: { Type: 'AWS::SQS::Queue' },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Join': ['-', ['app', 'dev', 'alerts']] } } },
    Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'app-dev-runs' } },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'db' } },
    Setting: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/app/level', Value: { Ref: 'Level' } } },
    Bucket: { Type: 'AWS::S3::Bucket' },
    Database: { Type: 'AWS::RDS::DBInstance' },
  },
};

test.each<[string, unknown, string]>([
  ['a queue is its URL', { Ref: 'Queue' }, `${ORIGIN}/000000000000/app-dev-job`],
  ['a queue without a name is named after its stack', { Ref: 'Nameless' }, `${ORIGIN}/000000000000/app-dev-Nameless`],
  ["a queue's ARN", { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:app-dev-job'],
  ["a queue's name, written with a dot", { 'Fn::GetAtt': 'Queue.QueueName' }, 'app-dev-job'],
  ['a topic is its ARN', { Ref: 'Topic' }, 'arn:aws:sns:us-east-1:000000000000:app-dev-alerts'],
  ['a table is its name', { Ref: 'Table' }, 'app-dev-runs'],
  ["a table's ARN", { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/app-dev-runs'],
  ['a secret is its ARN', { Ref: 'Secret' }, 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-000000'],
  ["a bucket's ARN is nowhere", { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::app-dev-bucket'],
  ["a parameter store's value", { 'Fn::GetAtt': ['Setting', 'Value'] }, 'info'],
  ["a parameter's default", { Ref: 'Level' }, 'info'],
  ['the account', { Ref: 'AWS::AccountId' }, '000000000000'],
  ['the stack', { Ref: 'AWS::StackName' }, 'app-dev'],
  ['a join', { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 1, true]] }, 'arn:aws:1:true'],
  [
    'a substitution',
    { 'Fn::Sub': '${AWS::Region}/${Table}/${Queue.QueueName}/${!Kept}' },
    'us-east-1/app-dev-runs/app-dev-job/${Kept}',
  ],
  ['a substitution with variables', { 'Fn::Sub': ['${A}-${Level}', { A: { Ref: 'Table' } }] }, 'app-dev-runs-info'],
  [
    'a part of a split',
    { 'Fn::Select': ['5', { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] },
    'app-dev-job',
  ],
  ['an entry of a map', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, '128'],
  ['a zone', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
  ['base 64', { 'Fn::Base64': 'text' }, 'dGV4dA=='],
  ['the branch that counts', { 'Fn::If': ['Both', 'then', { Ref: 'Absent' }] }, 'then'],
  ['the other branch', { 'Fn::If': ['IsChina', { Ref: 'Absent' }, 'otherwise'] }, 'otherwise'],
  ['a choice of conditions', { 'Fn::If': ['Either', 'then', 'otherwise'] }, 'then'],
])('resolves %s', (_case, value, expected) => {
  const parameters = { ...template.Parameters, Stage: { Type: 'String', Default: 'dev' } };

  expect(resolveVariable(value, { ...template, Parameters: parameters })).toBe(expected);
});

test.each<[string, unknown, string]>([
  ['a resource that is not there', { Ref: 'Absent' }, 'there is no resource or parameter "Absent"'],
  [
    'a resource of a strange type',
    { Ref: 'Database' },
    'it refers to Database, an AWS::RDS::DBInstance, which the embedded cloud does not have',
  ],
  [
    'a strange attribute',
    { 'Fn::GetAtt': ['Bucket', 'WebsiteURL'] },
    'does not know the attribute WebsiteURL of Bucket, an AWS::S3::Bucket',
  ],
  ['a parameter without a default', { Ref: 'Asked' }, 'the parameter "Asked" has no default'],
  ['an export of nobody', { 'Fn::ImportValue': 'none' }, 'no stack exports "none"'],
  ['a strange function', { 'Fn::Transform': {} }, 'does not know Fn::Transform'],
  ['a strange condition', { 'Fn::If': ['Absent', 1, 2] }, 'the template has no condition "Absent"'],
  ['an item beyond the list', { 'Fn::Select': [3, ['a']] }, 'there is no item 3'],
])('says where it met %s, and how a local job may do without', (_case, value, problem) => {
  const act = () => resolveVariable(value, template);

  expect(act).toThrow(/^stack app-dev, resource Function, property Environment\.Variables\.VALUE: /);
  expect(act).toThrow(problem);
  expect(act).toThrow('set VALUE for local jobs in .belfry.env');
});

test('resolves what another stack exports, in the terms of that stack', () => {
  const other = {
    Resources: { Store: { Type: 'AWS::DynamoDB::Table' } },
    Outputs: {
      Export: { Value: { Ref: 'Store' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Store' } } },
    },
  };

  expect(resolveVariable({ 'Fn::ImportValue': 'data:Store' }, {}, { data: other })).toBe('data-Store');
  expect(
    resolveVariable({ 'Fn::GetStackOutput': { StackName: 'data', OutputName: 'Export' } }, {}, { data: other }),
  ).toBe('data-Store');
});

test('leaves out what AWS::NoValue stands for, and what a condition leaves out', () => {
  const Queue = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: { Ref: 'AWS::NoValue' } } };
  const assembly = load({
    'app-dev': { ...template, Resources: { Queue, Other: { ...Queue, Condition: 'IsChina' } } },
  });

  expect(assembly.queues).toMatchObject([{ name: 'app-dev-Queue', attributes: {} }]);
});
