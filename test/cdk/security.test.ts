import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, test } from 'vitest';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import type { Stages } from '../../lib/job/stages.ts';
import { allStatements, here, listOf, queueBehind, roleOf, statementsOf, textOf } from './policies.ts';
import { jobFile, only, report, resourcesOf, synth, type Template } from './support.ts';

const other = defineJob('other', { run() {} });
const twoJobs = () =>
  synth({
    jobs: [jobFile(report), jobFile(other)],
    schedules: { nightly: schedule(report, { cron: '0 2 * * *' }), hourly: schedule(other, { every: '1 hour' }) },
  });

describe('the role that EventBridge Scheduler assumes', () => {
  test('trusts schedules of this deployment’s own group only', () => {
    const role = roleOf(twoJobs().template, 'scheduler.amazonaws.com');

    const [{ Condition }] = role.Properties.AssumeRolePolicyDocument.Statement;
    expect(Condition.StringEquals['aws:SourceAccount']).toEqual({ Ref: 'AWS::AccountId' });
    expect(JSON.stringify(Condition.ArnEquals['aws:SourceArn'])).toContain(':schedule-group/shop-dev"');
  });

  test('sends to the queues of jobs and the delivery queue and does nothing else', () => {
    const { template } = twoJobs();

    const statements = statementsOf(roleOf(template, 'scheduler.amazonaws.com'));

    expect(statements.map(({ Action }) => Action)).toEqual(['sqs:SendMessage']);
    const sentTo = listOf(statements[0]?.Resource).map((resource) => queueBehind(template, resource));
    expect(sentTo.sort()).toEqual(['shop-dev-other', 'shop-dev-report', 'shop-dev-undelivered', 'shop-dev-watchdog']);
  });
});

describe('the role of a job', () => {
  test('may do to each resource what its function does, and no more', () => {
    const { template } = twoJobs();

    const actions = statementsOf(roleOf(template, 'lambda.amazonaws.com', 'report')).flatMap(({ Action }) =>
      listOf(Action),
    );

    expect(actions.sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sns:Publish',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
      'sqs:SendMessage',
    ]);
  });

  test('receives from its own queue, and sends to that and to its own dead-letter queue', () => {
    const { template } = twoJobs();

    const statements = statementsOf(roleOf(template, 'lambda.amazonaws.com', 'report'));
    const queuesFor = (action: string) =>
      statements
        .filter(({ Action }) => listOf(Action).includes(action))
        .map(({ Resource }) => queueBehind(template, Resource));

    expect(queuesFor('sqs:ReceiveMessage')).toEqual(['shop-dev-report']);
    expect(queuesFor('sqs:SendMessage')).toEqual(['shop-dev-report', 'shop-dev-report-dlq']);
  });

  test('reaches the items of its own job only', () => {
    const statements = statementsOf(roleOf(twoJobs().template, 'lambda.amazonaws.com', 'report'));

    expect(statements.find(({ Action }) => listOf(Action).includes('dynamodb:UpdateItem'))?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['JOB#report'] },
    });
  });

  test('keeps stories and pending alerts where its stage sends alerts to people, and only there', () => {
    const reachOf = (stages: Stages) => {
      const { template } = synth({ stages });
      const statements = statementsOf(roleOf(template, 'lambda.amazonaws.com', 'report'));
      return statements.filter(({ Condition }) => JSON.stringify(Condition ?? '').includes('ALERTS'));
    };

    expect(reachOf({ dev: { alerts: { email: ['oncall@example.com'] } } })).toMatchObject([
      {
        Action: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['ALERTS'] } },
      },
    ]);
    expect(reachOf({ dev: {} })).toEqual([]);
    expect(reachOf({ dev: { alerts: { email: [] } } })).toEqual([]);
  });

  test('reads the records of all jobs, and still writes its own only, when access.ts says so', () => {
    const { template } = synth({ jobs: [jobFile(report), jobFile(other)] }, (belfry) => belfry.job(report).readsRuns());

    const statements = statementsOf(roleOf(template, 'lambda.amazonaws.com', 'report'));

    expect(statements.find(({ Action }) => listOf(Action).includes('dynamodb:Query'))).toMatchObject({
      Action: ['dynamodb:GetItem', 'dynamodb:Query'],
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['JOB#*'] } },
    });
    expect(variablesOf(template, 'report').BELFRY_JOBS).toBe('*');
  });
});

