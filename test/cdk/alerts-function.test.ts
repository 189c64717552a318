import { describe, expect, test } from 'vitest';
import type { AlertSettings } from '../../lib/job/stages.ts';
import { roleOf, type Statement, statementsOf, textOf } from './policies.ts';
import { alarmNamed, only, queueNamed, type Resource, resourcesOf, synth, type Template } from './support.ts';

const withAlerts = (alerts?: AlertSettings): Template =>
  synth({ stages: { dev: alerts === undefined ? {} : { alerts } } }).template;

/** What a stage has beyond one without channels, by type. */
function added(alerts: AlertSettings): Readonly<Record<string, number>> {
  const [before, after] = [withAlerts(), withAlerts(alerts)].map(countsOf);
  return Object.fromEntries(
    Object.entries(after ?? {})
      .map(([type, count]) => [type, count - (before?.[type] ?? 0)] as const)
      .filter(([, more]) => more !== 0),
  );
}

function countsOf({ Resources }: Template): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(Resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}

const ALL: Required<AlertSettings> = {
  email: ['a@example.org', 'b@example.org'],
  slack: { url: { ssm: '/shop/slack' } },
  teams: { url: { secretsManager: 'shop/teams', field: 'url' } },
  webhook: { url: { ssm: '/shop/hook' }, secret: { secretsManager: 'shop/hook' } },
  pagerDuty: { routingKey: { ssm: 'pager' }, region: 'eu' },
  eventBridge: { bus: 'orders' },
};

const FUNCTION_AND_QUEUE = {
  'AWS::CloudWatch::Alarm': 2,
  'AWS::IAM::Role': 1,
  'AWS::Lambda::EventSourceMapping': 1,
  'AWS::Lambda::Function': 1,
  'AWS::Logs::LogGroup': 1,
  'AWS::SNS::Subscription': 1,
  'AWS::SQS::Queue': 2,
  'AWS::SQS::QueuePolicy': 2,
};

describe('each channel adds exactly what it needs', () => {
  test.each<[string, AlertSettings]>([
    ['slack', { slack: ALL.slack }],
    ['teams', { teams: ALL.teams }],
    ['webhook', { webhook: ALL.webhook }],
    ['pagerDuty', { pagerDuty: ALL.pagerDuty }],
    [
      'all that are reached by HTTP',
      { slack: ALL.slack, teams: ALL.teams, webhook: ALL.webhook, pagerDuty: ALL.pagerDuty },
    ],
  ])('%s: one function, its queue and its dead-letter queue', (_channel, alerts) => {
    expect(added(alerts)).toEqual(FUNCTION_AND_QUEUE);
  });

  test('email: a topic besides, with a subscription for each address', () => {
    expect(added({ email: ALL.email })).toEqual({
      ...FUNCTION_AND_QUEUE,
      'AWS::SNS::Subscription': 3,
      'AWS::SNS::Topic': 1,
      'AWS::SNS::TopicPolicy': 1,
    });
  });

  test('eventBridge: the function, fed by the stream, and no queue of alerts', () => {
    expect(added({ eventBridge: {} })).toEqual({
      'AWS::CloudWatch::Alarm': 3,
      'AWS::IAM::Role': 1,
      'AWS::Lambda::EventSourceMapping': 1,
      'AWS::Lambda::Function': 1,
      'AWS::Logs::LogGroup': 1,
      'AWS::SQS::Queue': 1,
      'AWS::SQS::QueuePolicy': 1,
    });
  });

  test('no channel, and a list without addresses: nothing', () => {
    expect(added({})).toEqual({});
    expect(added({ email: [] })).toEqual({});
    expect(JSON.stringify(withAlerts({ email: [] }))).toBe(JSON.stringify(withAlerts()));
  });
});

