import type { RunRecord, RunStatus } from 'belfry/client';

/** How many runs or jobs a list names; what is beyond is counted. */
const NAMED = 5;
/** How many of the jobs that failed, or were missed, have a line of their own; what is beyond is named. */
const DESCRIBED = 20;
/** What a line shows of an error, in characters: so much of each job's fits into one message of every channel. */
const MAX_ERROR = 200;

/** Statuses in the order in which they are listed; those that no run has are left out. */
const LISTED: readonly RunStatus[] = [
  'completed',
  'failed',
  'skipped',
  'missed',
  'retrying',
  'running',
  'pending',
  'cancelled',
];

/** How much longer than before a job takes to be called slower: both, so that neither noise nor milliseconds count. */
const SLOWER = { factor: 1.5, milliseconds: 1000 };
/** Fewer completed runs before are no measure. */
const ENOUGH_BEFORE = 3;
/** With fewer runs, p95 is only the slowest of them. */
const ENOUGH_FOR_P95 = 20;

/** What the digest needs of a run. */
export type RunFacts = Pick<RunRecord, 'id' | 'job' | 'status' | 'scheduledTime' | 'reason' | 'error'> & {
  /** How long the attempt that completed took, in milliseconds; absent of runs that have not completed. */
  readonly duration?: number;
};

/** Lengths in milliseconds. */
export interface Durations {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
}

/** What became of the runs of some time. */
export interface Summary {
  readonly counts: Readonly<Partial<Record<RunStatus, number>>>;
  /** Of the runs that should have completed: those that completed, failed, were missed or came too late. */
  readonly success: { readonly completed: number; readonly expected: number };
  /** Of completed runs; undefined where there are none. */
  readonly durations: Durations | undefined;
}

/** A job whose runs take longer than they did, by the figure that shows it. */
export interface SlowerJob {
  readonly job: string;
  readonly figure: 'median' | 'p95';
  readonly now: number;
  readonly before: number;
}

export interface Digest {
  readonly day: Summary;
  readonly weekBefore: Summary;
  readonly failed: readonly RunFacts[];
  readonly missed: readonly RunFacts[];
  readonly skipped: readonly RunFacts[];
  readonly slower: readonly SlowerJob[];
  readonly slowest: readonly RunFacts[];
}

export function factsOf({ id, job, status, scheduledTime, reason, error, attempts }: RunRecord): RunFacts {
  const last = attempts.at(-1);
  const hasDuration = status === 'completed' && last?.endedAt !== undefined;
  return {
    ...{ id, job, status, scheduledTime },
    ...(reason === undefined ? {} : { reason }),
    ...(error === undefined ? {} : { error }),
    ...(hasDuration ? { duration: last.endedAt - last.startedAt } : {}),
  };
}

/** What became of the runs of a day, and how that compares with the week before it. */
export function compare(day: readonly RunFacts[], weekBefore: readonly RunFacts[]): Digest {
  const withStatus = (status: RunStatus) => day.filter((run) => run.status === status);
  return {
    day: summarize(day),
    weekBefore: summarize(weekBefore),
    failed: withStatus('failed'),
    missed: withStatus('missed'),
    skipped: withStatus('skipped'),
    slower: slowerJobs(day, weekBefore),
    slowest: day
      .filter(({ duration }) => duration !== undefined)
      .sort((one, other) => (other.duration ?? 0) - (one.duration ?? 0))
      .slice(0, NAMED),
  };
}

function summarize(runs: readonly RunFacts[]): Summary {
  const counts: Partial<Record<RunStatus, number>> = {};
  for (const { status } of runs) counts[status] = (counts[status] ?? 0) + 1;
  const { completed = 0, failed = 0, missed = 0 } = counts;
  const tooLate = runs.filter(({ status, reason }) => status === 'skipped' && reason === 'too-late').length;
  return {
    counts,
    success: { completed, expected: completed + failed + missed + tooLate },
    durations: durationsOf(runs),
  };
}

function durationsOf(runs: readonly RunFacts[]): Durations | undefined {
  const sorted = runs.flatMap(({ duration }) => duration ?? []).sort((one, other) => one - other);
  const percentile = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return sorted.length === 0 ? undefined : { count: sorted.length, median: percentile(0.5), p95: percentile(0.95) };
}

/** Those that have become slower by most times, first. */
function slowerJobs(day: readonly RunFacts[], weekBefore: readonly RunFacts[]): readonly SlowerJob[] {
  const [now, before] = [byJob(day), byJob(weekBefore)];
  const found = [...now].flatMap(([job, runs]) =>
    slowerJob(job, durationsOf(runs), durationsOf(before.get(job) ?? [])),
  );
  return found.sort((one, other) => other.now / other.before - one.now / one.before);
}

