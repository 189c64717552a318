import { type Milliseconds, milliseconds } from '../units.ts';
import { type Duration, durationFormat, readDuration } from './duration.ts';
import type { Job } from './job.ts';
import { TIMEOUT_CHOICES, type TimeoutChoice } from './on-timeout.ts';
import { OVERLAP_POLICIES, type OverlapPolicy } from './overlap.ts';
import { SCHEDULE_BOUNDS } from './schedule-policy.ts';

/** The policy of a job that says nothing. Written here and nowhere else; the docs are held to it by a test. */
export const DEFAULTS = {
  timeout: '1 minute',
  maxAttempts: 3,
  backoff: { initial: '30 seconds', factor: 2, max: '15 minutes' },
  onTimeout: 'retry',
  overlap: 'skip',
  memory: '512 MB',
  concurrency: 10,
  retention: '90 days',
} as const;

interface Range<Value> {
  readonly min: Value;
  readonly max: Value;
}

/** What is allowed. The reason for each upper bound that is not a matter of taste stands in `ADVICE`. */
export const BOUNDS = {
  timeout: { min: '1 second', max: '14 minutes' },
  maxAttempts: { min: 1, max: 10 },
  backoff: { min: '0 seconds', max: '6 hours' },
  factor: { min: 1, max: 10 },
  memory: { min: 128, max: 10_240 },
  concurrency: { min: 2, max: 1000 },
  retention: { min: '30 days', max: '400 days' },
} as const satisfies Record<string, Range<Duration> | Range<number>>;

const ADVICE = {
  timeout:
    'A Lambda function ends after 15 minutes: cut the work into several runs, or use Step Functions or Fargate for it',
  concurrency: "AWS takes nothing below 2 here: for one run at a time keep overlap: 'skip'",
} as const;

/** The bound of the wait after attempt n is `initial × factor^(n − 1)`, at most `max`. */
export interface BackoffPolicy {
  readonly initial: Milliseconds;
  readonly factor: number;
  readonly max: Milliseconds;
  /** `full`: the wait is drawn between nothing and the bound. `none`: it is the bound. */
  readonly jitter: 'full' | 'none';
}

/** A job's policy with every default filled in. JSON, so that it can stand in the manifest. */
export interface JobPolicy {
  readonly timeout: Milliseconds;
  readonly maxAttempts: number;
  readonly backoff: BackoffPolicy;
  readonly onTimeout: TimeoutChoice;
  readonly overlap: OverlapPolicy;
  /** In megabytes. */
  readonly memory: number;
  readonly concurrency: number;
  /** How late first attempts may start, for schedules that say nothing themselves. */
  readonly maxLateness?: Milliseconds;
  readonly retention: Milliseconds;
}

/** One thing wrong with a definition: which field, and a sentence with the value and what is allowed. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}

export type PolicyResult =
  | { readonly ok: true; readonly policy: JobPolicy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Fills in the defaults and checks every bound; reports all problems at once. */
export function resolvePolicy({ definition }: Job): PolicyResult {
  const read = new PolicyReader();
  const policy: JobPolicy = {
    timeout: read.duration('timeout', definition.timeout ?? DEFAULTS.timeout, BOUNDS.timeout, ADVICE.timeout),
    maxAttempts: read.integer(
      'retry.maxAttempts',
      definition.retry?.maxAttempts ?? DEFAULTS.maxAttempts,
      BOUNDS.maxAttempts,
    ),
    backoff: readBackoff(read, definition.retry?.backoff ?? {}),
    onTimeout: read.choice('onTimeout', definition.onTimeout ?? DEFAULTS.onTimeout, TIMEOUT_CHOICES),
    overlap: read.choice('overlap', definition.overlap ?? DEFAULTS.overlap, OVERLAP_POLICIES),
    memory: read.memory('memory', definition.memory ?? DEFAULTS.memory, BOUNDS.memory),
    concurrency: read.integer(
      'concurrency',
      definition.concurrency ?? DEFAULTS.concurrency,
      BOUNDS.concurrency,
      ADVICE.concurrency,
    ),
    ...(definition.maxLateness === undefined
      ? {}
      : { maxLateness: read.duration('maxLateness', definition.maxLateness, SCHEDULE_BOUNDS.maxLateness) }),
    retention: read.duration('retention', definition.retention ?? DEFAULTS.retention, BOUNDS.retention),
  };
  return read.problems.length === 0 ? { ok: true, policy } : { ok: false, problems: read.problems };
}

