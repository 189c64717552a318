import { isObject } from '../is-object.ts';
import { isJob, type Job } from '../job/job.ts';
import {
  ALERTS_FUNCTION,
  type Deployment,
  FUNCTION_NAME_LIMIT,
  JOB_NAME,
  type JobNames,
  jobNames,
  RESERVED_JOBS,
  sharedAlarmOf,
  stageNames,
  stagePrefix,
  WATCHDOG,
} from '../job/names.ts';
import { type JobPolicy, resolvePolicy } from '../job/policy.ts';
import { JOB_WARNING_NAMES } from '../job/warnings.ts';
import { type DeployedTimeouts, deployedTimeouts } from '../run/timeouts.ts';
import { checkAcknowledged } from './check-acknowledged.ts';
import { checkFields } from './check-fields.ts';
import { type Packaging, readPackaging } from './check-packaging.ts';
import { pointAt, pointAtUnexpected } from './check-report.ts';
import { checkSlow } from './check-slow.ts';
import { projectDirectoryOf } from './load-jobs.ts';

/** A file in `functions/` that should hold a job, as the loader found it. */
export interface JobFile {
  /** As messages name it: `functions/nightly-report.ts`. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  /** The folder under `functions/` it is in; empty for none. */
  readonly group: string;
  /** Its default export; `undefined` when it has none. */
  readonly exported: unknown;
}

/** What of a job makes its resources. */
export interface DeployableJob {
  readonly name: string;
  readonly policy: JobPolicy;
  readonly timeouts: DeployedTimeouts;
  readonly names: JobNames;
}

/** A job that may be deployed. */
export interface CheckedJob extends DeployableJob, Packaging {
  readonly group: string;
  readonly file: string;
  readonly path: string;
  readonly job: Job;
}

export interface CheckedJobs {
  /** By file, the order in which they were found. */
  readonly jobs: readonly CheckedJob[];
  readonly problems: readonly string[];
}

/** Checks every job and reports all problems at once; a job with a problem is not among `jobs`. */
export function checkJobs(files: readonly JobFile[], deployment: Deployment): CheckedJobs {
  const results = files.map((file) => checkFile(file, deployment));
  const jobs = results.flatMap((result) => (result.job === undefined ? [] : [result.job]));
  return {
    jobs,
    problems: [
      ...results.flatMap((result) => result.problems),
      ...checkTwins(files),
      ...checkQueueNames(jobs, deployment),
      ...checkAlarmNames(jobs, deployment),
    ],
  };
}

function checkFile(found: JobFile, deployment: Deployment): { job?: CheckedJob; problems: readonly string[] } {
  const { file, path, group, exported } = found;
  if (!isJob(exported)) return { problems: [describeMissingJob(found)] };

  const { name } = exported;
  const problems = checkName(found, name, deployment);
  const { assets, external, problems: packaging } = readPackaging(exported, projectDirectoryOf([found]));
  const unknown = [...checkDefinition(exported), ...packaging].map((problem) => `${file}: job "${name}": ${problem}`);
  const result = resolvePolicy(exported);
  if (!result.ok) {
    const wrong = result.problems.map(({ field, message }) => `${file}: job "${name}": ${field} ${message}`);
    return { problems: [...problems, ...unknown, ...wrong] };
  }
  if (problems.length > 0 || unknown.length > 0) return { problems: [...problems, ...unknown] };

  const { policy } = result;
  const names = jobNames(deployment, name);
  return {
    job: {
      name,
      group,
      file,
      path,
      job: exported,
      policy,
      timeouts: deployedTimeouts(policy),
      names,
      assets,
      external,
    },
    problems,
  };
}

const FIELDS = [
  ...['input', 'timeout', 'retry', 'onTimeout', 'overlap', 'memory', 'concurrency', 'maxLateness', 'retention'],
  ...['assets', 'external', 'slow', 'acknowledge', 'run'],
];
const RETRY_FIELDS = ['maxAttempts', 'backoff', 'isRetryable'];
const BACKOFF_FIELDS = ['initial', 'factor', 'max'];

function checkDefinition({ definition }: Job): readonly string[] {
  const { retry } = definition;
  return [
    ...checkFields(definition, FIELDS),
    ...checkSlow(definition.slow),
    ...checkAcknowledged(definition.acknowledge, JOB_WARNING_NAMES, 'the job'),
    ...(isObject(retry) ? checkFields(retry, RETRY_FIELDS, 'retry.') : []),
    ...(isObject(retry?.backoff) ? checkFields(retry.backoff, BACKOFF_FIELDS, 'retry.backoff.') : []),
  ];
}