describe('the alerts function', () => {
  const template = withAlerts(ALL);
  const role = roleOf(template, 'lambda.amazonaws.com', 'sends the alerts');
  const statementFor = (action: string): Statement | undefined =>
    statementsOf(role).find(({ Action }) => [Action].flat().includes(action));

  test('is fed by the topic through a queue of its own', () => {
    const subscription = only(template, 'AWS::SNS::Subscription', ({ Properties }) => Properties.Protocol === 'sqs');
    const mapping = mappingOf(template, 'Queue');

    expect(textOf(subscription.Properties.TopicArn)).toContain('BelfryAlerts');
    expect(mapping.Properties).toMatchObject({
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    expect(queueNamed(template, 'shop-dev-alerts').Properties).toMatchObject({
      VisibilityTimeout: 360,
      MessageRetentionPeriod: 14 * 24 * 3600,
    });
  });

  test('is subscribed once the topic may send to its queue: SNS does not retry what is not permitted', () => {
    const [subscription] = Object.values(template.Resources).filter(({ Properties }) => Properties.Protocol === 'sqs');
    const [policy] = Object.entries(template.Resources).filter(
      ([, { Type, Properties }]) =>
        Type === 'AWS::SQS::QueuePolicy' && /TheTopicMaySend/.test(JSON.stringify(Properties)),
    );

    expect((subscription as { DependsOn?: unknown } | undefined)?.DependsOn).toEqual([policy?.[0]]);
  });

  test('keeps what it cannot send for longer than it tries: 500 receives, 12 hours', () => {
    const { RedrivePolicy } = queueNamed(template, 'shop-dev-alerts').Properties;

    expect(RedrivePolicy.maxReceiveCount).toBe(500);
  });

  test('lets the topic, and nobody else, send to its queue', () => {
    const policies = resourcesOf(template, 'AWS::SQS::QueuePolicy');
    const allowed = policies.flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.filter((each: Statement) => each.Effect === 'Allow'),
    );

    expect(allowed).toMatchObject([
      { Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Condition: { ArnEquals: {} } },
    ]);
    expect(textOf(allowed[0].Resource)).toContain('AlertsFunctionQueue');
    expect(textOf(allowed[0].Condition.ArnEquals['aws:SourceArn'])).toContain('BelfryAlerts');
  });

  test('may read and write the partition of alerts and no run', () => {
    expect(statementFor('dynamodb:UpdateItem')).toMatchObject({
      Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['ALERTS'] } },
    });
  });

  test('may read the secrets that its channels name, and decrypt these only', () => {
    const here = (service: string) => `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>`;
    const parameters = ['pager', 'shop/hook', 'shop/slack'].map((name) => `${here('ssm')}:parameter/${name}`);
    const secrets = ['shop/hook', 'shop/teams'].map((name) => `${here('secretsmanager')}:secret:${name}-??????`);

    expect([statementFor('ssm:GetParameter')?.Resource].flat().map(textOf).sort()).toEqual(parameters);
    expect([statementFor('secretsmanager:GetSecretValue')?.Resource].flat().map(textOf).sort()).toEqual(secrets);
    const contexts = statementsOf(role)
      .filter(({ Action }) => Action === 'kms:Decrypt')
      .map(({ Condition }) =>
        Object.entries(Condition as object).map(([operator, keys]) => [operator, Object.keys(keys)]),
      );
    expect(contexts).toEqual([
      [['StringEquals', ['kms:EncryptionContext:PARAMETER_ARN']]],
      [['StringLike', ['kms:EncryptionContext:SecretARN']]],
    ]);
  });

  test('may publish to the topic of mails and not to that of alerts', () => {
    expect(textOf(statementFor('sns:Publish')?.Resource)).toMatch(/AlertsFunctionMail/);
  });

  test('may put events on its bus and on no other', () => {
    expect(textOf(statementFor('events:PutEvents')?.Resource)).toMatch(/:event-bus\/orders$/);
  });

  test('has no secret in its variables: they are in none of the template', () => {
    const { Variables } = only(template, 'AWS::Lambda::Function', isAlerts).Properties.Environment;

    expect(Object.keys(Variables).sort()).toEqual([
      'BELFRY_APP',
      'BELFRY_DEAD_LETTER_QUEUE_URL',
      'BELFRY_MAIL_TOPIC_ARN',
      'BELFRY_QUEUE_URL',
      'BELFRY_STAGE',
      'BELFRY_TABLE',
      'NODE_OPTIONS',
      'POWERTOOLS_SERVICE_NAME',
    ]);
  });

  test('without e-mail and secrets it may do neither', () => {
    const actions = JSON.stringify(
      statementsOf(roleOf(withAlerts({ eventBridge: {} }), 'lambda.amazonaws.com', 'sends the alerts')),
    );

    expect(actions).not.toMatch(/sns:|ssm:|secretsmanager:|kms:|sqs:ReceiveMessage|dynamodb:UpdateItem/);
  });
});