/** The policy of a job that has not been checked. @throws Error with all that is wrong with it, which synth would refuse */
export function policyOf(job: Job): JobPolicy {
  const resolved = resolvePolicy(job);
  if (resolved.ok) return resolved.policy;
  throw new Error(resolved.problems.map(({ field, message }) => `job "${job.name}": ${field}: ${message}`).join('\n'));
}

function readBackoff(
  read: PolicyReader,
  backoff: NonNullable<NonNullable<Job['definition']['retry']>['backoff']>,
): BackoffPolicy {
  if (typeof backoff === 'string') {
    const fixed = read.duration('retry.backoff', backoff, BOUNDS.backoff);
    return { initial: fixed, factor: 1, max: fixed, jitter: 'none' };
  }
  const { initial, factor, max } = { ...DEFAULTS.backoff, ...backoff };
  return {
    initial: read.duration('retry.backoff.initial', initial, BOUNDS.backoff),
    factor: read.number('retry.backoff.factor', factor, BOUNDS.factor),
    max: read.duration('retry.backoff.max', max, BOUNDS.backoff),
    jitter: 'full',
  };
}

/** Reads fields and collects what is wrong with them; a wrong field reads as its lower bound. */
class PolicyReader {
  readonly problems: Problem[] = [];

  duration(field: string, value: unknown, bounds: Range<Duration>, advice?: string): Milliseconds {
    const [min, max] = [readDuration(bounds.min), readDuration(bounds.max)];
    const length = readDuration(value);
    if (length === undefined) {
      this.#refuse(field, `${quote(value)} is not a duration; write ${durationFormat(bounds)}`);
    } else if (length < Number(min) || length > Number(max)) {
      this.#refuseRange(field, quote(value), { min: bounds.min, max: bounds.max }, advice);
    } else {
      return length;
    }
    return min ?? milliseconds(0);
  }

  number(field: string, value: unknown, bounds: Range<number>, advice?: string): number {
    if (typeof value === 'number' && value >= bounds.min && value <= bounds.max) return value;
    this.#refuseRange(field, quote(value), bounds, advice);
    return bounds.min;
  }

  integer(field: string, value: unknown, bounds: Range<number>, advice?: string): number {
    if (typeof value !== 'number' || Number.isInteger(value)) return this.number(field, value, bounds, advice);
    this.#refuse(field, `${value} is not a whole number; allowed are ${bounds.min} to ${bounds.max}`);
    return bounds.min;
  }

  memory(field: string, value: unknown, bounds: Range<number>): number {
    if (typeof value === 'number') {
      this.#refuse(field, `${value} has no unit; write '${value} MB'`);
      return bounds.min;
    }
    const match = typeof value === 'string' ? /^(\d+) MB$/.exec(value) : null;
    const size = match === null ? Number.NaN : Number(match[1]);
    if (size >= bounds.min && size <= bounds.max) return size;
    this.#refuseRange(field, quote(value), { min: `'${bounds.min} MB'`, max: `'${bounds.max} MB'` });
    return bounds.min;
  }

  choice<Choice extends string>(field: string, value: unknown, choices: readonly [Choice, ...Choice[]]): Choice {
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    this.#refuse(field, `${quote(value)} is unknown; allowed are ${choices.map((each) => `'${each}'`).join(', ')}`);
    return choices[0];
  }

  #refuseRange(field: string, value: string, { min, max }: Range<unknown>, advice?: string): void {
    const cure = advice === undefined ? '' : `. ${advice}`;
    this.#refuse(field, `${value} is out of bounds; allowed are ${min} to ${max}${cure}`);
  }

  #refuse(field: string, message: string): void {
    this.problems.push({ field, message });
  }
}

const quote = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));
