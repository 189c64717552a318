import type { TickSchedule } from '../../../emulators/index.ts';
import type { DueSchedule } from '../../../local/cloud.ts';
import type { EpochMs } from '../../../units.ts';
import type { Colors } from '../terminal.ts';
import { printable } from './printable.ts';
import { formatTable } from './table.ts';
import { distance, localMinute } from './times.ts';

const NEVER = ['never, it is disabled or over', ''];

/** The schedules of an app as a table, then the jobs that no schedule makes due. */
export function formatApp(
  { jobs, schedules }: { readonly jobs: readonly string[]; readonly schedules: readonly DueSchedule[] },
  now: EpochMs,
  colors: Colors,
): string {
  const idle = formatIdleJobs(jobs, schedules);
  const parts = [
    ...(schedules.length > 0 ? [formatSchedules(schedules, now, colors)] : []),
    ...(idle === undefined ? [] : [`  ${colors.dim(idle)}`]),
  ];
  return parts.join('\n\n') || colors.dim('  no jobs and no schedules');
}

/** The jobs that run only when they are asked for. */
export function formatIdleJobs(
  jobs: readonly string[],
  schedules: readonly { readonly job: string }[],
): string | undefined {
  const idle = jobs.filter((job) => schedules.every((schedule) => schedule.job !== job));
  return idle.length === 0 ? undefined : `jobs without a schedule: ${idle.join(', ')}`;
}

/** The schedules with their next due times, the soonest first. */
export function formatSchedules(schedules: readonly DueSchedule[], now: EpochMs, colors: Colors): string {
  const rows = soonestFirst(schedules).map(({ id, job, source, timezone, next }) => {
    const due = next === undefined ? NEVER : [`${localMinute(next, timezone)} ${timezone}`, distance(next, now)];
    return [id, job, source, ...due];
  });
  return formatTable(['SCHEDULE', 'JOB', 'WHEN', 'NEXT DUE', ''], rows, colors);
}

/** The schedules of an endpoint with their next due times, by their zones' clocks, the soonest first. */
export function formatTickSchedules(schedules: readonly TickSchedule[], now: EpochMs, colors: Colors): string {
  const rows = soonestFirst(schedules).map(({ name, expression, timezone, next }) => {
    const due = next === undefined ? NEVER : [localMinute(next, timezone), distance(next, now)];
    return [name, expression, timezone, ...due];
  });
  return formatTable(['SCHEDULE', 'WHEN', 'ZONE', 'NEXT DUE', ''], printable(rows), colors);
}

const soonestFirst = <Schedule extends { readonly next: EpochMs | undefined }>(
  schedules: readonly Schedule[],
): readonly Schedule[] => [...schedules].sort((one, other) => (one.next ?? Infinity) - (other.next ?? Infinity));
