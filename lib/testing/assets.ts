import { join } from 'node:path';
import { findJobFile, projectDirectoryOf } from '../app/load-jobs.ts';
import { findAsset } from '../job/assets.ts';
import type { Job } from '../job/job.ts';

/**
 * Where a file that a job names in `assets` is in its project: what `context.asset` gives in a test.
 *
 * @throws Error for one that the job does not name, as in its deployment
 */
export function findLocalAsset(job: Job, path: string): string {
  const found = findAsset(job, path);
  const file = findJobFile(job.name, process.cwd());
  // A job that a test has made itself is in no file.
  return join(file === undefined ? process.cwd() : projectDirectoryOf([file]), found);
}
