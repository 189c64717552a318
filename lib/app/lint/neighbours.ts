import { formatDuration } from '../../job/duration.ts';
import { isExclusive } from '../../job/overlap.ts';
import { type EpochMs, type Milliseconds, milliseconds } from '../../units.ts';
import { comingWeek } from './coming-week.ts';
import { describeInstant } from './dates.ts';
import { MEANWHILE } from './run-length.ts';
import type { LintSubject } from './subject.ts';

/**
 * Schedules of one job that are due, in the coming week, sooner after one another than a run may take: the job has one
 * lock for all of them. Told of the later one, once for each; of several due at once, the order in the file counts.
 * Not where overlap is allowed, since then each runs as if it were alone.
 *
 * @param subjects those that are switched on
 * @returns what is found, by the schedule that is told of it
 */
export function findNeighbours(subjects: readonly LintSubject[]): ReadonlyMap<LintSubject, string> {
  const byJob = new Map<string, LintSubject[]>();
  for (const subject of subjects) {
    if (!isExclusive(subject.job.policy.overlap)) continue;
    const { name } = subject.job;
    byJob.set(name, [...(byJob.get(name) ?? []), subject]);
  }
  return new Map([...byJob.values()].flatMap((schedules) => (schedules.length > 1 ? [...findIn(schedules)] : [])));
}

interface DueTime {
  readonly at: EpochMs;
  readonly subject: LintSubject;
}

function findIn(schedules: readonly LintSubject[]): ReadonlyMap<LintSubject, string> {
  // The sort keeps the file's order among equals.
  const times = schedules
    .flatMap((subject) => comingWeek(subject).map((at): DueTime => ({ at, subject })))
    .sort((one, other) => one.at - other.at);
  const found = new Map<LintSubject, string>();
  for (const [index, time] of times.entries()) {
    const before = times[index - 1];
    if (before === undefined || before.subject === time.subject || found.has(time.subject)) continue;
    const distance = milliseconds(time.at - before.at);
    if (distance < time.subject.job.policy.timeout) found.set(time.subject, describe(time, before, distance));
  }
  return found;
}

function describe({ at, subject }: DueTime, before: DueTime, distance: Milliseconds): string {
  const { timeout, overlap } = subject.job.policy;
  const other = `schedule "${before.subject.schedule.id}" of the same job`;
  const how = distance === 0 ? `at the same time as ${other}` : `${formatDuration(distance)} after ${other}`;
  return `on ${describeInstant(at)} it is due ${how}, and a run may take ${formatDuration(timeout)} (the job's timeout): ${MEANWHILE[overlap]}; put them further apart, allow overlap`;
}
