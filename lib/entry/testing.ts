/** What users test their jobs with. */

export { type JobRun, type RunJobOptions, runJob } from '../testing/run-job.ts';
