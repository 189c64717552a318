import type { Clock } from '../clock.ts';
import { unreachable } from '../errors.ts';
import type { AlertMessage, Log } from '../job/context.ts';
import { SecretNotGrantedError } from '../job/errors.ts';
import type { Job } from '../job/job.ts';
import { type JobPolicy, policyOf } from '../job/policy.ts';
import { METRICS, type Metric } from '../observe/metrics.ts';
import { createRunLog } from '../observe/run-log.ts';
import type { RunPorts } from '../run/delivery.ts';
import { executeRun } from '../run/execute-run.ts';
import type { DeadLetter, RunRequest } from '../run/ports.ts';
import type { RunError, RunRecord } from '../run/record.ts';
import { scheduledRunId } from '../run/run-id.ts';
import { deployedTimeouts } from '../run/timeouts.ts';
import { createDirectOnce } from '../store/direct-once.ts';
import { MemoryLockStore } from '../store/memory/memory-lock-store.ts';
import { MemoryRunStore } from '../store/memory/memory-run-store.ts';
import { type EpochMs, epochMs, MINUTE, plus, toMilliseconds } from '../units.ts';
import { GATES } from './gates.ts';

export interface RunJobOptions {
  /** When the run is due and starts. @default now, floored to the minute */
  readonly now?: Date;
  /** Which attempt to make; those before it count as failed. @default 1 */
  readonly attempt?: number;
  /** What `context.secret` gives, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** What one attempt of a run came to. */
export interface JobRun {
  /** As the table would have it. */
  readonly record: RunRecord;
  readonly outcome:
    | { readonly kind: 'completed'; readonly result: unknown }
    | { readonly kind: 'retrying'; readonly error: RunError; readonly nextAttemptAt: Date }
    | { readonly kind: 'failed'; readonly error: RunError };
  /** Every line that Belfry and the job logged. */
  readonly logs: readonly {
    readonly level: keyof Log;
    readonly message: string;
    readonly fields: Record<string, unknown>;
  }[];
  /** Every metric that was written, by its CloudWatch name. */
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
  /** What was sent to the alert topic, by the job or about it. */
  readonly alerts: readonly AlertMessage[];
  /** What was sent to the dead-letter queue. */
  readonly letters: readonly DeadLetter[];
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
  const start = epochMs(Math.floor(now.getTime() / MINUTE) * MINUTE);
  const request = requestFor(job, input, start);
  const test = testPorts(job, policy, { start: epochMs(now.getTime()), secrets });
  await failEarlierAttempts(attempt, request, test);

  await executeRun(deliveryOf(request, policy, test.ports.clock.now()), test.ports);

  const record = await test.ports.runs.get(request.run);
  if (record === undefined) throw new Error(`run ${request.run} left no record`);
  return { record, outcome: outcomeOf(record), ...test.told };
}

function requestFor(job: Job, input: unknown, scheduledTime: EpochMs): RunRequest {
  const run = scheduledRunId(job.name, 'test', scheduledTime);
  return { v: 1, run, job: job.name, schedule: 'test', scheduledTime, trigger: 'schedule', input };
}

const deliveryOf = (request: RunRequest, policy: JobPolicy, now: EpochMs) => ({
  request,
  messageId: 'message',
  owner: 'owner',
  receiveCount: 1,
  isRedrive: false,
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
    letters: [] as DeadLetter[],
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
    gate: GATES[policy.overlap]({ locks: new MemoryLockStore(), runs }),
    reporter: {
      sendDeadLetter: async (letter) => void told.letters.push(letter),
      alert: async (message) => void told.alerts.push(message),
    },
    observe: createRunLog({ log, deployment: 'test', writeMetrics: (line) => told.metrics.push(...readMetrics(line)) }),
    describeFailure: (run, error) => ({ subject: `${run.job} failed: ${error.name}: ${error.message}`, body: run.id }),
    surroundings: () => ({ log, secret: async (name) => secrets[name] ?? refuseSecret(name) }),
  };
  return { ports, told, runs };
}

async function failEarlierAttempts(
  attempt: number,
  request: RunRequest,
  { ports, runs }: ReturnType<typeof testPorts>,
): Promise<void> {
  const { policy, clock } = ports;
  for (let n = 1; n < attempt; n++) {
    const at = clock.now();
    const claim = await runs.claim({
      request,
      owner: `earlier-${n}`,
      messageId: 'message',
      now: at,
      leaseUntil: at,
      maxAttempts: policy.maxAttempts,
      isRedrive: false,
      isTracked: false,
      logStream: 'test',
      requestId: 'test',
    });
    if (claim.kind !== 'claimed') throw new Error(`attempt ${n} could not be claimed: ${claim.kind}`);
    const error = { name: 'Error', message: `attempt ${n} of this test` };
    await runs.settle(claim, { status: 'retrying', at, outcome: 'failed', error, nextAttemptAt: at });
  }
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

function readMetrics(line: string): readonly JobRun['metrics'][number][] {
  const values = JSON.parse(line) as Record<string, unknown>;
  return (Object.keys(METRICS) as Metric[]).flatMap((metric) => {
    const { name } = METRICS[metric];
    const value = values[name];
    return typeof value === 'number' ? [{ name, value }] : [];
  });
}

function refuseSecret(name: string): never {
  throw new SecretNotGrantedError(
    `the secret "${name}" was not given to runJob; give it: { secrets: { ${name}: '…' } }`,
  );
}

function outcomeOf({ id, status, result, error, nextAttemptAt }: RunRecord): JobRun['outcome'] {
  const known = error ?? { name: 'Error', message: 'unknown' };
  switch (status) {
    case 'completed':
      return { kind: 'completed', result };
    case 'retrying':
      return { kind: 'retrying', error: known, nextAttemptAt: new Date(nextAttemptAt ?? 0) };
    case 'failed':
      return { kind: 'failed', error: known };
    case 'pending':
    case 'running':
    case 'cancelled':
    case 'skipped':
    case 'missed':
      throw new Error(`run ${id} is ${status} after its attempt`);
    default:
      return unreachable(status);
  }
}
