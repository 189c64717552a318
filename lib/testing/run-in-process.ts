import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CheckedJob, checkJobs } from '../app/check-jobs.ts';
import { InvalidAppError } from '../app/check-report.ts';
import { findJobFile, projectDirectoryOf } from '../app/load-jobs.ts';
import { assetFolder } from '../cdk/bundle/assets.ts';
import { bundle } from '../cdk/bundle/bundle.ts';
import { systemClock } from '../clock.ts';
import { SECRET_PREFIX } from '../environment.ts';
import type { Job } from '../job/job.ts';
import { DEAD_LETTER_ATTRIBUTES } from '../lambda/reporter.ts';
import type { ReceivedMessage } from '../local/backends.ts';
import { Closers } from '../local/closers.ts';
import type { InvocationResult } from '../local/lambda/workers/index.ts';
import { openSmallCloud } from '../local/small-cloud.ts';
import type { DeadLetter } from '../run/ports.ts';
import { failEarlierAttempts, type JobRun, outcomeOf, readMetrics, requestFor } from './job-run.ts';
import { isMetrics, readLog } from './log-lines.ts';
import type { RunBundledOptions } from './run-bundled.ts';

const DEPLOYMENT = { app: 'belfry', stage: 'test' };

/** What `runBundled` does, with all that it loads. */
export async function runInProcess(job: Job, input: unknown, options: RunBundledOptions): Promise<JobRun> {
  const { now = new Date(), attempt = 1, secrets = {}, environment = {} } = options;
  const { checked, projectDirectory } = checkJob(job);
  if (attempt > checked.policy.maxAttempts) {
    throw new RangeError(`attempt ${attempt}: the job allows ${checked.policy.maxAttempts}`);
  }
  const closers = new Closers();
  try {
    const directory = placeBundle(checked, projectDirectory, closers);
    const variables = { ...environment, ...grantsOf(secrets) };
    const cloud = await openSmallCloud(
      { deployment: DEPLOYMENT, job: checked, directory, environment: variables },
      closers,
    );
    const request = requestFor(job, input, now);
    await failEarlierAttempts(attempt, request, { policy: checked.policy, clock: systemClock, runs: cloud.runs });
    const result = await cloud.deliver(request);
    if (result.kind !== 'succeeded') throw new Error(describeEnd(job.name, result, cloud.lines));
    const record = await cloud.runs.get(request.run);
    if (record === undefined) throw new Error(`run ${request.run} left no record`);
    return {
      record,
      outcome: outcomeOf(record),
      logs: cloud.lines.flatMap((line) => readLog(line)),
      metrics: cloud.lines.flatMap((line) => (isMetrics(line) ? readMetrics(line) : [])),
      alerts: cloud.alerts,
      deadLetters: (await cloud.deadLetters()).map(readDeadLetter),
    };
  } finally {
    await closers.run();
  }
}

function checkJob(job: Job): { checked: CheckedJob; projectDirectory: string } {
  const found = findJobFile(job.name, process.cwd());
  if (found === undefined) {
    throw new Error(
      `there is no file functions/${job.name}.ts at or above ${process.cwd()}; runBundled bundles a job from its file`,
    );
  }
  const { jobs, problems } = checkJobs([{ ...found, exported: job }], DEPLOYMENT);
  const [checked] = jobs;
  if (checked === undefined) throw new InvalidAppError(problems);
  return { checked, projectDirectory: projectDirectoryOf([found]) };
}

/** Builds it away from the project, whose packages a function does not find either. @returns the folder of its code */
function placeBundle(job: CheckedJob, projectDirectory: string, closers: Closers): string {
  const assetDirectory = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-bundled-')));
  closers.add(() => rmSync(assetDirectory, { recursive: true, force: true }));
  const { hashes } = bundle({ jobs: [job], schedules: [] }, { projectDirectory, assetDirectory });
  for (const name of job.external) {
    const place = join(assetDirectory, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(projectDirectory, 'node_modules', name), place);
  }
  return assetFolder(assetDirectory, hashes.get(job.name) ?? '');
}

/** Each secret granted, and its value set: a variable with a secret's own name wins over the secret. */
const grantsOf = (secrets: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(Object.keys(secrets).map((name) => [`${SECRET_PREFIX}${name}`, 'arn:aws:secretsmanager:test'])),
  ...secrets,
});

function describeEnd(
  job: string,
  result: Exclude<InvocationResult, { kind: 'succeeded' }>,
  lines: readonly string[],
): string {
  const why =
    result.kind === 'throttled'
      ? [result.reason]
      : [`${result.error.type}: ${result.error.message}`, ...result.error.trace];
  return [`the function of job "${job}" ended without an outcome: ${why.join('\n')}`, ...lines].join('\n');
}

function readDeadLetter({ body, attributes }: ReceivedMessage): DeadLetter {
  const text = (name: keyof typeof DEAD_LETTER_ATTRIBUTES): string =>
    attributes[DEAD_LETTER_ATTRIBUTES[name]]?.StringValue ?? '';
  const [name = '', ...message] = text('error').split(': ');
  const run = text('run');
  const error = { name, message: message.join(': ') };
  return { body, ...(run === '' ? {} : { run }), attempts: Number(text('attempts')), error };
}
