import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnEventSourceMapping,
  type Code,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeployableJob } from '../app/check-jobs.ts';
import { ENVIRONMENT } from '../environment.ts';
import { WATCHDOG } from '../job/names.ts';
import { isExclusive } from '../job/overlap.ts';
import { ALERTS, jobPartition } from '../store/dynamodb/keys.ts';
import { DAY, type Milliseconds, milliseconds } from '../units.ts';
import { createJobAlarms, createWatchdogAlarm } from './alarms.ts';
import { logRetention } from './log-retention.ts';
import { createQueue, requireTls } from './queues.ts';
import { keysArn, queueArn, type SharedArns, type Surroundings, sharedArns } from './surroundings.ts';
import { wildcardIn } from './wildcard.ts';

export interface JobWorkerProps {
  readonly job: DeployableJob;
  readonly code: Code;
  readonly surroundings: Surroundings;
}

/** A job's queue, its function, and all that watches them: everything of a job but when it is due. */
export class JobWorker extends Construct {
  readonly job: DeployableJob;
  readonly surroundings: Surroundings;
  readonly queueArn: string;
  readonly function: LambdaFunction;
  /** The policy of the function's role that Belfry writes; what others grant stands in a policy of its own. */
  readonly permissions: PolicyDocument;
  private readonly arns: SharedArns;

  constructor(scope: Construct, id: string, { job, code, surroundings }: JobWorkerProps) {
    super(scope, id);
    this.job = job;
    this.surroundings = surroundings;
    this.arns = sharedArns(this, surroundings.names);

    const { queue, deadLetters } = this.createQueues();
    this.queueArn = queue.attrArn;
    const logGroup = new LogGroup(this, 'LogGroup', {
      logGroupName: job.names.logGroup,
      retention: logRetention(surroundings.logRetention ?? withRecords(job.policy.retention)),
      // Also of a protected stage: a group that outlives its stack stops the next deployment, which wants the same name.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.permissions = this.createPermissions({ queue, deadLetters, logGroup });
    this.function = this.createFunction(code, { queue, deadLetters, logGroup });
    this.createMapping(queue);
    const { prefix } = surroundings.names;
    const place = { scope: this, prefix, topicArn: this.arns.alertTopic, channels: surroundings.channels };
    if (job.name === WATCHDOG) createWatchdogAlarm(place, job.names.function);
    else createJobAlarms(place, job);
  }

  /** Whether its runs wait for one another. */
  private get wakes(): boolean {
    return isExclusive(this.job.policy.overlap);
  }

  private createQueues(): { queue: CfnQueue; deadLetters: CfnQueue } {
    const { names, timeouts } = this.job;
    const deadLetters = createQueue(this, 'DeadLetterQueue', {
      queueName: names.deadLetterQueue,
      // By name: the queue refers to this one already, and two cannot wait for each other.
      redriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [queueArn(this, names.queue)] },
    });
    Validations.of(deadLetters).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'Dead letters are the end of the line: people move them back, nothing moves them on',
    });
    const queue = createQueue(this, 'Queue', {
      queueName: names.queue,
      visibilityTimeout: timeouts.queueVisibility,
      redrivePolicy: { deadLetterTargetArn: deadLetters.attrArn, maxReceiveCount: timeouts.maxReceiveCount },
    });
    requireTls(this, [queue, deadLetters]);
    return { queue, deadLetters };
  }

  private createPermissions({ queue, deadLetters, logGroup }: Parts): PolicyDocument {
    const allow = (actions: string[], resource: string, conditions?: Record<string, unknown>) =>
      new PolicyStatement({ actions, resources: [resource], ...(conditions === undefined ? {} : { conditions }) });
    return new PolicyDocument({
      statements: [
        allow(
          ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
          queue.attrArn,
        ),
        // A run that frees its job's lock sends the message of the next that waits for it.
        ...(this.wakes ? [allow(['sqs:SendMessage'], queue.attrArn)] : []),
        allow(['sqs:SendMessage'], deadLetters.attrArn),
        // No Put, which would wipe a record, no Delete of one, no Scan; and no other job's items.
        allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], this.arns.table, {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [jobPartition(this.job.name)] },
        }),
        ...(this.surroundings.channels !== undefined
          ? [
              // Stories and pending alerts, which it removes when it has sent them.
              allow(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], this.arns.table, {
                'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [ALERTS] },
              }),
            ]
          : []),
        allow(['sns:Publish'], this.arns.alertTopic),
        // A key that the deployment makes, not by its ARN, which a group's stack would have to import from the main one.
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], this.surroundings.alertKey ?? keysArn(this), {
          StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': this.arns.alertTopic },
        }),
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
      ],
    });
  }

  private createFunction(code: Code, { queue, deadLetters, logGroup }: Parts): LambdaFunction {
    const { name, names, policy, timeouts } = this.job;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What the job ${name} may do`,
      inlinePolicies: { Job: this.permissions },
    });
    if (this.surroundings.alertKey === undefined) {
      Validations.of(role).acknowledge({
        id: wildcardIn(this, keysArn(this)),
        reason:
          "The key of the alert topic, by the topic that it encrypts for: no other key's use has that topic as its context",
      });
    }
    const created = new LambdaFunction(this, 'Function', {
      functionName: names.function,
      description: `Runs the job ${name} of ${this.surroundings.names.prefix}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code,
      role,
      logGroup,
      memorySize: policy.memory,
      timeout: Duration.seconds(timeouts.functionTimeout),
      environment: this.environment({ queue, deadLetters }),
      // Lambda would end a line of runs that wake each other after 16 of them. The claim bounds how often each runs.
      ...(this.wakes ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
    });
    Validations.of(created).acknowledge(
      {
        id: 'Serverless-LambdaDLQ',
        reason:
          'It serves asynchronous invocations, and this function has none: its dead-letter queue is behind its queue',
      },
      {
        id: 'Serverless-LambdaTracing',
        reason: 'Traces cost money per run, and a run has its record and its log lines already',
      },
    );
    return created;
  }

  private environment({ queue, deadLetters }: Pick<Parts, 'queue' | 'deadLetters'>): Record<string, string> {
    const { deployment, names } = this.surroundings;
    return {
      [ENVIRONMENT.app]: deployment.app,
      [ENVIRONMENT.stage]: deployment.stage,
      [ENVIRONMENT.table]: names.table,
      [ENVIRONMENT.queueUrl]: queue.ref,
      [ENVIRONMENT.deadLetterQueueUrl]: deadLetters.ref,
      [ENVIRONMENT.alertTopicArn]: this.arns.alertTopic,
      POWERTOOLS_SERVICE_NAME: this.job.name,
      NODE_OPTIONS: '--enable-source-maps',
    };
  }

  private createMapping(queue: CfnQueue): void {
    const mapping = new CfnEventSourceMapping(this, 'Mapping', {
      functionName: this.function.functionName,
      eventSourceArn: queue.attrArn,
      // One run a delivery: a slow run, a timeout or a crash is its own.
      batchSize: 1,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: this.job.policy.concurrency },
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A queue as a source knows no failure destination: failed messages go to its dead-letter queue',
    });
  }
}

interface Parts {
  readonly queue: CfnQueue;
  readonly deadLetters: CfnQueue;
  readonly logGroup: LogGroup;
}

/** The link from a record to its log lines should lead somewhere; lines of failures are wanted longer than those of a week's records. */
const withRecords = (retention: Milliseconds): Milliseconds => milliseconds(Math.max(retention, 30 * DAY));