/** For what a key may be used, by a statement’s condition. */
const contextOf = (condition: unknown): unknown =>
  (condition as { StringEquals?: Record<string, unknown> } | undefined)?.StringEquals?.[
    'kms:EncryptionContext:aws:sns:topicArn'
  ];

describe('no policy is broader than it must be', () => {
  /** Why a star stands where it does. Anything else is a finding. */
  const REASONS: Readonly<Record<string, string>> = {
    'AWS::KMS::Key kms:* on *':
      'a key’s policy means the key itself; without the account’s root nobody could manage it any more',
    'AWS::KMS::Key kms:Decrypt on *': 'a key’s policy means the key itself',
    'AWS::KMS::Key kms:GenerateDataKey* on *':
      'a key’s policy means the key itself; CloudWatch asks for this by AWS’s word',
  };

  test('no statement allows all actions or all resources, save with a reason', () => {
    const { template } = twoJobs();

    const broad = allStatements(template)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap((statement) => listOf(statement.Action).map((action) => ({ ...statement, action: String(action) })))
      .filter(({ action, Resource }) => action.includes('*') || listOf(Resource).includes('*'))
      .map(({ in: type, action, Resource }) => `${type} ${action} on ${Resource}`);

    expect(broad.sort()).toEqual(Object.keys(REASONS).sort());
  });

  test('keys are used for the alert topic only', () => {
    const { template } = twoJobs();
    const ofRoles = allStatements(template).filter(
      ({ in: type, Action }) => type === 'AWS::IAM::Role' && /kms/.test(String(Action)),
    );

    expect(ofRoles).toHaveLength(3);
    expect(ofRoles.map(({ Condition }) => textOf(contextOf(Condition)))).toEqual(
      ofRoles.map(() => `${here('sns')}:shop-dev-alerts`),
    );
  });

  test('the key that a stage is given is the only one that its roles may use, and that for its own alerts', () => {
    const alertKey = 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd';
    const { template } = synth({ stages: { dev: { alertKey } } });

    const ofRoles = allStatements(template).filter(
      ({ in: type, Action }) => type === 'AWS::IAM::Role' && /kms/.test(String(Action)),
    );
    expect(ofRoles.map(({ Action, Resource }) => ({ Action, Resource }))).toEqual(
      // The job's and the watchdog's.
      Array.from({ length: 2 }, () => ({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: alertKey })),
    );
    expect(ofRoles.map(({ Condition }) => textOf(contextOf(Condition)))).toEqual(
      ofRoles.map(() => `${here('sns')}:shop-dev-alerts`),
    );
  });

  test('no resource of a role has a star in it, save those of the watchdog, and keys by what they encrypt', () => {
    const starred = allStatements(twoJobs().template)
      .filter(({ Effect, Condition }) => Effect === 'Allow' && contextOf(Condition) === undefined)
      .flatMap(({ in: type, Action, Resource }) =>
        listOf(Resource)
          .map(textOf)
          .filter((resource) => resource.includes('*') && resource !== '*')
          .map((resource) => `${type} ${listOf(Action).toSorted().join()} on ${resource}`),
      );

    expect(starred.sort()).toEqual([
      `AWS::IAM::Role scheduler:GetSchedule on ${here('scheduler')}:schedule/shop-dev/*`,
      `AWS::IAM::Role sqs:GetQueueAttributes,sqs:SendMessage on ${here('sqs')}:shop-dev-*`,
    ]);
  });

  test('whoever is let in from outside is bound to this account', () => {
    const open = allStatements(twoJobs().template)
      .filter(({ Effect, Principal }) => Effect === 'Allow' && Principal !== undefined)
      .filter(({ Principal }) => !JSON.stringify(Principal).includes('lambda.amazonaws.com'))
      .filter(({ Principal }) => !JSON.stringify(Principal).includes(':root'))
      .filter(({ Condition }) => !JSON.stringify(Condition ?? {}).includes('aws:SourceAccount'));

    expect(open).toEqual([]);
  });

  test('no role is given a policy that AWS manages', () => {
    const managed = resourcesOf(twoJobs().template, 'AWS::IAM::Role').map(
      ({ Properties }) => Properties.ManagedPolicyArns,
    );

    expect(managed.filter((arns) => arns !== undefined)).toEqual([]);
  });
});

