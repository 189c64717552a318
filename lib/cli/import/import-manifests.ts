import { refuse } from './excerpt.ts';
import { finishImport, type ImportOptions } from './finish.ts';
import type { Found, Reading } from './found.ts';
import { findManifests } from './k8s/find-files.ts';
import { readManifests } from './k8s/read-manifests.ts';
import { readText } from './read-text.ts';

export interface ManifestOptions extends ImportOptions {
  readonly timezone?: string;
}

/** In bytes, for each file: a rendered chart has many objects in one. */
const MAX_SIZE = 4 * 1024 * 1024;

/** `belfry import k8s <path…>`. @returns the exit code */
export async function importManifests(paths: readonly string[], options: ManifestOptions): Promise<number> {
  return await finishImport(await readAll(paths, options.timezone), options);
}

/**
 * Reads what the paths name, file by file; a file that cannot be read is a line of the report.
 *
 * @throws CommandError when a path does not exist, or when a CronJob's zone is not known
 */
export async function readAll(paths: readonly string[], timezone: string | undefined): Promise<Reading> {
  const found: Found[] = [];
  let others = 0;
  for (const file of await findManifests(paths)) {
    if ('refusal' in file) {
      found.push(file.refusal);
      continue;
    }
    const { path } = file;
    const read = await readText(path, MAX_SIZE);
    if (!read.ok) {
      found.push(refuse({ file: path, line: 1 }, read.reason));
      continue;
    }
    const manifests = readManifests({ path, text: read.text, timezone });
    found.push(...manifests.found);
    others += manifests.others;
  }
  return {
    found,
    notes: others === 0 ? [] : [`${others} ${others === 1 ? 'object' : 'objects'} of other kinds passed over`],
  };
}
