import type { RunRecord, RunStatus } from 'belfry/client';

/** How many failed and how many slow runs are named. */
const NAMED = 5;

/** Statuses in the order in which they are told; the last ones are only told when there are any. */
const TOLD: readonly RunStatus[] = [
  'completed',
  'failed',
  'skipped',
  'missed',
  'retrying',
  'running',
  'pending',
  'cancelled',
];

export interface Digest {
  readonly counts: Readonly<Partial<Record<RunStatus, number>>>;
  readonly failed: readonly RunRecord[];
  readonly slowest: readonly { readonly run: RunRecord; readonly duration: number }[];
}

/** What ran, failed and was skipped, and what took longest. */
export function summarize(runs: readonly RunRecord[]): Digest {
  const counts: Partial<Record<RunStatus, number>> = {};
  for (const { status } of runs) counts[status] = (counts[status] ?? 0) + 1;
  const slowest = runs
    .filter(({ status }) => status === 'completed')
    .map((run) => ({ run, duration: durationOf(run) }))
    .sort((one, other) => other.duration - one.duration)
    .slice(0, NAMED);
  return { counts, failed: runs.filter(({ status }) => status === 'failed').slice(0, NAMED), slowest };
}

/** The digest as text for a mail. */
export function describeDigest({ counts, failed, slowest }: Digest, period: { from: Date; to: Date }): string {
  const totals = TOLD.filter((status) => counts[status] !== undefined).map((status) => `${counts[status]} ${status}`);
  const lines = [`${minute(period.from)} to ${minute(period.to)}: ${totals.join(', ') || 'no runs'}`];
  if (failed.length > 0) {
    lines.push('', `Failed (${counts.failed})`);
    lines.push(...failed.map(({ id, error }) => `  ${id}  ${error?.name ?? 'Error'}: ${error?.message ?? ''}`));
  }
  if (slowest.length > 0) {
    lines.push('', 'Slowest');
    lines.push(...slowest.map(({ run, duration }) => `  ${run.id}  ${(duration / 1000).toFixed(1)} s`));
  }
  return lines.join('\n');
}

/** How long the attempt that completed took, in milliseconds. */
function durationOf({ attempts }: RunRecord): number {
  const last = attempts.at(-1);
  return last?.endedAt === undefined ? 0 : last.endedAt - last.startedAt;
}

const minute = (instant: Date): string => `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
