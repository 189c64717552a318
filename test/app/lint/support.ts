import { checkApp } from '../../../lib/app/check-app.ts';
import { defineJob, schedule } from '../../../lib/entry/belfry.ts';
import type { Job } from '../../../lib/job/job.ts';
import type { Schedules } from '../../../lib/job/schedule.ts';
import { epochMs } from '../../../lib/units.ts';
import { STAGES } from '../../support/stages.ts';

/** A job whose runs end soon and are not tried again: it gives rise to no warning itself. */
export const quick = defineJob('quick', { timeout: '10 seconds', retry: { maxAttempts: 1 }, run() {} });

type Entry = Omit<Parameters<typeof schedule>[1], 'input'>;

interface Written {
  readonly now?: string;
  readonly stage?: string;
  readonly schedules: Schedules;
  readonly readCalendarFile?: (path: string) => readonly string[];
}

/** What synth warns of, for the jobs of the entries. */
export const warningsOf = (written: Written): readonly string[] => lint(written).warnings;

/** What synth notes for one entry, named `x`. */
export const notesOfEntry = (options: Entry, stage?: string): readonly string[] =>
  lint({ schedules: { x: schedule(quick, options as never) }, ...(stage === undefined ? {} : { stage }) }).notes;

function lint({ now = '2027-01-15T12:00:00Z', stage = 'dev', schedules, readCalendarFile = () => [] }: Written) {
  const jobs = [...new Set(Object.values(schedules).map(({ job }) => job))];
  return checkApp({
    deployment: { app: 'shop', stage },
    stages: STAGES,
    files: jobs.map((job) => ({ file: `functions/${job.name}.ts`, path: '', group: '', exported: job })),
    schedules,
    now: epochMs(Date.parse(now)),
    readCalendarFile,
  });
}

/** What synth warns of for one entry, named `x`. */
export const warningsOfEntry = (
  options: Entry,
  { job = quick, ...written }: Omit<Written, 'schedules'> & { readonly job?: Job<undefined> } = {},
): readonly string[] => warningsOf({ schedules: { x: schedule(job, options as never) }, ...written });
