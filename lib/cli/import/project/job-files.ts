import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findFiles } from '../../../app/find-files.ts';
import { RESERVED_JOBS, sharedAlarmOf } from '../../../job/names.ts';

/** A file of `functions/`, or of a folder in it. */
export interface JobFile {
  readonly name: string;
  /** The folder in `functions/`; empty for none. */
  readonly group: string;
  /** Of what it was imported, when it was. */
  readonly origin?: string;
}

/** The line of a job file by which a further import knows it again. */
export const originLine = (origin: string): string => `Origin: ${origin}`;

/** With one space before it: what a stub quotes of a command is indented, and may say the same. */
const ORIGIN = /^\s*(?:\*|\/\/) ?Origin: ((?:crontab|k8s) \S+)/m;

/** By which a further import knows the job whose file this is. */
export const originIn = (text: string): string | undefined => ORIGIN.exec(text)?.[1];

/** Every file that holds a job, by group and name: those that the deployment takes for one. */
export async function readJobFiles(projectDirectory: string): Promise<readonly JobFile[]> {
  const { jobs } = findFiles(join(projectDirectory, 'functions'));
  const byGroup = jobs.toSorted((one, other) => one.group.localeCompare(other.group));
  return await Promise.all(
    byGroup.map(async ({ path, group }): Promise<JobFile> => {
      const origin = originIn(await readFile(path, 'utf8'));
      return { name: basename(path, '.ts'), group, ...(origin === undefined ? {} : { origin }) };
    }),
  );
}

/** Belfry's own functions, names that it gives to other queues, whose queue such a job would have, and one that no job may have. */
const RESERVED = new RegExp(`^(?:undelivered|constructor|${RESERVED_JOBS.join('|')})$|-dlq$`);

/** Shorter than a job's name may be, so that a number, an app and a stage find room beside it. */
const MAX_NAME_LENGTH = 32;

/** A name of a job that nobody has yet, from the first of the hints that is free. */
export function chooseName(hints: readonly string[], taken: ReadonlySet<string>): string {
  const names = hints.map(toJobName);
  const free = names.find((name) => !taken.has(name));
  if (free !== undefined) return free;
  const base = names[0] ?? toJobName('');
  for (let number = 2; ; number += 1) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
}

function toJobName(hint: string): string {
  const letters = hint
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '');
  const started = /^[a-z]/.test(letters) ? letters : `job-${letters}`;
  const name = started.slice(0, MAX_NAME_LENGTH).replace(/-+$/, '');
  return RESERVED.test(name) || sharedAlarmOf(name) !== undefined ? `${name}-job` : name;
}
