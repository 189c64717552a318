import type { Clock } from '../clock.ts';
import type { AlertMessage, Log } from '../job/context.ts';
import { SecretNotGrantedError } from '../job/errors.ts';
import type { Job } from '../job/job.ts';
import { type JobPolicy, policyOf } from '../job/policy.ts';
import { createRunLog } from '../observe/run-log.ts';
import type { RunPorts } from '../run/delivery.ts';
import { executeRun } from '../run/execute-run.ts';
import type { DeadLetter, RunRequest } from '../run/ports.ts';
import { errorLine, errorLines } from '../run/run-error.ts';
import { deployedTimeouts } from '../run/timeouts.ts';
import { createDirectOnce } from '../store/direct-once.ts';
import { MemoryLockStore } from '../store/memory/memory-lock-store.ts';
import { MemoryRunQueue } from '../store/memory/memory-run-queue.ts';
import { MemoryRunStore } from '../store/memory/memory-run-store.ts';
import { type EpochMs, epochMs, plus, toMilliseconds } from '../units.ts';
import { findLocalAsset } from './assets.ts';
import { GATES } from './gates.ts';
import { failEarlierAttempts, type JobRun, outcomeOf, readMetrics, requestFor } from './job-run.ts';
import { namePlaces } from './name-places.ts';

export interface RunJobOptions {
  /** When the run is due and starts. @default now, floored to the minute */
  readonly now?: Date;
  /** Which attempt to make; those before it count as failed. @default 1 */
  readonly attempt?: number;
  /** What `context.secret` gives, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/**
 * Runs one attempt of a job as a deployment would, over stores in memory: input validated, timeout
 * and retry policy applied, outcome recorded.
 *
 * @throws Error when the job's policy is refused, which synth would do
 * @example
 * const { outcome } = await runJob(nightlyReport, { region: 'eu' }, { now: new Date('2027-03-28T02:00:00Z') });
 * expect(outcome).toEqual({ kind: 'completed', result: { rows: 12 } });
 */
export async function runJob<Input>(job: Job<Input>, input: Input, options: RunJobOptions = {}): Promise<JobRun> {
  const { now = new Date(), attempt = 1, secrets = {} } = options;
  const policy = policyOf(job);
  if (attempt > policy.maxAttempts) throw new RangeError(`attempt ${attempt}: the job allows ${policy.maxAttempts}`);
  const request = requestFor(job, input, now);
  const test = testPorts(job, policy, { start: epochMs(now.getTime()), secrets });
  await failEarlierAttempts(attempt, request, { ...test.ports, runs: test.runs });

  await executeRun(deliveryOf(request, policy, test.ports.clock.now()), test.ports);

  const record = await test.ports.runs.get(request.run);
  if (record === undefined) throw new Error(`run ${request.run} left no record`);
  return { record, outcome: outcomeOf(record), ...test.told };
}

const deliveryOf = (request: RunRequest, policy: JobPolicy, now: EpochMs) => ({
  request,
  owner: 'owner',
  receiveCount: 1,
  deadline: plus(now, toMilliseconds(deployedTimeouts(policy).functionTimeout)),
  logStream: 'test',
  requestId: 'test',
});

function testPorts(
  job: Job,
  policy: JobPolicy,
  { start, secrets }: { start: EpochMs; secrets: Readonly<Record<string, string>> },
) {
  const told = {
    logs: [] as JobRun['logs'][number][],
    metrics: [] as JobRun['metrics'][number][],
    alerts: [] as AlertMessage[],
    deadLetters: [] as DeadLetter[],
  };
  const runs = new MemoryRunStore();
  const log = collectingLog(told.logs);
  const ports: RunPorts = {
    job,
    policy,
    clock: clockFrom(start),
    random: Math.random,
    once: createDirectOnce(runs),
    runs,
    gate: GATES[policy.overlap]({ locks: new MemoryLockStore(), runs, queue: new MemoryRunQueue() }),
    reporter: {
      sendDeadLetter: async (deadLetter) => void told.deadLetters.push(deadLetter),
      alert: async (message) => void told.alerts.push(message),
    },
    observe: createRunLog({ log, deployment: 'test', writeMetrics: (line) => told.metrics.push(...readMetrics(line)) }),
    namePlaces,
    describeFailure: (run, error) => ({
      subject: `${run.job} failed: ${errorLine(error)}`,
      body: [...errorLines(error), run.id].join('\n'),
    }),
    surroundings: () => ({
      log,
      secret: async (name) => secrets[name] ?? refuseSecret(name),
      asset: (path) => findLocalAsset(job, path),
    }),
  };
  return { ports, told, runs };
}

/** Time goes on from the test's instant as it does outside, so that timeouts are real. */
function clockFrom(start: EpochMs): Clock {
  const opened = performance.now();
  return {
    now: () => epochMs(start + Math.floor(performance.now() - opened)),
    after(delay, callback) {
      const timer = setTimeout(callback, delay);
      return { cancel: () => clearTimeout(timer) };
    },
  };
}

function collectingLog(logs: JobRun['logs'][number][]): Log {
  const at =
    (level: keyof Log) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      logs.push({ level, message, fields });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function refuseSecret(name: string): never {
  throw new SecretNotGrantedError(
    `the secret "${name}" was not given to runJob; give it: { secrets: { ${name}: '…' } }`,
  );
}