describe('queues', () => {
  test('are encrypted, each of them', () => {
    const plain = resourcesOf(twoJobs().template, 'AWS::SQS::Queue').filter(
      ({ Properties }) => !Properties.SqsManagedSseEnabled,
    );

    expect(plain).toEqual([]);
  });

  test('refuse whoever comes without TLS, each of them', () => {
    const { template } = twoJobs();

    const guarded = resourcesOf(template, 'AWS::SQS::QueuePolicy')
      .filter(({ Properties }) => {
        const [statement] = Properties.PolicyDocument.Statement;
        return statement.Effect === 'Deny' && statement.Condition.Bool['aws:SecureTransport'] === 'false';
      })
      .flatMap(({ Properties }) => Properties.Queues.map(({ Ref }: { Ref: string }) => Ref));

    const queues = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue');
    expect(guarded.sort()).toEqual(queues.map(([id]) => id).sort());
  });

  test('take dead letters from the queue they are for, and from no other', () => {
    const { template } = twoJobs();

    const allowed = resourcesOf(template, 'AWS::SQS::Queue')
      .filter(({ Properties }) => Properties.QueueName.endsWith('-dlq'))
      .map(({ Properties }) => [Properties.QueueName, JSON.stringify(Properties.RedriveAllowPolicy.sourceQueueArns)]);

    for (const [name, sources] of allowed) expect(sources).toContain(`:${name.replace(/-dlq$/, '')}"`);
  });
});

test('the alert topic has a key of its own, which CloudWatch may use', () => {
  const { template } = synth();

  const { KmsMasterKeyId } = only(template, 'AWS::SNS::Topic').Properties;
  const key = template.Resources[KmsMasterKeyId['Fn::GetAtt'][0]];

  expect(key?.Type).toBe('AWS::KMS::Key');
  expect(key?.Properties.EnableKeyRotation).toBe(true);
  expect(JSON.stringify(key?.Properties.KeyPolicy)).toContain('cloudwatch.amazonaws.com');
});

describe('secrets', () => {
  test('are granted to the one job and named by ARN in its variables', () => {
    const { template } = synth({ jobs: [jobFile(report), jobFile(other)] }, (belfry, stack) => {
      belfry.job(report).secret('DB_PASSWORD', new Secret(stack, 'Password'));
    });

    expect(variablesOf(template, 'report').BELFRY_SECRET_DB_PASSWORD).toEqual({
      Ref: expect.stringMatching(/^Password/),
    });
    expect(variablesOf(template, 'other').BELFRY_SECRET_DB_PASSWORD).toBeUndefined();
    expect(JSON.stringify(only(template, 'AWS::IAM::Policy'))).toContain('secretsmanager:GetSecretValue');
  });

  test('have names that a variable can have', () => {
    const add = () =>
      synth({}, (belfry, stack) => belfry.job(report).secret('db-password', new Secret(stack, 'Password')));

    expect(add).toThrow(
      'infra/access.ts: job "report": secret "db-password": allowed are letters, digits and _, first no digit',
    );
  });

  test('stand in no variable of any function', () => {
    const { template } = twoJobs();

    const suspicious = Object.keys(variablesOf(template, 'report')).filter((name) =>
      /SECRET|PASSWORD|TOKEN|KEY/.test(name),
    );

    expect(suspicious).toEqual([]);
  });
});

const variablesOf = (template: Template, job: string) =>
  only(template, 'AWS::Lambda::Function', ({ Properties }) => Properties.FunctionName === `shop-dev-${job}`).Properties
    .Environment.Variables;
