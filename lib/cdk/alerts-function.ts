import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnEventSourceMapping,
  type Code,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSubscription } from 'aws-cdk-lib/aws-sns';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ALERTS_ENVIRONMENT, ENVIRONMENT } from '../environment.ts';
import { ALERTS_FUNCTION, type JobNames, jobNames } from '../job/names.ts';
import { type AlertSettings, channelsOf } from '../job/stages.ts';
import type { AlertsOptions } from '../lambda/alerts.ts';
import { DAY, milliseconds, seconds } from '../units.ts';
import { createAlertsAlarms } from './alarms.ts';
import { alertsPermissions } from './alerts-permissions.ts';
import { logRetention } from './log-retention.ts';
import { MailTopic } from './mail-topic.ts';
import { createQueue, requireTls } from './queues.ts';
import { RUN_ENDS } from './run-ends.ts';
import type { SharedResources } from './shared-resources.ts';
import { queueArn } from './surroundings.ts';

/** What the function is bundled with; undefined for a stage that needs none. */
export function describeAlerts(alerts: AlertSettings = {}): AlertsOptions | undefined {
  const { email, eventBridge, ...settings } = alerts;
  const channels = channelsOf(alerts);
  if (channels.length === 0 && eventBridge === undefined) return undefined;
  return {
    channels: { ...settings, ...(channels.includes('email') ? { email: true } : {}) },
    ...(eventBridge === undefined ? {} : { bus: eventBridge.bus ?? 'default' }),
  };
}

export interface AlertsFunctionProps {
  readonly shared: SharedResources;
  readonly alerts: AlertSettings;
  readonly options: AlertsOptions;
  readonly code: Code;
}

/** All channels are asked at once, 10 seconds each; the rest is for reading secrets and for the table. */
const TIMEOUT = seconds(60);
/** Lambda's advice for a queue as a source: six times the function's timeout. */
const VISIBILITY_SECONDS = 6 * TIMEOUT;
/**
 * No alert is received as often as this in the 12 hours for which it is retried: some 64 times for each of five channels that
 * all fail. One that kills the function comes every six minutes, and is a dead letter after two days.
 */
const MAX_RECEIVES = 500;
const LOG_RETENTION = milliseconds(30 * DAY);

/**
 * The function that brings alerts to their channels: topic, queue, function. A queue in between, because SNS would give up
 * an asynchronous function after hours that cannot be set, and could not wait for as long as a service asks.
 */
export class AlertsFunction extends Construct {
  private readonly names: JobNames;
  private readonly props: AlertsFunctionProps;

  constructor(scope: Construct, id: string, props: AlertsFunctionProps) {
    super(scope, id);
    const { shared, alerts } = props;
    this.props = props;
    this.names = jobNames(shared.deployment, ALERTS_FUNCTION);
    const hasChannels = channelsOf(alerts).length > 0;
    const deadLetters = this.createDeadLetterQueue(hasChannels);
    const queue = hasChannels ? this.createQueue(deadLetters) : undefined;
    const { email: addresses = [] } = alerts;
    const mailTopic =
      addresses.length === 0
        ? undefined
        : new MailTopic(this, 'Mail', { names: shared.names, keyArn: shared.topic.keyArn, addresses });

    const created = this.createFunction({ queue, deadLetters, mailTopic });
    if (queue !== undefined) this.connect(created, queue);
    if (alerts.eventBridge !== undefined) this.follow(created, deadLetters);
    const { prefix } = shared.names;
    createAlertsAlarms({ scope: this, prefix, topicArn: shared.topic.arn, channels: shared.channels }, this.names, {
      timeout: TIMEOUT,
      hasEvents: alerts.eventBridge !== undefined,
    });
  }

