/** What users test their jobs with. */

export { type JobRun, type RunJobOptions, runJob } from './run-job.ts';
