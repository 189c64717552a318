import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CheckedApp } from '../app/check-app.ts';
import type { DeployableJob } from '../app/check-jobs.ts';
import { InvalidAppError, quoteValue } from '../app/check-report.ts';
import type { CheckedSchedule } from '../app/checked-schedule.ts';
import { type Duration, durationFormat, readDuration } from '../job/duration.ts';
import type { Job } from '../job/job.ts';
import { jobNames, stageNames, stagePrefix, WATCHDOG } from '../job/names.ts';
import type { JobPolicy } from '../job/policy.ts';
import type { ChannelName } from '../job/stages.ts';
import type { WatchdogOptions } from '../lambda/watchdog.ts';
import { longestWait } from '../run/longest-wait.ts';
import { deployedTimeouts, EARLIEST_LOOK } from '../run/timeouts.ts';
import { ALERTS, DUE_SHARDS, dueShard, jobPartition, OPEN_SHARDS, openShard, TABLE } from '../store/dynamodb/keys.ts';
import { DAY, HOUR, MINUTE, type Milliseconds, milliseconds } from '../units.ts';
import { definitionOf } from '../watchdog/deployed.ts';
import type { WatchedJob } from '../watchdog/plan.ts';
import type { JobWorker } from './job-worker.ts';
import { queueArn, sharedArns } from './surroundings.ts';
import { wildcardIn } from './wildcard.ts';

/** How long after a due time its record must be there: EventBridge fires within a minute, and a function must start. */
export const DEFAULT_GRACE: Duration = '3 minutes';
const MAX_GRACE = HOUR;

/** A look has most of a minute; one that fails is tried again while others would only meet the same. */
const POLICY: JobPolicy = {
  timeout: milliseconds(50_000),
  maxAttempts: 5,
  backoff: { initial: milliseconds(2 * MINUTE), factor: 1, max: milliseconds(2 * MINUTE), jitter: 'none' },
  onTimeout: 'retry',
  overlap: 'skip',
  memory: 512,
  concurrency: 2,
  // There is one a minute, and nobody asks for those of last week.
  retention: milliseconds(2 * DAY),
};

/** Belfry's own job, as it is deployed and as it is bundled. */
export interface DeployedWatchdog {
  readonly job: DeployableJob;
  readonly schedule: CheckedSchedule;
  readonly options: WatchdogOptions;
}

/** @throws InvalidAppError for a grace out of bounds, and for more schedules than the watchdog can keep in mind */
export function describeWatchdog(
  { deployment, jobs, schedules }: CheckedApp,
  grace: Duration,
  channels: readonly ChannelName[] = [],
): DeployedWatchdog {
  checkStateSize(schedules);
  const names = jobNames(deployment, WATCHDOG);
  const schedule: CheckedSchedule = {
    id: WATCHDOG,
    job: WATCHDOG,
    expressions: ['cron(* * * * ? *)'],
    source: 'every 1 minute',
    timezone: 'UTC',
    enabled: true,
    isOver: false,
    policy: {
      maxLateness: milliseconds(10 * MINUTE),
      catchUp: 0,
      spread: milliseconds(0),
      dst: 'skip',
      except: [],
      only: [],
    },
  };
  const all: readonly (JobToWatch & { readonly name: string })[] = [...jobs, { name: WATCHDOG, names, policy: POLICY }];
  return {
    job: { name: WATCHDOG, names, policy: POLICY, timeouts: deployedTimeouts(POLICY) },
    schedule,
    options: {
      policy: POLICY,
      schedules: { [WATCHDOG]: { timezone: 'UTC', lateAfter: schedule.policy.maxLateness } },
      plan: {
        grace: readGrace(grace),
        prefix: stagePrefix(deployment),
        ...(channels.includes('email') ? { mailTopic: stageNames(deployment).mailTopic } : {}),
        ...(channels.some((channel) => channel !== 'email') ? { hasOtherChannels: true } : {}),
        schedules: [
          ...schedules.map(({ id, job, expressions, timezone, input, enabled, policy, isOver }) => ({
            ...{ id, job, expressions, timezone, policy, enabled },
            ...(input === undefined ? {} : { input }),
            // Until its last due time has a record it is watched all the same.
            ...(isOver ? { isOver } : {}),
          })),
          // Nobody watches the watchdog's own due times but its alarm; its lost runs it sends again as any other.
          { ...schedule, enabled: false },
        ],
        jobs: Object.fromEntries(all.map((job) => [job.name, watchedJob(job)])),
        deliveryQueue: stageNames(deployment).deliveryQueue,
      },
    },
  };
}

