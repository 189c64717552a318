/** Before the name of every variable that Belfry sets. A job may set none that begins with it. */
export const RESERVED_PREFIX = 'BELFRY_';

/** Before the name of each secret that access.ts grants; the value is the secret's ARN, never the secret. */
export const SECRET_PREFIX = 'BELFRY_SECRET_';

/** The names of all jobs, comma-separated, or JOBS_IN_BUNDLE: for functions that access.ts lets read the runs of others. */
export const JOBS_VARIABLE = 'BELFRY_JOBS';

/** Set by the embedded cloud alone, whose log lines are for the developer's own terminal: they have errors in full. */
export const FULL_ERRORS_VARIABLE = 'BELFRY_FULL_ERRORS';

/**
 * In place of the names: they are in the bundle. All variables of a function together have 4 KB, which the names of about
 * 87 jobs take up. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const JOBS_IN_BUNDLE = '*';

/**
 * The variables by which the deployment tells a job's function where it is. The deployment sets them
 * under these names and the handler reads them once, at the start of its process.
 */
export const ENVIRONMENT = {
  app: 'BELFRY_APP',
  stage: 'BELFRY_STAGE',
  table: 'BELFRY_TABLE',
  queueUrl: 'BELFRY_QUEUE_URL',
  deadLetterQueueUrl: 'BELFRY_DEAD_LETTER_QUEUE_URL',
  alertTopicArn: 'BELFRY_ALERT_TOPIC_ARN',
} as const;

/** Of the alerts function, beside those that it has in common with jobs. */
export const ALERTS_ENVIRONMENT = { mailTopicArn: 'BELFRY_MAIL_TOPIC_ARN' } as const;

/**
 * The secrets of channels on this machine, which `.belfry.env` may set: alerts of the embedded cloud go to the channels
 * that have theirs.
 */
export const LOCAL_CHANNELS = {
  slack: { url: 'BELFRY_ALERTS_SLACK' },
  teams: { url: 'BELFRY_ALERTS_TEAMS' },
  webhook: { url: 'BELFRY_ALERTS_WEBHOOK', secret: 'BELFRY_ALERTS_WEBHOOK_SECRET' },
  pagerDuty: { routingKey: 'BELFRY_ALERTS_PAGERDUTY' },
} as const;

/** Variables by their names, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Whether AWS is an emulator here, such as the embedded cloud or LocalStack: its address is set, and on AWS it never is. */
export const isOnEmulator = (variables: Variables): boolean => variables['AWS_ENDPOINT_URL'] !== undefined;

/** What a handler knows of its surroundings. */
export type Environment = Readonly<Record<keyof typeof ENVIRONMENT, string>>;

/** Reads the variables. @throws Error that names the missing ones */
export function readEnvironment(variables: Variables): Environment {
  const missing = Object.values(ENVIRONMENT).filter((name) => !variables[name]);
  if (missing.length > 0) {
    throw new Error(`not set: ${missing.join(', ')}; the deployment sets them`);
  }
  const entries = Object.entries(ENVIRONMENT).map(([key, name]) => [key, variables[name]]);
  return Object.fromEntries(entries) as Environment;
}

/** On Node 20 the SDK warns at every start that its releases of 2027 need a later one; CONTRIBUTING says it once. */
export const WITHOUT_NODE_WARNING = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } as const;