  private createDeadLetterQueue(hasQueue: boolean): CfnQueue {
    const { queue, deadLetterQueue } = this.names;
    const created = createQueue(this, 'DeadLetterQueue', {
      queueName: deadLetterQueue,
      ...(hasQueue
        ? { redriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [queueArn(this, queue)] } }
        : {}),
    });
    requireTls(this, [created], { id: 'DeadLetterQueuePolicy' });
    const reason = 'It is a dead-letter queue itself: people move its messages back, nothing moves them on';
    Validations.of(created).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    );
    return created;
  }

  private createQueue(deadLetters: CfnQueue): CfnQueue {
    const { topic } = this.props.shared;
    const queue = createQueue(this, 'Queue', {
      queueName: this.names.queue,
      visibilityTimeout: VISIBILITY_SECONDS,
      redrivePolicy: { deadLetterTargetArn: deadLetters.attrArn, maxReceiveCount: MAX_RECEIVES },
    });
    const policy = requireTls(this, [queue], {
      more: [
        {
          Sid: 'TheTopicMaySend',
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: queue.attrArn,
          Condition: { ArnEquals: { 'aws:SourceArn': topic.arn } },
        },
      ],
    });
    const subscription = new CfnSubscription(this, 'Subscription', {
      topicArn: topic.arn,
      protocol: 'sqs',
      endpoint: queue.attrArn,
    });
    // SNS does not try again where it is not permitted: what is published before it is would be lost.
    subscription.addResourceDependency(policy);
    Validations.of(subscription).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      // https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
      reason: 'SNS retries a queue for 23 days, longer than any queue would keep what it gives up',
    });
    return queue;
  }

  private createFunction({ queue, deadLetters, mailTopic }: Connected): LambdaFunction {
    const { shared, code, alerts } = this.props;
    const { names, deployment } = shared;
    const logGroup = new LogGroup(this, 'LogGroup', {
      logGroupName: this.names.logGroup,
      retention: logRetention(shared.logRetention ?? LOG_RETENTION),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { statements, acknowledged } = alertsPermissions(this, { alerts, shared, queue, deadLetters, mailTopic });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What the function that sends the alerts of ${names.prefix} may do`,
      inlinePolicies: {
        Alerts: new PolicyDocument({
          statements: [
            ...statements,
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
          ],
        }),
      },
    });
    Validations.of(role).acknowledge(...acknowledged);
    const created = new LambdaFunction(this, 'Function', {
      functionName: this.names.function,
      description: `Sends the alerts of ${names.prefix}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      ...{ code, role, logGroup },
      memorySize: 256,
      timeout: Duration.seconds(TIMEOUT),
      environment: {
        [ENVIRONMENT.app]: deployment.app,
        [ENVIRONMENT.stage]: deployment.stage,
        [ENVIRONMENT.table]: names.table,
        ...(queue === undefined ? {} : { [ENVIRONMENT.queueUrl]: queue.ref }),
        [ENVIRONMENT.deadLetterQueueUrl]: deadLetters.ref,
        ...(mailTopic === undefined ? {} : { [ALERTS_ENVIRONMENT.mailTopicArn]: mailTopic.arn }),
        POWERTOOLS_SERVICE_NAME: ALERTS_FUNCTION,
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
    Validations.of(created).acknowledge(
      { id: 'Serverless-LambdaDLQ', reason: 'It serves asynchronous invocations, and this function has none' },
      { id: 'Serverless-LambdaTracing', reason: 'Traces cost money, and each delivery has its log line' },
    );
    return created;
  }

  private connect(created: LambdaFunction, queue: CfnQueue): void {
    const mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: created.functionName,
      eventSourceArn: queue.attrArn,
      batchSize: 1,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: 2 },
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A queue as a source knows no failure destination: failed messages go to its dead-letter queue',
    });
  }

  /** The ends of runs, from the table's stream. Lambda filters before it invokes, free of charge. */
  private follow(created: LambdaFunction, deadLetters: CfnQueue): void {
    new CfnEventSourceMapping(this, 'Stream', {
      functionName: created.functionName,
      eventSourceArn: this.props.shared.table.resource.attrStreamArn,
      ...RUN_ENDS,
      destinationConfig: { onFailure: { destination: deadLetters.attrArn } },
    });
  }
}

interface Connected {
  readonly queue: CfnQueue | undefined;
  readonly deadLetters: CfnQueue;
  readonly mailTopic: MailTopic | undefined;
}
