import type { StandardSchemaV1 } from '@standard-schema/spec';
import { isObject } from '../is-object.ts';
import type { JobContext } from './context.ts';
import type { Duration } from './duration.ts';
import type { TimeoutChoice } from './on-timeout.ts';
import type { OverlapPolicy } from './overlap.ts';
import type { JobWarningName } from './warnings.ts';

/** Any validator that speaks Standard Schema (zod, valibot, arktype, …) and answers synchronously. */
export type InputSchema = StandardSchemaV1;

/** What a job's `run` receives: the validated value, `undefined` for a job without `input`. */
export type ValidatedInput<Schema> = Schema extends InputSchema ? StandardSchemaV1.InferOutput<Schema> : undefined;

/** What a schedule or an enqueuer must give: the value before validation. */
export type GivenInput<Schema> = Schema extends InputSchema ? StandardSchemaV1.InferInput<Schema> : undefined;

/** How long to wait before an attempt after a failed one. */
export interface Backoff {
  /** Before the second attempt; at most 6 hours. @default DEFAULTS.backoff.initial */
  readonly initial?: Duration;
  /** By how much each wait is longer than the one before, 1 to 10. @default DEFAULTS.backoff.factor */
  readonly factor?: number;
  /** No wait is longer; at most 6 hours. @default DEFAULTS.backoff.max */
  readonly max?: Duration;
}

export interface Retry {
  /** Attempts in all, the first included; 1 to 10. @default DEFAULTS.maxAttempts */
  readonly maxAttempts?: number;
  /**
   * The bounds of the wait: the actual one is drawn evenly between nothing and the bound ("full
   * jitter"), so that runs that failed together do not come back together. A plain duration is a
   * fixed delay, without jitter.
   */
  readonly backoff?: Duration | Backoff;
  /**
   * Whether an error is worth another attempt. Asked for every error but `NonRetryableError`,
   * `RetryAfterError` and invalid input, which have decided already. If it throws, the answer is yes.
   */
  readonly isRetryable?: (error: unknown) => boolean;
}

/** What is done about runs that take far longer than others of their job. */
export interface SlowReports {
  /** The reason why they are not reported, for the next reader of the job. Refused at synth when it is empty. */
  readonly silenced: string;
}

/** Code and policy of a job. Every default and bound stands in `policy.ts`, once. */
export interface JobDefinition<Schema extends InputSchema | undefined, Result> {
  /** Validates the input, at synth and again before every run. Without it the job takes no input. */
  readonly input?: Schema;
  /**
   * How long one attempt may take, 1 second to 14 minutes. At that moment `signal` aborts; an attempt
   * that has not settled 10 seconds later is recorded as `timed-out` and its process ended.
   *
   * @default DEFAULTS.timeout
   */
  readonly timeout?: Duration;
  readonly retry?: Retry;
  /**
   * What follows an attempt that timed out, and one that was lost because its process ended without a word: nobody can tell the
   * two apart afterwards, nor how far the work came. `retry`: another attempt, as after any failure. `fail`: the run has failed,
   * with a dead letter and an alert, whatever attempts are left; for work that must not be begun again unseen.
   *
   * @default DEFAULTS.onTimeout
   */
  readonly onTimeout?: TimeoutChoice;
  /** @default DEFAULTS.overlap */
  readonly overlap?: OverlapPolicy;
  /** Memory of the Lambda function, `'128 MB'` to `'10240 MB'`. @default DEFAULTS.memory */
  readonly memory?: `${number} MB`;
  /** How many runs may be in hand at once, 2 to 1000; one at a time is what `overlap: 'skip'` is for. @default DEFAULTS.concurrency */
  readonly concurrency?: number;
  /**
   * How late the first attempt of a scheduled run may start, `'1 minute'` to `'24 hours'`, for schedules that say nothing themselves.
   *
   * @default each schedule's own, see `ScheduleOptions`
   */
  readonly maxLateness?: Duration;
  /** How long records of ended runs are kept, 30 to 400 days. @default DEFAULTS.retention */
  readonly retention?: Duration;
  /**
   * Files and folders that are deployed beside the job's code, by their paths from the project's folder: `'templates/mail.html'`.
   * `context.asset(path)` says where they are.
   *
   * @default none
   */
  readonly assets?: readonly string[];
  /**
   * Packages that are left out of the bundle, since a layer brings them: `['sharp']`. Refused at synth for a job to which
   * `infra/access.ts` gives no layer.
   *
   * @default none
   */
  readonly external?: readonly string[];
  /**
   * A run that takes more than three times as long as 95 of 100 of the job's last 50 completions, and at least a minute more,
   * is reported. With `silenced` it is not, for a job whose runs may differ that much: `{ silenced: 'the last of a month takes hours' }`.
   *
   * @default such runs are reported
   */
  readonly slow?: SlowReports;
  /** Warnings of the synthesis about the job's code that are all right here, by name, each with the reason. */
  readonly acknowledge?: Readonly<Partial<Record<JobWarningName, string>>>;
  /** The work. What it returns is kept as JSON with the run, capped; what it throws is a failed attempt. */
  run(input: ValidatedInput<Schema>, context: JobContext): Promise<Result> | Result;
}

declare const given: unique symbol;

/**
 * A job as schedules, the deployment, tests and the command know it. `Input` is what a schedule must
 * give; it exists for the compiler only.
 */
export interface Job<Input = unknown> {
  readonly name: string;
  readonly definition: ErasedDefinition;
  readonly [given]?: Input;
}

/** A definition whose types have done their work: the input was checked against the schema instead. */
export interface ErasedDefinition extends Omit<JobDefinition<InputSchema | undefined, unknown>, 'run'> {
  run(input: unknown, context: JobContext): unknown;
}

/**
 * Declares a job: the one thing a file in `functions/` exports by default.
 *
 * Checks nothing and has no effects, so that a job can be imported anywhere; the definition is
 * checked at synth, where an error names the file.
 *
 * @param name the name of its file, without the ending: `functions/nightly-report.ts` is `nightly-report`
 * @example
 * export default defineJob('nightly-report', {
 *   input: z.object({ region: z.enum(['eu', 'us']) }),
 *   timeout: '5 minutes',
 *   async run({ region }, { run, log, signal }) { … },
 * });
 */
export function defineJob<Schema extends InputSchema | undefined = undefined, Result = unknown>(
  name: string,
  definition: JobDefinition<Schema, Result>,
): Job<GivenInput<Schema>> {
  return Object.freeze({ name, definition: definition as unknown as ErasedDefinition });
}

/** Whether a value is something that `defineJob` returned. */
export function isJob(value: unknown): value is Job {
  if (!isObject(value)) return false;
  const { name, definition } = value as Partial<Job>;
  return typeof name === 'string' && typeof definition === 'object' && typeof definition?.run === 'function';
}