describe('the stream', () => {
  test('is there only where eventBridge is configured', () => {
    expect(
      only(withAlerts({ slack: ALL.slack }), 'AWS::DynamoDB::Table').Properties.StreamSpecification,
    ).toBeUndefined();
    expect(only(withAlerts(ALL), 'AWS::DynamoDB::Table').Properties.StreamSpecification).toEqual({
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
  });

  test('invokes the function for ends of runs only, and of the watchdog for none', () => {
    const { FilterCriteria, DestinationConfig, ...mapping } = mappingOf(withAlerts(ALL), 'Stream').Properties;

    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(JSON.parse(FilterCriteria.Filters[0].Pattern)).toEqual({
      eventName: ['INSERT', 'MODIFY'],
      dynamodb: {
        Keys: { pk: { S: [{ 'anything-but': ['JOB#watchdog'] }] }, sk: { S: [{ prefix: 'RUN#' }] } },
        NewImage: { status: { S: ['completed', 'failed', 'cancelled', 'skipped', 'missed'] } },
      },
    });
    expect(textOf(DestinationConfig.OnFailure.Destination)).toContain('DeadLetterQueue');
  });
});

describe('alarms', () => {
  test('ring when ends of runs do not reach their bus, which is no error of the function', () => {
    const { Properties } = alarmNamed(withAlerts({ eventBridge: {} }), 'shop-dev-alerts-events-late');

    expect(Properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'IteratorAge',
      Dimensions: [{ Name: 'FunctionName', Value: 'shop-dev-alerts' }],
      Statistic: 'Maximum',
      Threshold: 600_000,
      ComparisonOperator: 'GreaterThanThreshold',
      Period: 300,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(Properties.AlarmDescription.length).toBeLessThanOrEqual(1024);
    expect(Properties.AlarmDescription).toContain('Rings usually within 12 minutes after the first.');
  });

  test('ring for events only where events are wanted', () => {
    const names = resourcesOf(withAlerts({ slack: ALL.slack }), 'AWS::CloudWatch::Alarm').map(
      ({ Properties }) => Properties.AlarmName,
    );

    expect(names).toContain('shop-dev-alerts-failed');
    expect(names).not.toContain('shop-dev-alerts-events-late');
  });

  const actionsOf = (template: Template, name: string) => {
    const { AlarmActions, OKActions = [] } = alarmNamed(template, name).Properties;
    return { ring: AlarmActions.map(textOf), over: OKActions.map(textOf) };
  };
  const [topic, mail] = ['alerts', 'mail'].map(
    (name) => new RegExp(`:shop-dev-${name}$|Belfry${name === 'mail' ? 'AlertsFunctionMail' : 'Alerts[A-F\\d]'}`),
  );

  test('report their end where channels are configured, to the topic', () => {
    const { ring, over } = actionsOf(withAlerts({ slack: ALL.slack }), 'shop-dev-runs-failed');

    expect(ring).toEqual([expect.stringMatching(topic as RegExp)]);
    expect(over).toEqual(ring);
  });

  test('report no end without channels, nor where only events are wanted', () => {
    for (const template of [withAlerts(), withAlerts({ eventBridge: {} })]) {
      expect(resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(({ Properties }) => Properties.OKActions)).toEqual(
        [],
      );
    }
  });

  test.each(['watchdog-silent', 'alerts-failed', 'alerts-dead-letters', 'alerts-events-late'])(
    '%s mails by itself',
    (name) => {
      const { ring, over } = actionsOf(withAlerts(ALL), `shop-dev-${name}`);

      expect(ring).toEqual([expect.stringMatching(topic as RegExp), expect.stringMatching(mail as RegExp)]);
      expect(over).toEqual(ring);
    },
  );

  test('without addresses these too go to the topic only', () => {
    expect(actionsOf(withAlerts({ slack: ALL.slack }), 'shop-dev-alerts-failed').ring).toHaveLength(1);
  });
});

test('a stage on this machine has the channels whose secrets are here, and no other', () => {
  const local = (context: object) =>
    synth({ stages: { dev: { alerts: ALL } } }, undefined, { 'belfry:local': true, ...context }).template;
  const none = local({});
  const two = local({ 'belfry:channels': ['BELFRY_ALERTS_SLACK', 'BELFRY_ALERTS_PAGERDUTY'] });

  expect(JSON.stringify(none)).toBe(
    JSON.stringify(synth({ stages: { dev: {} } }, undefined, { 'belfry:local': true }).template),
  );
  expect(resourcesOf(two, 'AWS::SNS::Topic')).toHaveLength(1);
  expect(only(two, 'AWS::DynamoDB::Table').Properties.StreamSpecification).toBeUndefined();
  expect(resourcesOf(two, 'AWS::Lambda::Function').filter(isAlerts)).toHaveLength(1);
});

test.each(['alerts', 'watchdog'])('a job may not be called %s', async (name) => {
  const { defineJob } = await import('../../lib/entry/belfry.ts');
  const { jobFile } = await import('./support.ts');

  expect(() => synth({ jobs: [jobFile(defineJob(name, { async run() {} }))], schedules: {} })).toThrow(
    `functions/${name}.ts: job "${name}": the name is Belfry's own; rename the file and the job`,
  );
});

const isAlerts = ({ Properties }: Resource): boolean => Properties.FunctionName === 'shop-dev-alerts';

const mappingOf = (template: Template, source: 'Queue' | 'Stream'): Resource =>
  only(template, 'AWS::Lambda::EventSourceMapping', ({ Properties }) => {
    const isStream = Properties.StartingPosition !== undefined;
    return (source === 'Stream') === isStream && /AlertsFunction/.test(JSON.stringify(Properties.FunctionName));
  });
