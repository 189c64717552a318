import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Metafile } from 'esbuild';
import type { Asset } from '../../app/check-packaging.ts';
import { InvalidAppError } from '../../app/check-report.ts';
import { reachableFrom } from './input-graph.ts';
import { OUT, type Roots, trimSourceMap } from './source-map.ts';

/** A function, and the files that are deployed beside its code. */
export interface Packed {
  readonly name: string;
  readonly assets?: readonly Asset[];
}

/** What esbuild has written, ready to become assets. */
export interface Output {
  readonly directory: string;
  readonly outputs: Metafile['outputs'];
  readonly names: ReadonlyMap<string, string>;
  /** Of files that have been read, so that each is read once. */
  readonly hashes: Map<string, string>;
}

/** Takes out of esbuild's files what hangs on the folders that they were made in and from. */
export function settleOutput(outputs: Metafile['outputs'], roots: Roots): Output {
  const files = Object.keys(outputs);
  for (const file of files) if (file.endsWith('.map')) trimSourceMap(file, roots);
  const { directory } = roots;
  return { directory, outputs, names: nameByContent(files, directory), hashes: new Map() };
}

/**
 * Renames shared files by their content, and gives the new names by esbuild's, whose own hash hangs on the folder
 * that the sources lie in. Of the same length, so that no column of a source map moves.
 */
function nameByContent(files: readonly string[], directory: string): ReadonlyMap<string, string> {
  const texts = new Map(
    files.filter((file) => file.endsWith('.mjs')).map((file) => [file, readFileSync(join(directory, file), 'utf8')]),
  );
  const shared = [...texts].flatMap(([file, text]) => {
    const name = /^out\/shared\/(\w{8})\.mjs$/.exec(file)?.[1];
    return name === undefined ? [] : [{ name, text }];
  });
  const anyName = new RegExp(shared.map(({ name }) => name).join('|') || '$^', 'g');
  let names = new Map<string, string>();
  const renamed = (text: string): string => text.replaceAll(anyName, (name) => names.get(name) ?? '');
  // A file that only passes on what it imports differs from another such file by the names in it, once they differ.
  for (let round = 0; round < NAMING_ROUNDS; round++) {
    names = new Map(shared.map(({ name, text }) => [name, shortHash(renamed(text))]));
  }
  if (new Set(names.values()).size < shared.length) throw new Error('two shared files of the bundles are the same');

  for (const [file, text] of texts) writeFileSync(join(directory, file), renamed(text));
  return names;
}

/** How long a chain of files that only pass on may be. */
const NAMING_ROUNDS = 3;

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** What a function may be, unpacked; its layers count too. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_SIZE_MB = 250;

/**
 * Puts a job's entry, as `index.mjs`, all that it can load and the files it names into the folder of an asset.
 *
 * @throws InvalidAppError when it is more than Lambda takes
 */
export function placeAsset({ name: job, assets = [] }: Packed, output: Output, assetDirectory: string): string {
  const { directory, outputs, names, hashes } = output;
  const entry = `${OUT}/${job}.mjs`;
  const sources = new Map<string, string>();
  for (const file of reachableFrom(entry, outputs)) {
    const renamed = relative(OUT, file).replace(/\w{8}(?=\.mjs$)/, (name) => names.get(name) ?? name);
    sources.set(file === entry ? 'index.mjs' : renamed, join(directory, file));
    sources.set(`${renamed}.map`, join(directory, `${file}.map`));
  }
  for (const { path, source } of assets) sources.set(path, source);
  checkSize(job, [...sources.values()]);
  const hash = createHash('sha256');
  for (const [name, path] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const known = hashes.get(path) ?? createHash('sha256').update(readFileSync(path)).digest('hex');
    hashes.set(path, known);
    hash.update(`${name} ${known}${isExecutable(path) ? ' x' : ''}\n`);
  }
  const assetHash = hash.digest('hex');
  const folder = assetFolder(assetDirectory, assetHash);
  if (existsSync(folder)) return assetHash;

  // Complete before it has its name, by which the next synth takes it for granted.
  const unfinished = join(directory, `${job}.asset`);
  mkdirSync(join(unfinished, 'shared'), { recursive: true });
  // Links, since each of a hundred functions has half a megabyte of the same.
  const copied = new Map(assets.map(({ path, source }) => [path, source]));
  for (const [name, path] of sources) if (!copied.has(name)) linkSync(path, join(unfinished, name));
  for (const [name, path] of copied) copyAsset(path, join(unfinished, name));
  renameSync(unfinished, folder);
  return assetHash;
}

/** No link: it would change with the file of the project. */
function copyAsset(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

const isExecutable = (path: string): boolean => (statSync(path).mode & 0o111) !== 0;

function checkSize(job: string, files: readonly string[]): void {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const megabytes = Math.ceil(bytes / 1024 / 1024);
  if (megabytes <= MAX_SIZE_MB) return;
  throw new InvalidAppError([
    `job "${job}": its code and assets are ${megabytes} MB; Lambda takes ${MAX_SIZE_MB} MB, layers included: leave assets out, or keep them in S3 and read them from there`,
  ]);
}

/** The name that CDK gives to the folders of its own assets. */
export const assetFolder = (assetDirectory: string, hash: string): string => join(assetDirectory, `asset.${hash}`);
