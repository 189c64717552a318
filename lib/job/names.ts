/**
 * Every name that Belfry gives to something outside the code, derived in one place: the deployment
 * creates the resources under these names, and whoever enqueues or looks a run up finds them by rule.
 */

/** A job: letters, digits and hyphens, starting with a letter, at most 40 characters. */
export const JOB_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** A schedule id: as a job's name, but may start with a digit and contain dots. */
export const SCHEDULE_ID = /^[a-z0-9][a-z0-9.-]{0,39}$/;

/** An app's or a stage's name: at most 12 characters, since both are part of every resource's name. */
export const APP_NAME = /^[a-z][a-z0-9-]{0,11}$/;

/** The name of an app that gives itself none. */
export const DEFAULT_APP = 'belfry';
export const DEFAULT_STAGE = 'dev';

/** Belfry's own job, and its schedule: no other may be called that. */
export const WATCHDOG = 'watchdog';

/** Lambda's limit for a function's name, the shortest of all limits that a job's names must keep. */
export const FUNCTION_NAME_LIMIT = 64;

/**
 * Which deployment. Two stages of an app never share a name. Two apps do where one's name goes on with
 * what is the other's stage (`a-b` in `c`, `a` in `b-c`): deploying the second fails, and says so.
 */
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
  readonly deliveryQueue: string;
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
    deliveryQueue: `${prefix}-undelivered`,
  };
}

export function jobNames(deployment: Deployment, job: string): JobNames {
  const name = `${stagePrefix(deployment)}-${job}`;
  return { function: name, queue: name, deadLetterQueue: `${name}-dlq`, logGroup: `/aws/lambda/${name}` };
}

/**
 * EventBridge's names for the schedules of one entry: the id itself, and for an entry that takes two
 * (five-field cron with both day fields restricted) a second one. `_` is no part of an id, so the
 * second never meets another entry's name.
 */
export function scheduleNames(scheduleId: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? scheduleId : `${scheduleId}_${index + 1}`));
}
