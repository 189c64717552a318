import type { Clock } from '../clock.ts';
import type { JobContext } from '../job/context.ts';
import { NonRetryableError } from '../job/errors.ts';
import type { Job } from '../job/job.ts';
import { validateInput } from '../job/validate-input.ts';
import { type EpochMs, type Milliseconds, milliseconds } from '../units.ts';
import { isA, TimeoutError } from './errors.ts';
import { toStoredResult } from './result.ts';
import type { DeliveryTimeouts } from './timeouts.ts';

/** How an attempt ended. */
export type AttemptResult =
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** It failed after its signal, or (`settled: false`) still runs and can only be stopped with its process. */
  | { readonly kind: 'timed-out'; readonly error: TimeoutError; readonly settled: boolean };

export interface AttemptRequest {
  readonly job: Job;
  readonly input: unknown;
  /** The context, but for the signal, which belongs to the attempt. */
  readonly context: Omit<JobContext, 'signal'>;
  readonly timeout: Milliseconds;
  readonly times: DeliveryTimeouts;
}

/**
 * Runs the job once: validates its input, calls `run`, aborts its signal at the timeout and gives it
 * up when it has not settled after the grace. Never throws.
 *
 * A job that returns in spite of its signal has completed: its work is done, and a retry would do it twice.
 */
export async function runAttempt(
  { job, input, context, timeout, times }: AttemptRequest,
  clock: Clock,
): Promise<AttemptResult> {
  const controller = new AbortController();
  const timedOut = new TimeoutError(`the attempt took longer than its timeout of ${timeout / 1000} s`);
  const abort = clock.after(until(times.abortAt, clock), () => controller.abort(timedOut));

  let giveUp = { cancel() {} };
  const givenUp = new Promise<AttemptResult>((resolve) => {
    giveUp = clock.after(until(times.giveUpAt, clock), () =>
      resolve({ kind: 'timed-out', error: timedOut, settled: false }),
    );
  });
  const settled = callJob(job, input, { ...context, signal: controller.signal }).catch(
    (error: unknown): AttemptResult =>
      // A job that says at its signal that another attempt is of no use knows better than its clock.
      controller.signal.aborted && !isA(error, NonRetryableError)
        ? { kind: 'timed-out', error: timedOut, settled: true }
        : { kind: 'failed', error },
  );

  const result = await Promise.race([settled, givenUp]);
  abort.cancel();
  giveUp.cancel();
  return result;
}

async function callJob(job: Job, input: unknown, context: JobContext): Promise<AttemptResult> {
  const result = await job.definition.run(validateInput(job, input), context);
  return { kind: 'completed', result: toStoredResult(result) };
}

const until = (instant: EpochMs, clock: Clock): Milliseconds => milliseconds(Math.max(0, instant - clock.now()));