interface JobToWatch extends Pick<DeployableJob, 'names' | 'policy'> {
  /** Absent for the watchdog. */
  readonly job?: Job;
}

const watchedJob = ({ names, policy, job }: JobToWatch): WatchedJob => ({
  queue: names.queue,
  deadLetterQueue: names.deadLetterQueue,
  retention: policy.retention,
  maxAttempts: policy.maxAttempts,
  longestWait: longestWait(policy),
  ...(job?.definition.slow === undefined ? {} : { isSlowSilenced: true }),
});

/** Of DynamoDB's 400 KB for an item; the rest is for catch-ups. */
const MAX_STATE_SIZE = 250_000;
/** What stands beside the id and the definition of a schedule. */
const STATE_MARGIN = 80;

/** What the watchdog knows of all schedules stands in one item. */
function checkStateSize(schedules: CheckedApp['schedules']): void {
  const sizes = schedules.map((each) => JSON.stringify([each.id, definitionOf(each)]).length + STATE_MARGIN);
  const size = sizes.reduce((sum, each) => sum + each, 0);
  if (size <= MAX_STATE_SIZE) return;
  const most = Math.floor((MAX_STATE_SIZE / size) * schedules.length);
  throw new InvalidAppError([
    `infra/schedules.ts: ${schedules.length} schedules are more than one deployment can watch; about ${most} of this kind are allowed; deploy the others as another app`,
  ]);
}

const partitions = (count: number, nameOf: (shard: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, shard) => nameOf(shard));

function readGrace(grace: Duration): Milliseconds {
  const length = readDuration(grace);
  if (length !== undefined && length >= EARLIEST_LOOK && length <= MAX_GRACE) return length;
  const allowed = `allowed are 1 minute to 1 hour, as ${durationFormat({ min: '1 minute', max: '1 hour' })}`;
  throw new InvalidAppError([
    `watchdogGrace ${quoteValue(grace)}: ${allowed}; it is given as a property of Belfry, as context.watchdogGrace in cdk.json or as -c watchdogGrace=…`,
  ]);
}

/**
 * Lets the watchdog read all records, write those of due times without a run, keep stories and pending alerts, send to all
 * queues, and ask EventBridge for schedules and SNS how many receive alerts.
 */
export function grantWatchdog(worker: JobWorker): void {
  const { names, channels } = worker.surroundings;
  const { table, alertTopic } = sharedArns(worker, names);
  const keys = (...values: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': values } });
  const allow = (actions: string[], resource: string, conditions?: Record<string, unknown>) =>
    new PolicyStatement({ actions, resources: [resource], ...(conditions === undefined ? {} : { conditions }) });
  const queues = queueArn(worker, `${names.prefix}-*`);
  const schedules = Stack.of(worker).formatArn({
    service: 'scheduler',
    resource: 'schedule',
    resourceName: `${names.scheduleGroup}/*`,
  });
  worker.permissions.addStatements(
    allow(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:Query'], table, keys(jobPartition('*'), ALERTS)),
    allow(['dynamodb:DeleteItem'], table, keys(ALERTS)),
    allow(
      ['dynamodb:Query'],
      `${table}/index/${TABLE.openIndex.name}`,
      keys(...partitions(OPEN_SHARDS, openShard), ...partitions(DUE_SHARDS, dueShard)),
    ),
    allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], queues),
    allow(['scheduler:GetSchedule'], schedules),
    allow(['sns:GetTopicAttributes'], channels?.mailTopicArn ?? alertTopic),
  );
  Validations.of(worker).acknowledge(
    {
      id: wildcardIn(worker, queues),
      reason:
        'The queues of all jobs, to which it sends, and theirs of dead letters, of which it asks how many messages they have: their names begin so; one by one they would not fit into a policy',
    },
    { id: wildcardIn(worker, schedules), reason: "The schedules of this deployment's own group and of no other" },
  );
}
