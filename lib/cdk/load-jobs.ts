import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JobFile } from '../app/check-jobs.ts';
import { loadJobs as load } from '../app/load-jobs.ts';
import { guardAppProcess, printFindings } from './app-process.ts';

/**
 * Imports the jobs of a folder: every `.ts` file in it, and in folders directly in it, which are groups with a stack each.
 * Files and folders that begin with `_`, and tests, are not jobs.
 *
 * @param folder relative to the current folder, or absolute
 * @throws InvalidAppError naming every file that cannot be imported
 */
export async function loadJobs(folder: string): Promise<readonly JobFile[]> {
  guardAppProcess();
  const directory = resolve(folder);
  if (!existsSync(directory))
    printFindings({ warnings: [`there is no folder ${directory}: no job is loaded`], notes: [] });
  return await load(directory);
}
