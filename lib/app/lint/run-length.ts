import { formatDuration } from '../../job/duration.ts';
import type { OverlapPolicy } from '../../job/overlap.ts';
import { sumOfBackoffs } from '../../run/backoff.ts';
import { milliseconds } from '../../units.ts';
import type { Lint, LintSubject } from './subject.ts';

/** What becomes of a run that is due while another of its job is going. */
export const MEANWHILE: Readonly<Record<OverlapPolicy, string>> = {
  skip: "with overlap: 'skip' what is due meanwhile is skipped",
  allow: "with overlap: 'allow' both run at once",
};

/** One attempt may still be going when the schedule is due again. */
export const lintInterval: Lint = (subject) => {
  const { dueTimes, job } = subject;
  const shortest = dueTimes.shortestInterval();
  if (shortest === undefined || !mayOutlast(subject)) return undefined;
  const { timeout, overlap } = job.policy;
  return `it may be due again after ${formatDuration(shortest)}, and a run may take ${formatDuration(timeout)} (the job's timeout): ${MEANWHILE[overlap]}; shorten the timeout, make it due less often`;
};

/**
 * All attempts of one run, with the waits between them, may take longer than until the schedule is due again. Not where
 * one attempt alone may: that is said already, and mending it comes first.
 */
export const lintRetries: Lint = (subject) => {
  const { dueTimes, job } = subject;
  const shortest = dueTimes.shortestInterval();
  if (shortest === undefined || mayOutlast(subject)) return undefined;
  const { timeout, maxAttempts, overlap } = job.policy;
  const waits = sumOfBackoffs(job.policy);
  const whole = milliseconds(timeout * maxAttempts + waits);
  if (whole <= shortest) return undefined;
  const sum = `${maxAttempts} attempts of ${formatDuration(timeout)} and ${formatDuration(waits)} of waits`;
  return `it may be due again after ${formatDuration(shortest)}, and a run that is retried may take ${formatDuration(whole)} (${sum}): ${MEANWHILE[overlap]}; retry less, shorten the timeout, make it due less often`;
};

function mayOutlast({ dueTimes, job }: LintSubject): boolean {
  const shortest = dueTimes.shortestInterval();
  return shortest !== undefined && shortest < job.policy.timeout;
}
