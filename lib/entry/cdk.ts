/** What a CDK app imports. */

export { type Access, Belfry, type BelfryProps } from '../cdk/belfry.ts';
export type { GrantableSecret, JobAccess, JobDefaults, JobVpc } from '../cdk/job-access.ts';
export { type LoadOptions, loadJobs } from '../cdk/load-jobs.ts';
export type { StageSettings, Stages } from '../job/stages.ts';
