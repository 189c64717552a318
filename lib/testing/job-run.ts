import { unreachable } from '../errors.ts';
import type { AlertMessage, Log } from '../job/context.ts';
import type { Job } from '../job/job.ts';
import { METRICS, type Metric } from '../observe/metrics.ts';
import type { RunPorts } from '../run/delivery.ts';
import type { DeadLetter, RunRequest } from '../run/ports.ts';
import type { RunError, RunRecord } from '../run/record.ts';
import { scheduledRunId } from '../run/run-id.ts';
import { epochMs, MINUTE } from '../units.ts';

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
  readonly deadLetters: readonly DeadLetter[];
}

/** The run of a test: due at an instant, floored to the minute. */
export function requestFor(job: Job, input: unknown, due: Date): RunRequest {
  const scheduledTime = epochMs(Math.floor(due.getTime() / MINUTE) * MINUTE);
  const run = scheduledRunId(job.name, 'test', scheduledTime);
  return { v: 1, run, job: job.name, schedule: 'test', scheduledTime, trigger: 'schedule', input };
}

/** Records attempts that have failed before the one that a test is about. */
export async function failEarlierAttempts(
  attempt: number,
  request: RunRequest,
  { policy, clock, runs }: Pick<RunPorts, 'policy' | 'clock' | 'runs'>,
): Promise<void> {
  for (let n = 1; n < attempt; n++) {
    const at = clock.now();
    const claim = await runs.claim({
      request,
      owner: `earlier-${n}`,
      now: at,
      leaseUntil: at,
      maxAttempts: policy.maxAttempts,
      retriesLost: true,
      isTracked: false,
      logStream: 'test',
      requestId: 'test',
    });
    if (claim.kind !== 'claimed') throw new Error(`attempt ${n} could not be claimed: ${claim.kind}`);
    const error = { name: 'Error', message: `attempt ${n} of this test` };
    await runs.settle(claim, { status: 'retrying', at, outcome: 'failed', error, nextAttemptAt: at });
  }
}

/** What a line in CloudWatch's embedded metric format measures. */
export function readMetrics(line: string): readonly JobRun['metrics'][number][] {
  const values = JSON.parse(line) as Record<string, unknown>;
  return (Object.keys(METRICS) as Metric[]).flatMap((metric) => {
    const { name } = METRICS[metric];
    const value = values[name];
    return typeof value === 'number' ? [{ name, value }] : [];
  });
}

/** How a run stands after its attempt. */
export function outcomeOf({ id, status, result, error, nextAttemptAt }: RunRecord): JobRun['outcome'] {
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
