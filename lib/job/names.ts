/**
 * Every name that Belfry gives to something outside the code, derived in one place: the deployment
 * creates the resources under these names, and whoever enqueues or looks a run up finds them by rule.
 */

/** A job: letters, digits and hyphens, starting with a letter, at most 40 characters. */
export const JOB_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** A schedule id: as a job's name, but may start with a digit and contain dots. */
export const SCHEDULE_ID = /^[a-z0-9][a-z0-9.-]{0,39}$/;

/**
 * An app's or a stage's name: letters and digits, starting with a letter, at most 12 characters, since both are part of
 * every resource's name. Without hyphens: `<app>-<stage>-…` is then read in one way only, and no two deployments share a name.
 */
export const DEPLOYMENT_NAME = /^[a-z][a-z0-9]{0,11}$/;
export const DEPLOYMENT_NAME_RULE = 'allowed are lower-case letters and digits, first a letter, at most 12 characters';

/** What this repository's cdk.json calls the app until its user names it: every copy starts with it. */
export const UNNAMED_APP = 'belfry';

export const DEFAULT_STAGE = 'dev';

/** Belfry's own job, and its schedule: no other may be called that. */
export const WATCHDOG = 'watchdog';

/** The alarms of a job, `<app>-<stage>-<job>-<alarm>`. */
export const JOB_ALARMS = ['failed', 'slow', 'dead-letters'] as const;
export type JobAlarm = (typeof JOB_ALARMS)[number];

/** The alarms of a deployment, `<app>-<stage>-<alarm>`. */
export const SHARED_ALARMS = ['undelivered', 'runs-failed', 'runs-missed', 'runs-waiting', 'watchdog-silent'] as const;
export type SharedAlarm = (typeof SHARED_ALARMS)[number];

/** The shared alarm whose name an alarm of a job of this name would have, as of a job called `runs`. */
export const sharedAlarmOf = (job: string): SharedAlarm | undefined =>
  SHARED_ALARMS.find((shared) => JOB_ALARMS.some((alarm) => `${job}-${alarm}` === shared));

/** The function that sends alerts to their channels. */
export const ALERTS_FUNCTION = 'alerts';

/** What Belfry itself deploys under a job's name: no job may be called that. */
export const RESERVED_JOBS: readonly string[] = [WATCHDOG, ALERTS_FUNCTION];

/** Lambda's limit for a function's name, the shortest of all limits that a job's names must keep. */
export const FUNCTION_NAME_LIMIT = 64;

/** Which deployment. No two of an account and region have any name in common. */
export interface Deployment {
  readonly app: string;
  readonly stage: string;
}

/** Names shared by all jobs of a deployment. */
export interface StageNames {
  /** `<app>-<stage>`: the stack, the schedule group and the prefix of all else. */
  readonly prefix: string;
  readonly table: string;
  readonly scheduleGroup: string;
  readonly alertTopic: string;
  /** The topic whose subscriptions are the e-mail addresses of a stage. */
  readonly mailTopic: string;
  readonly deliveryQueue: string;
  readonly dashboard: string;
}

/** Names that belong to one job. */
export interface JobNames {
  readonly function: string;
  readonly queue: string;
  readonly deadLetterQueue: string;
  readonly logGroup: string;
}

/** `<app>-<stage>` */
export const stagePrefix = ({ app, stage }: Deployment): string => `${app}-${stage}`;

export function stageNames(deployment: Deployment): StageNames {
  const prefix = stagePrefix(deployment);
  return {
    prefix,
    table: `${prefix}-runs`,
    scheduleGroup: prefix,
    alertTopic: `${prefix}-alerts`,
    mailTopic: `${prefix}-mail`,
    deliveryQueue: `${prefix}-undelivered`,
    dashboard: prefix,
  };
}

export function jobNames(deployment: Deployment, job: string): JobNames {
  const name = `${stagePrefix(deployment)}-${job}`;
  return { function: name, queue: name, deadLetterQueue: `${name}-dlq`, logGroup: `/aws/lambda/${name}` };
}

/** The stack of a group, `<app>-<stage>-<group>`, beside the main one. */
export const groupStackName = (deployment: Deployment, group: string): string => `${stagePrefix(deployment)}-${group}`;
