import { join } from 'node:path';
import { findJobFile, projectDirectoryOf } from '../app/load-jobs.ts';
import type { Job } from '../job/job.ts';

/**
 * Where a file that a job names in `assets` is in its project: what `context.asset` gives in a test.
 *
 * @throws Error for one that the job does not name, which its deployment would not have
 */
export function findAsset({ name, definition }: Job, path: string): string {
  const { assets = [] } = definition;
  const isNamed = assets
    .map((each) => each.replace(/\/$/, ''))
    .some((each) => path === each || path.startsWith(`${each}/`));
  if (!isNamed) {
    throw new Error(`the assets of the job "${name}" do not name ${path}; they are: ${assets.join(', ') || 'none'}`);
  }
  const file = findJobFile(name, process.cwd());
  // A job that a test has made itself is in no file.
  return join(file === undefined ? process.cwd() : projectDirectoryOf([file]), path);
}
