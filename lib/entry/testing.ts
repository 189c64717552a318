/** What users test their jobs with. */

export type { JobRun } from '../testing/job-run.ts';
export { type RunBundledOptions, runBundled } from '../testing/run-bundled.ts';
export { type RunJobOptions, runJob } from '../testing/run-job.ts';
