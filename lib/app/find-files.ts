import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

/** A file that should hold a job. */
export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** The folder under `functions/` it is in; empty for none. */
  readonly group: string;
}

export interface FoundFiles {
  /** By name, so that the order does not hang on the file system. */
  readonly jobs: readonly FoundFile[];
  /** The groups that have a job, `''` for those outside of one. */
  readonly groups: readonly string[];
  /** What looks like a job and is none, with the reason, for messages. */
  readonly passedOver: readonly string[];
}

/**
 * Finds the job files in a folder, and in the folders directly in it. Files and folders that begin with `_` or `.`, tests
 * and declarations are left alone. A folder that does not exist has none: Git keeps no empty one.
 *
 * @param directory absolute
 */
export function findFiles(directory: string): FoundFiles {
  const all = existsSync(directory) ? listCode(directory) : [];
  const folders = new Map(all.map((path) => [path, relative(directory, dirname(path))]));
  const isDeep = (path: string): boolean => folders.get(path)?.includes(sep) === true;
  const jobs = all
    .filter((path) => path.endsWith('.ts') && !isDeep(path))
    .map((path) => ({ path, group: folders.get(path) ?? '' }));
  const others = all.filter((path) => !path.endsWith('.ts') || isDeep(path));
  return {
    jobs,
    groups: [...new Set(jobs.map(({ group }) => group))],
    passedOver: others.map((path) => describe(path, { directory, isDeep: isDeep(path) })),
  };
}

/** Of TypeScript and JavaScript, in all the ways that Node and compilers know. */
const CODE = /\.[cm]?[jt]sx?$/i;
const NO_JOB = /\.(test|d)\.[cm]?[jt]sx?$/i;

function listCode(directory: string): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !/^[._]/.test(name) && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return listCode(path);
    return CODE.test(entry.name) && !NO_JOB.test(entry.name) ? [path] : [];
  });
}

function describe(path: string, { directory, isDeep }: { directory: string; isDeep: boolean }): string {
  const folder = basename(directory);
  const label = relative(dirname(directory), path).replaceAll(sep, '/');
  const [rule, cure] = isDeep
    ? [
        `jobs are in ${folder}/ or in a folder directly in it`,
        'move it up, or begin the name of a folder above it with _',
      ]
    : ['a job is a .ts file', 'rename it, or begin its name with _'];
  return `${label} is not loaded: ${rule}; ${cure} if it is not a job`;
}
