import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { JobFile } from '../app/check-jobs.ts';
import { InvalidAppError, quoteValue } from '../app/check-report.ts';
import { findFiles } from '../app/find-files.ts';
import { loadJobs as load } from '../app/load-jobs.ts';
import { type Duration, durationFormat, readDuration } from '../job/duration.ts';
import type { Milliseconds } from '../units.ts';
import { guardAppProcess, noteProgress, printFindings } from './app-process.ts';

export interface LoadOptions {
  /**
   * How long nothing may come of the app, no file loaded and no deployment defined, while something keeps its process from
   * ending: the app then fails, and names the file and what keeps it open. From 1 second to 1 hour. For an app that waits
   * for something on purpose between `loadJobs` and its end.
   *
   * @default "30 seconds"
   */
  readonly timeLimit?: Duration;
}

/**
 * Imports the jobs of a folder: every `.ts` file in it, and in folders directly in it, which are groups with a stack each.
 * Files and folders that begin with `_`, and tests, are not jobs.
 *
 * @param folder relative to the current folder, or absolute
 * @throws InvalidAppError naming every file that cannot be imported
 */
export async function loadJobs(folder: string, { timeLimit }: LoadOptions = {}): Promise<readonly JobFile[]> {
  const directory = resolve(folder);
  guardAppProcess({ timeLimit: readTimeLimit(timeLimit), directory: dirname(directory) });
  if (!existsSync(directory))
    printFindings({ warnings: [`there is no folder ${directory}: no job is loaded`], notes: [] });
  printFindings({ warnings: findFiles(directory).passedOver, notes: [] });
  return await load(directory, noteProgress);
}

const BOUNDS = { min: '1 second', max: '1 hour' } as const satisfies Record<string, Duration>;

function readTimeLimit(text: Duration | undefined): Milliseconds | undefined {
  if (text === undefined) return undefined;
  const [limit, min, max] = [readDuration(text), readDuration(BOUNDS.min), readDuration(BOUNDS.max)];
  if (limit !== undefined && limit >= (min ?? 0) && limit <= (max ?? 0)) return limit;
  throw new InvalidAppError([
    `loadJobs: timeLimit ${quoteValue(text)}: allowed is ${durationFormat(BOUNDS)}, from ${BOUNDS.min} to ${BOUNDS.max}`,
  ]);
}
