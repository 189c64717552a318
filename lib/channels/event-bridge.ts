import { hasEnded, type RunStatus } from '../run/record.ts';
import { toIso } from '../units.ts';

/** The statuses in which a run has ended, each with the type of the event that reports it. */
const DETAIL_TYPES: Readonly<Partial<Record<RunStatus, string>>> = {
  completed: 'Run Completed',
  failed: 'Run Failed',
  cancelled: 'Run Cancelled',
  skipped: 'Run Skipped',
  missed: 'Run Missed',
};

export const EVENT_SOURCE = 'belfry';

/** An event as PutEvents takes it, beside the bus. */
export interface RunEndEvent {
  readonly Source: typeof EVENT_SOURCE;
  readonly DetailType: string;
  /** JSON. */
  readonly Detail: string;
  readonly Time: Date;
  readonly Resources: readonly string[];
}

/** The item of a run, before and after a change, as plain objects. */
export interface ItemChange {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** When it was made, in seconds of the epoch. */
  readonly at: number;
}

type Item = Readonly<Record<string, unknown>>;

/**
 * The event about a run that has ended with this change of its item. Its detail has no input, no result and no message of
 * an error. Undefined for a change of something else, such as one after the end.
 */
export function formatRunEnd({ before, after, at }: ItemChange, deployment: string): RunEndEvent | undefined {
  const status = after?.['status'] as RunStatus | undefined;
  const detailType = status && DETAIL_TYPES[status];
  if (after === undefined || detailType === undefined) return undefined;
  if (before !== undefined && hasEnded(before['status'] as RunStatus)) return undefined;
  const { runId, job, schedule, scheduledTime, trigger, reason, calendar, blockedBy } = after;
  const { attempt = 0, startedAt, finishedAt, missedAt, error } = after;
  const detail = {
    v: 1,
    deployment,
    run: runId,
    job,
    schedule: schedule ?? null,
    outcome: status,
    trigger,
    scheduledTime: isoOf(scheduledTime),
    startedAt: isoOf(startedAt),
    finishedAt: isoOf(finishedAt),
    missedAt: isoOf(missedAt),
    attempts: attempt,
    reason,
    calendar,
    blockedBy,
    error: errorOf(error),
  };
  return {
    Source: EVENT_SOURCE,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
    Time: new Date(at * 1000),
    Resources: [],
  };
}

const isoOf = (value: unknown): string | undefined =>
  typeof value === 'number' ? toIso(value as Parameters<typeof toIso>[0]) : undefined;

/** Without its message, which may hold anything. */
function errorOf(error: unknown): Item | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code, at } = error as Item;
  return { name, code, at };
}
