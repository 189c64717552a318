import { findAsset } from '../job/assets.ts';
import type { Job } from '../job/job.ts';

/** Where an asset is in a function: the variable is Lambda's, the folder that the function's code is unpacked to. */
export const findDeployedAsset = (job: Job, path: string): string =>
  `${process.env['LAMBDA_TASK_ROOT']}/${findAsset(job, path)}`;
