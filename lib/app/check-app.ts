import { isJob } from '../job/job.ts';
import type { Deployment } from '../job/names.ts';
import type { Schedules } from '../job/schedule.ts';
import type { Stages } from '../job/stages.ts';
import type { EpochMs } from '../units.ts';
import type { ReadCalendarFile } from './check-calendar.ts';
import { checkDeployment } from './check-deployment.ts';
import { type CheckedJob, checkJobs, type JobFile } from './check-jobs.ts';
import { InvalidAppError } from './check-report.ts';
import { checkSchedules, SCHEDULES_FILE } from './check-schedules.ts';
import type { CheckedSchedule } from './checked-schedule.ts';
import { lintSchedules } from './lint/lint-schedules.ts';

/** All that a user has written, found to be in order. */
export interface CheckedApp {
  readonly deployment: Deployment;
  readonly jobs: readonly CheckedJob[];
  readonly schedules: readonly CheckedSchedule[];
  /** What a user should know and need not mend. */
  readonly notes: readonly string[];
  /** What a user should mend, or acknowledge with a reason. */
  readonly warnings: readonly string[];
}

export interface AppSource {
  readonly deployment: Deployment;
  /** Checked. */
  readonly stages: Stages;
  readonly files: readonly JobFile[];
  readonly schedules: Schedules;
  /** Tells which schedules are past. */
  readonly now: EpochMs;
  readonly readCalendarFile: ReadCalendarFile;
}

/**
 * Checks an app before anything is made of it.
 *
 * @throws InvalidAppError with every problem of every job and entry
 */
export function checkApp({ deployment, stages, files, schedules, now, readCalendarFile }: AppSource): CheckedApp {
  // Every other message would repeat what is wrong with these two.
  checkDeployment(deployment);
  const checked = checkJobs(files, deployment);
  const sound = new Set(checked.jobs.map(({ name }) => name));
  const names = files.flatMap(({ exported }) => (isJob(exported) ? [exported.name] : []));
  const entries = checkSchedules(schedules, {
    jobs: checked.jobs,
    brokenJobs: new Set(names.filter((name) => !sound.has(name))),
    stage: deployment.stage,
    stages: Object.keys(stages),
    now,
    readCalendarFile,
  });
  const problems = [...checked.problems, ...entries.problems];
  if (problems.length > 0) throw new InvalidAppError(problems);
  const { warnings, notes } = lintSchedules(entries.subjects, SCHEDULES_FILE);
  return {
    deployment,
    jobs: checked.jobs,
    schedules: entries.schedules,
    notes: [...entries.notes, ...notes],
    warnings: files.length === 0 ? [NO_JOBS, ...warnings] : warnings,
  };
}

/** What is printed for an app without a job, since it deploys and does nothing. */
export const NO_JOBS =
  "there are no jobs yet: write functions/<name>.ts with export default defineJob('<name>', { … }), and an entry in infra/schedules.ts";
