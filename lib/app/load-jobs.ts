import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { isJob } from '../job/job.ts';
import type { JobFile } from './check-jobs.ts';
import { InvalidAppError } from './check-report.ts';
import { describeImportError } from './loading/describe-import-error.ts';
import { importFile } from './loading/import-file.ts';

/**
 * Finds and imports the jobs: every `.ts` file in the folder, and in folders directly in it, which
 * are groups with a stack each. Files and folders that begin with `_`, and tests, are left alone. A folder that does not
 * exist has no jobs: Git keeps no empty one.
 *
 * @param directory absolute
 * @param onLoaded called after each file
 * @returns by name of file, so that the order does not hang on the file system
 * @throws InvalidAppError naming every file that cannot be imported
 */
export async function loadJobs(directory: string, onLoaded = () => {}): Promise<readonly JobFile[]> {
  const found = existsSync(directory) ? listFiles(directory) : [];
  const results = await Promise.allSettled(
    found.map(({ path }) => importFile(path, labelOf(directory, path)).finally(onLoaded)),
  );
  const problems = results.flatMap((result, index) =>
    result.status === 'rejected'
      ? [
          describeImportError(result.reason, {
            label: labelOf(directory, found[index]?.path ?? ''),
            directory: dirname(directory),
          }),
        ]
      : [],
  );
  if (problems.length > 0) throw new InvalidAppError(problems);

  const files = found.map(({ path, group }, index) => {
    const result = results[index];
    const exported = result?.status === 'fulfilled' ? result.value.default : undefined;
    return { file: labelOf(directory, path), path, group, exported };
  });
  await giveZodWords(files);
  return files;
}

/** zod/mini says "Invalid input" and no more until it is given a language: too little for who has to mend an entry. */
async function giveZodWords(files: readonly JobFile[]): Promise<void> {
  const usesZod = ({ exported }: JobFile): boolean =>
    isJob(exported) && exported.definition.input?.['~standard'].vendor === 'zod';
  if (!files.some(usesZod)) return;
  const { config, locales } = await import('zod/v4/core');
  if (config().localeError === undefined) config(locales.en());
}

/** The folder that `functions/` is in, by where jobs were found; for none, the current folder, in which the CDK CLI starts an app. */
export function projectDirectoryOf([first]: readonly Pick<JobFile, 'path' | 'group'>[]): string {
  if (first === undefined) return process.cwd();
  const functionsDirectory = first.group === '' ? dirname(first.path) : dirname(dirname(first.path));
  return dirname(functionsDirectory);
}

interface Found {
  readonly path: string;
  readonly group: string;
}

function listFiles(directory: string, group = ''): Found[] {
  const entries = readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('_') && !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return group === '' ? listFiles(path, entry.name) : [];
    const isJobFile = /\.ts$/.test(entry.name) && !/\.(test|d)\.ts$/.test(entry.name);
    return isJobFile ? [{ path, group }] : [];
  });
}

/** `functions/nightly-report.ts`, from wherever the command was called. */
const labelOf = (directory: string, path: string): string => relative(dirname(directory), path).replaceAll(sep, '/');
