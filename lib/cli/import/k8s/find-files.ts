import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, EXIT } from '../../shared/exit-codes.ts';
import { refuse } from '../excerpt.ts';
import { fullPath, noSuchFile } from '../file-argument.ts';
import type { Refusal } from '../found.ts';
import { oneLine } from '../safe-text.ts';

const IS_YAML = /\.ya?ml$/i;
/** A repository of a large company has fewer; a mistyped path to `/` has more. */
const MAX_FILES = 5000;
const DEEPEST = 32;
const LEFT_OUT = ['.git', 'node_modules'];

/** A file to read, or why one is not read. */
export type FoundFile = { readonly path: string } | { readonly refusal: Refusal };

/**
 * The manifests that the arguments of the command name: files as they are, and in folders and the folders in them
 * everything that ends in `.yaml` or `.yml`, by name.
 *
 * @throws CommandError when an argument does not exist, or is a folder without any
 */
export async function findManifests(paths: readonly string[]): Promise<readonly FoundFile[]> {
  const files: FoundFile[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const found = await orError(stat(fullPath(path)));
    if (found instanceof Error && found.code === 'ENOENT') throw noSuchFile(path);
    if (found instanceof Error)
      throw new CommandError(`${oneLine(path)} cannot be read: ${reasonOf(found)}`, EXIT.usage);
    const before = files.length;
    const walked = found.isDirectory() ? filesIn(path, { seen, depth: 0 }) : [{ path }];
    for await (const file of walked) {
      if (files.length === MAX_FILES) {
        throw new CommandError(`more than ${MAX_FILES} manifests; name the folders that matter`, EXIT.usage);
      }
      files.push(file);
    }
    if (files.length > before) continue;
    throw new CommandError(`${oneLine(path)}: no file in it ends in .yaml or .yml`, EXIT.usage);
  }
  return files;
}

interface Walk {
  /** Folders that have been walked, by their real paths. */
  readonly seen: Set<string>;
  readonly depth: number;
}

async function* filesIn(folder: string, { seen, depth }: Walk): AsyncGenerator<FoundFile> {
  const real = await realpath(fullPath(folder)).catch(() => folder);
  if (seen.has(real)) return;
  seen.add(real);
  const entries = await orError(readdir(fullPath(folder), { withFileTypes: true }));
  if (entries instanceof Error) {
    yield refused(folder, `cannot be read: ${reasonOf(entries)}`);
    return;
  }
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const isYaml = IS_YAML.test(entry.name);
    if (entry.isSymbolicLink()) yield* behindLink(path, isYaml);
    else if (!entry.isDirectory()) yield* isYaml ? [{ path }] : [];
    else if (isYaml) yield refused(path, 'is a folder');
    else if (depth >= DEEPEST) yield refused(path, `lies more than ${DEEPEST} folders deep`);
    else if (!LEFT_OUT.includes(entry.name)) yield* filesIn(path, { seen, depth: depth + 1 });
  }
}

/** A link to a folder could lead back, or out of what was named. */
async function* behindLink(path: string, isYaml: boolean): AsyncGenerator<FoundFile> {
  const target = await orError(stat(fullPath(path)));
  const isFolder = !(target instanceof Error) && target.isDirectory();
  if (isFolder) yield refused(path, 'is a link to a folder, which is not followed');
  else if (isYaml && target instanceof Error) yield refused(path, `is a link that leads nowhere: ${reasonOf(target)}`);
  else if (isYaml) yield { path };
}

const refused = (path: string, problem: string): FoundFile => ({ refusal: refuse({ file: path, line: 1 }, problem) });

const orError = <Value>(promise: Promise<Value>): Promise<Value | NodeJS.ErrnoException> =>
  promise.catch((error: NodeJS.ErrnoException) => error);

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string => code ?? message;