function describeMissingJob({ file, exported }: JobFile): string {
  const { name, definition } = (exported ?? {}) as { readonly name?: unknown; readonly definition?: unknown };
  if (typeof name === 'string' && typeof definition === 'object') {
    return `${file}: job "${name}": it has no run; write async run(input, context) { … }`;
  }
  const what = exported === undefined ? 'has no default export' : 'exports something else than a job by default';
  return `${file}: ${what}; write export default defineJob('${stemOf(file)}', { … }), or begin the file's name with _ if it is not a job`;
}

function checkName({ file }: JobFile, name: string, deployment: Deployment): readonly string[] {
  const stem = stemOf(file);
  if (name !== stem) {
    return [
      `${file}: job "${name}": its name is not its file's; write defineJob('${stem}', …), or rename the file to ${name}.ts`,
    ];
  }
  if (RESERVED_JOBS.includes(name))
    return [`${file}: job "${name}": the name is Belfry's own; rename the file and the job`];
  // CDK keeps constructs by name in a plain object.
  if (name in {})
    return [`${file}: job "${name}": every object has a member of that name; rename the file and the job`];
  if (!JOB_NAME.test(name)) return [describeIllegalName(file, name)];

  const physical = jobNames(deployment, name).function;
  const surplus = physical.length - FUNCTION_NAME_LIMIT;
  if (surplus <= 0) return [];
  const problem = `Lambda takes names of ${FUNCTION_NAME_LIMIT} characters, and this has ${physical.length}; make the job's name, the app's or the stage's ${surplus} shorter`;
  return [
    pointAt({
      prefix: `${file}: job "${name}": `,
      label: 'function',
      text: physical,
      offset: FUNCTION_NAME_LIMIT,
      problem,
    }),
  ];
}

function describeIllegalName(file: string, name: string): string {
  const problem =
    'allowed are lower-case letters, digits and -, first a letter, at most 40 characters; rename the file and the job';
  return pointAtUnexpected({
    prefix: `${file}: `,
    label: 'job',
    text: name,
    first: /[a-z]/,
    rest: /[a-z0-9-]/,
    longest: 40,
    problem,
  });
}

/** A name is looked up alone, so it may stand once in all of `functions/`, folders included. */
function checkTwins(files: readonly JobFile[]): readonly string[] {
  const byName = new Map<string, string[]>();
  for (const { file, exported } of files) {
    if (isJob(exported)) byName.set(exported.name, [...(byName.get(exported.name) ?? []), file]);
  }
  return [...byName]
    .filter(([, twins]) => twins.length > 1)
    .map(
      ([name, twins]) =>
        `${twins.join(' and ')}: both define the job "${name}"; a name may be used once in functions/, folders included`,
    );
}

/** A job's queues are named after it, so its name can be that of another queue. */
function checkQueueNames(jobs: readonly CheckedJob[], deployment: Deployment): readonly string[] {
  const { deliveryQueue } = stageNames(deployment);
  const owners = new Map([
    [deliveryQueue, 'what EventBridge could not deliver'],
    [jobNames(deployment, WATCHDOG).deadLetterQueue, 'the dead letters of the watchdog'],
    [jobNames(deployment, ALERTS_FUNCTION).deadLetterQueue, 'alerts that could not be sent'],
  ]);
  for (const { name, names } of jobs) owners.set(names.deadLetterQueue, `the dead letters of job "${name}"`);
  return jobs.flatMap(({ file, name, names }) => {
    const owner = owners.get(names.queue);
    if (owner === undefined) return [];
    return [
      `${file}: job "${name}": its queue would be ${names.queue}, which is the queue for ${owner}; rename the job`,
    ];
  });
}

/** Each job has alarms that are named after it, and the deployment has others. */
const checkAlarmNames = (jobs: readonly CheckedJob[], deployment: Deployment): readonly string[] =>
  jobs.flatMap(({ file, name }) => {
    const alarm = sharedAlarmOf(name);
    if (alarm === undefined) return [];
    return [
      `${file}: job "${name}": its alarm would be ${stagePrefix(deployment)}-${alarm}, which is that of all jobs; rename the file and the job`,
    ];
  });

const stemOf = (file: string): string => file.replace(/^.*\//, '').replace(/\.ts$/, '');