function slowerJob(job: string, now: Durations | undefined, before: Durations | undefined): readonly SlowerJob[] {
  if (now === undefined || before === undefined || before.count < ENOUGH_BEFORE) return [];
  const isSlower = (figure: 'median' | 'p95'): boolean =>
    now[figure] >= before[figure] * SLOWER.factor && now[figure] >= before[figure] + SLOWER.milliseconds;
  const hasP95 = Math.min(now.count, before.count) >= ENOUGH_FOR_P95;
  const figure = isSlower('median') ? 'median' : hasP95 && isSlower('p95') ? 'p95' : undefined;
  return figure === undefined ? [] : [{ job, figure, now: now[figure], before: before[figure] }];
}

function byJob(runs: readonly RunFacts[]): ReadonlyMap<string, readonly RunFacts[]> {
  const jobs = new Map<string, RunFacts[]>();
  for (const run of runs) {
    const own = jobs.get(run.job);
    if (own === undefined) jobs.set(run.job, [run]);
    else own.push(run);
  }
  return jobs;
}

/** The digest as text for a mail. */
export function describeDigest(digest: Digest, period: { from: Date; to: Date }): string {
  const { day, weekBefore } = digest;
  const totals = LISTED.filter((status) => day.counts[status] !== undefined).map(
    (status) => `${day.counts[status]} ${status}`,
  );
  return [
    `${minute(period.from)} to ${minute(period.to)}: ${totals.join(', ') || 'no runs'}`,
    ...(totals.length === 0 ? [] : ['', successText(day, weekBefore), durationText(day, weekBefore)]),
    ...jobsSection('Failed', digest.failed, ({ id, error }) => `${describeError(error)} (${id})`),
    ...jobsSection('Missed', digest.missed, ({ id }) => id),
    ...skippedSection(digest.skipped),
    ...section(
      'Slower than in the week before',
      digest.slower,
      ({ job, figure, now, before }) => `${job}  ${figure} ${length(now)}, before ${length(before)}`,
    ),
    ...listed('Slowest', digest.slowest, ({ id, duration = 0 }) => `${id}  ${length(duration)}`),
  ].join('\n');
}

function successText({ success: now }: Summary, { success: before }: Summary): string {
  const rate = ({ completed, expected }: Summary['success']): string | undefined =>
    // Rounded down: 100 % is all of them.
    expected === 0 ? undefined : `${(Math.floor((completed / expected) * 1000) / 10).toFixed(1)} %`;
  const current = rate(now);
  const figures =
    current === undefined ? 'no run that should have' : `${current} (${now.completed} of ${now.expected})`;
  return `Completed  ${figures}, the week before ${rate(before) ?? 'none'}`;
}

function durationText({ durations: now }: Summary, { durations: before }: Summary): string {
  const figures = (durations: Durations | undefined): string =>
    durations === undefined ? 'none' : `median ${length(durations.median)}, p95 ${length(durations.p95)}`;
  return `Durations  ${figures(now)}, the week before ${figures(before)}`;
}

/**
 * By job, those with most runs first, each with its last run. Jobs beyond those that have a line of their own are named
 * without it: no run of one job hides another job.
 */
function jobsSection(
  title: string,
  runs: readonly RunFacts[],
  describeLast: (run: RunFacts) => string,
): readonly string[] {
  if (runs.length === 0) return [];
  const jobs = [...byJob(runs)].sort(([, one], [, other]) => other.length - one.length);
  const lines = jobs
    .slice(0, DESCRIBED)
    .map(([job, own]) => `  ${job}  ${own.length} ${title.toLowerCase()}, last: ${describeLast(lastOf(own))}`);
  const others = jobs.slice(DESCRIBED).map(([job, own]) => `${job} ${own.length}`);
  const more = others.length === 0 ? [] : [`  and of ${others.length} more: ${others.join(', ')}`];
  return ['', `${title} (${runs.length})`, ...lines, ...more];
}

const lastOf = (runs: readonly RunFacts[]): RunFacts =>
  runs.reduce((last, run) => (run.scheduledTime > last.scheduledTime ? run : last));

/** On one line, and no longer than leaves room for the others. */
function describeError(error: RunFacts['error']): string {
  const text = `${error?.name ?? 'Error'}: ${error?.message ?? ''}`.replaceAll(/\s+/g, ' ').trim();
  return text.length <= MAX_ERROR ? text : `${text.slice(0, MAX_ERROR - 1)}…`;
}

/** By reason, with the jobs that it concerns. */
function skippedSection(skipped: readonly RunFacts[]): readonly string[] {
  if (skipped.length === 0) return [];
  const reasons = new Map<string, string[]>();
  for (const { reason = 'unknown', job } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), job]);
  const lines = [...reasons]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([reason, jobs]) => `  ${reason}  ${jobs.length}: ${[...new Set(jobs)].sort().join(', ')}`);
  return ['', `Skipped (${skipped.length})`, ...lines];
}

const section = <Item>(title: string, items: readonly Item[], line: (item: Item) => string): readonly string[] =>
  listed(`${title} (${items.length})`, items, line);

function listed<Item>(title: string, items: readonly Item[], line: (item: Item) => string): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length - NAMED;
  return [
    ...['', title],
    ...items.slice(0, NAMED).map((item) => `  ${line(item)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function length(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;
}

const minute = (instant: Date): string => `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
