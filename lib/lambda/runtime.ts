import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { systemClock } from '../clock.ts';
import { FULL_ERRORS_VARIABLE, isOnEmulator, readEnvironment } from '../environment.ts';
import type { Log } from '../job/context.ts';
import { noAssets } from '../job/errors.ts';
import type { Job } from '../job/job.ts';
import { stagePrefix } from '../job/names.ts';
import type { JobPolicy } from '../job/policy.ts';
import { briefError, type LoggedError } from '../observe/events.ts';
import { describeFailure } from '../observe/failure-alert.ts';
import { jobLog, toLog } from '../observe/logger.ts';
import { createRunLog, type Measure } from '../observe/run-log.ts';
import type { RunPorts } from '../run/delivery.ts';
import { placesBelow } from '../run/name-places.ts';
import type { Reporter } from '../run/ports.ts';
import type { RunRecord } from '../run/record.ts';
import { assertIdempotencyIsOn, createPowertoolsOnce } from '../store/claim-layer.ts';
import { DynamoDbRunStore } from '../store/dynamodb/dynamodb-run-store.ts';
import type { EpochMs } from '../units.ts';
import { judge } from './admission.ts';
import type { CreateGate } from './overlap/create-gate.ts';
import { createReporter } from './reporter.ts';
import type { ScheduleFacts, SkipByCalendar } from './schedule-facts.ts';
import { SDK_OPTIONS } from './sdk-options.ts';
import { createSecrets } from './secrets.ts';

/** Code that a function's entry imports for it. */
export interface RuntimeExtras {
  /** Of the job's overlap policy. */
  readonly gate: CreateGate;
  /** `findDeployedAsset` @default it refuses every path */
  readonly asset?: (job: Job, path: string) => string;
  /** `skipByCalendar` */
  readonly calendar?: SkipByCalendar;
  /** `callPingUrl` */
  readonly ping?: (run: RunRecord, facts: ScheduleFacts | undefined) => Promise<void>;
  /** `measureDurations` */
  readonly measure?: Measure;
  /** `bundleAlerts` @default each alert is sent at once */
  readonly alerts?: (ports: RunPorts, client: DynamoDBClient) => RunPorts;
}

/** The parts of a function's process that outlive an invocation. */
export interface Runtime {
  readonly job: Job;
  readonly policy: JobPolicy;
  readonly log: Log;
  readonly reporter: Reporter;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly now: () => EpochMs;
  /** An error as a log line may have it. */
  readonly logError: (error: LoggedError) => LoggedError;
  portsFor(context: Context): RunPorts;
  deleteMessage(receiptHandle: string): Promise<void>;
  /** Ends the process once its output is written. */
  exit(): Promise<never>;
}

export interface RuntimeOptions {
  readonly policy: JobPolicy;
  readonly schedules: Readonly<Record<string, ScheduleFacts>>;
}

/** One line of output. */
export const writeLine = (line: string): unknown => process.stdout.write(`${line}\n`);

/** @throws Error when a variable is missing, or Powertools' idempotency is switched off */
export function createRuntime(
  job: Job,
  { policy, schedules }: RuntimeOptions,
  { gate, asset = noAssets, calendar, ping, measure, alerts }: RuntimeExtras,
): Runtime {
  const { app, stage, table, queueUrl, deadLetterQueueUrl, alertTopicArn } = readEnvironment(process.env);
  const deployment = stagePrefix({ app, stage });
  const client = new DynamoDBClient(SDK_OPTIONS);
  const sqs = new SQSClient(SDK_OPTIONS);
  const runs = new DynamoDbRunStore({ client, table, retention: policy.retention });
  const reporter = createReporter({ sqs, deadLetterQueueUrl, alertTopicArn });
  assertIdempotencyIsOn();
  const logger = new Logger({ serviceName: job.name });
  const log = toLog(logger);
  const secret = createSecrets({ variables: process.env });
  const region = isOnEmulator(process.env) ? undefined : process.env.AWS_REGION;
  const logError = process.env[FULL_ERRORS_VARIABLE] === undefined ? briefError : (error: LoggedError) => error;
  const namePlaces = placesBelow(process.env['LAMBDA_TASK_ROOT']);
  const factsOf = ({ schedule }: RunRecord): ScheduleFacts | undefined => schedules[schedule ?? ''];

  return {
    job,
    policy,
    log,
    reporter,
    sqs,
    queueUrl,
    now: systemClock.now,
    logError,
    portsFor(context) {
      const ports: RunPorts = {
        job,
        policy,
        clock: systemClock,
        random: Math.random,
        once: createPowertoolsOnce(runs, context),
        runs,
        gate: gate({ client, table, runs, sqs, queueUrl }),
        reporter,
        observe: createRunLog({ log, deployment, writeMetrics: writeLine, logError, measure }),
        namePlaces,
        admit: (run) => judge(run, factsOf(run), calendar),
        ping: ping && ((run) => ping(run, factsOf(run))),
        describeFailure: (run, error) =>
          describeFailure(run, error, {
            app,
            stage,
            logGroup: context.logGroupName,
            timezone: factsOf(run)?.timezone,
            region,
          }),
        surroundings: (run) => ({ log: jobLog(logger, run), secret, asset: (path) => asset(job, path) }),
      };
      return alerts?.(ports, client) ?? ports;
    },
    async deleteMessage(ReceiptHandle) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    },
    exit: () => new Promise<never>(() => process.stdout.write('', () => process.exit(1))),
  };
}
