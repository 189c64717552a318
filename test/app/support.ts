import { checkApp } from '../../lib/app/check-app.ts';
import { InvalidAppError } from '../../lib/app/check-report.ts';
import type { CheckedSchedule } from '../../lib/app/checked-schedule.ts';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import type { Job } from '../../lib/job/job.ts';
import { epochMs } from '../../lib/units.ts';
import { STAGES } from '../support/stages.ts';

export const nightly = defineJob('nightly', { timeout: '10 seconds', retry: { maxAttempts: 1 }, run() {} });

/** What the compiler would not let through, as JavaScript or a cast would. */
// biome-ignore lint/suspicious/noExplicitAny: wrong types are what is tested
export const untyped = (value: unknown): any => value;

interface Beside {
  readonly job?: Job<undefined>;
  readonly readCalendarFile?: (path: string) => readonly string[];
}

/** Checks one entry, named `daily`. @throws InvalidAppError */
export function checkEntry(
  options: object,
  { job = nightly, readCalendarFile = () => [] }: Beside = {},
): CheckedSchedule {
  const { schedules } = checkApp({
    deployment: { app: 'shop', stage: 'dev' },
    stages: STAGES,
    files: [{ file: `functions/${job.name}.ts`, path: '', group: '', exported: job }],
    schedules: { daily: schedule(job, untyped(options)) },
    now: epochMs(Date.parse('2027-06-01T12:00:00Z')),
    readCalendarFile,
  });
  const [checked] = schedules;
  if (checked === undefined) throw new Error('the entry was lost');
  return checked;
}

/** What is wrong with an entry, all of it, as it is printed. */
export function problemOf(options: object, beside: Beside = {}): string {
  try {
    checkEntry(options, beside);
  } catch (error) {
    if (error instanceof InvalidAppError) return error.message;
    throw error;
  }
  throw new Error('nothing was found wrong');
}
