import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isJob } from '../job/job.ts';
import { JOB_NAME } from '../job/names.ts';
import type { JobFile } from './check-jobs.ts';
import { InvalidAppError, pointAtUnexpected } from './check-report.ts';
import { findFiles } from './find-files.ts';
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
  const { jobs: found, groups } = findFiles(directory);
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
  const all = [...groups.flatMap((group) => checkGroup(directory, group)), ...problems];
  if (all.length > 0) throw new InvalidAppError(all);

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

/**
 * The file of a job in the nearest folder `functions` at or above a folder that has it.
 *
 * @returns undefined where there is none
 */
export function findJobFile(name: string, from: string): Omit<JobFile, 'exported'> | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const directory = join(folder, 'functions');
    const file = findFiles(directory).jobs.find(({ path }) => basename(path) === `${name}.ts`);
    if (file !== undefined) return { file: labelOf(directory, file.path), ...file };
    if (folder === dirname(folder)) return undefined;
  }
}

/** `functions/nightly-report.ts`, from wherever the command was called. */
const labelOf = (directory: string, path: string): string => relative(dirname(directory), path).replaceAll(sep, '/');

/** A group's name is part of its stack's. */
function checkGroup(directory: string, group: string): readonly string[] {
  if (group === '' || JOB_NAME.test(group)) return [];
  const problem =
    'allowed are lower-case letters, digits and -, first a letter, at most 40 characters, since the stack of its jobs has its name; rename it, or begin its name with _ if it holds no jobs';
  return [
    pointAtUnexpected({
      prefix: `${basename(directory)}/: `,
      label: 'folder',
      text: group,
      first: /[a-z]/,
      rest: /[a-z0-9-]/,
      longest: 40,
      problem,
    }),
  ];
}
