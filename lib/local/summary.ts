import { hasEnded, type RunRecord, type RunStatus } from '../run/record.ts';
import { errorLines } from '../run/run-error.ts';
import { type EpochMs, toIso } from '../units.ts';
import type { RunLine } from './events.ts';

/** What is counted. No run is cancelled yet, so the summary has no number for it. */
type Counts = Record<Exclude<RunStatus, 'cancelled'>, number>;

/** An alarm as the summary tells it. */
export interface AlarmState {
  readonly name: string;
  readonly job: string | null;
  readonly state: string;
  readonly since: string;
}

/** What happened while the cloud ran: the standard output of `npm start -- --for … --json`. */
export interface Summary {
  readonly v: 1;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly jobs: Readonly<Record<string, Counts>>;
  readonly alarms: readonly AlarmState[];
  readonly errors: readonly { readonly run: string; readonly error: string }[];
}

export interface SummaryParts {
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  readonly jobs: readonly string[];
  readonly runs: AsyncIterable<RunRecord>;
  readonly alarms: readonly AlarmState[];
  readonly errors: Summary['errors'];
}

/** Counts the runs that something happened to since the start, and those that are still open. */
export async function summarize({ startedAt, endedAt, jobs, runs, alarms, errors }: SummaryParts): Promise<Summary> {
  const counts = new Map(jobs.map((job) => [job, noRuns()]));
  for await (const run of runs) {
    const of = counts.get(run.job);
    const { status } = run;
    if (of !== undefined && status !== 'cancelled' && latestOf(run, endedAt) >= startedAt) of[status]++;
  }
  return {
    v: 1,
    startedAt: toIso(startedAt),
    endedAt: toIso(endedAt),
    jobs: Object.fromEntries(counts),
    alarms,
    errors,
  };
}

/** When something last happened to a run; to one that is open, it happens still. */
function latestOf({ status, createdAt, startedAt, missedAt, finishedAt }: RunRecord, now: EpochMs): number {
  return hasEnded(status) ? Math.max(createdAt, startedAt ?? 0, missedAt ?? 0, finishedAt ?? 0) : now;
}

/** The line of the summary's errors that a run event makes, if it makes one. */
export function errorOf({ runId, error }: RunLine): Summary['errors'][number] | undefined {
  return error === undefined
    ? undefined
    : {
        run: runId,
        error: errorLines(error)
          .map((line) => line.trim())
          .join(', '),
      };
}

function noRuns(): Counts {
  return { completed: 0, failed: 0, retrying: 0, skipped: 0, missed: 0, running: 0, pending: 0 };
}
