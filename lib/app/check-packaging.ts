import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';
import { normalizeAsset } from '../job/assets.ts';
import type { Job } from '../job/job.ts';
import { quoteValue } from './check-report.ts';

/** A file that is deployed beside a job's code. */
export interface Asset {
  /** From the project's folder, and from the bundle's. */
  readonly path: string;
  /** Where it is now; absolute. */
  readonly source: string;
}

/** What a job's function is made of beside its code. */
export interface Packaging {
  readonly assets: readonly Asset[];
  readonly external: readonly string[];
}

export type PackagingResult = Packaging & { readonly problems: readonly string[] };

/** Checks what a job says of files and packages, and finds the files. @param projectDirectory what its paths start from */
export function readPackaging({ definition }: Job, projectDirectory: string): PackagingResult {
  const { assets = [], external = [] } = definition;
  const problems: string[] = [];
  const found: Asset[] = [];
  for (const path of listOf('assets', assets, "['templates/mail.html']", problems)) {
    const result = readAsset(path, projectDirectory);
    if (typeof result === 'string') problems.push(`assets: ${quoteValue(path)} ${result}`);
    else found.push(...result);
  }
  const packages = listOf('external', external, "['sharp']", problems).filter((name) => {
    const problem = problemOfPackage(name);
    if (problem !== undefined) problems.push(`external: ${quoteValue(name)} ${problem}`);
    return problem === undefined;
  });
  return { assets: [...new Map(found.map((asset) => [asset.path, asset])).values()], external: packages, problems };
}

function listOf(field: string, value: unknown, example: string, problems: string[]): readonly string[] {
  const isList = Array.isArray(value) && value.every((each): each is string => typeof each === 'string');
  if (!isList) problems.push(`${field} is ${quoteValue(value)}; write a list of texts, as ${example}`);
  return isList ? value : [];
}

/** What esbuild writes into the same folder. */
const BUNDLE = /^(index\.mjs$|[\w-]+\.mjs\.map$|shared(\/|$))/;

/** @returns its files, or what is wrong with it */
function readAsset(path: string, projectDirectory: string): readonly Asset[] | string {
  const clean = normalizeAsset(path);
  if (path.startsWith('/') || clean === '' || clean.startsWith('..')) {
    return "is not inside the project; name a file or a folder by its path from the project's folder";
  }
  if (BUNDLE.test(clean)) return 'has the name of a part of the bundle; put it into a folder of its own';
  const source = join(projectDirectory, clean);
  if (!existsSync(source)) return `is not there; paths start from ${projectDirectory}`;
  const files = filesIn(source);
  const root = realpathSync(projectDirectory) + sep;
  const outside = files.find((file) => !realpathSync(file).startsWith(root));
  if (outside !== undefined) return `leads out of the project: ${outside} is a link to ${realpathSync(outside)}`;
  if (files.length === 0) return 'is an empty folder, which is not deployed; put a file into it or leave it out';
  return files.map((file) => ({ path: relative(projectDirectory, file).replaceAll(sep, '/'), source: file }));
}

function filesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}

const PACKAGE = /^(@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/;

function problemOfPackage(name: string): string | undefined {
  if (isBuiltin(name)) return 'is a module of Node, which no bundle contains; leave it out';
  if (name === 'belfry') return 'is Belfry itself, which no layer brings; leave it out';
  if (!PACKAGE.test(name)) return "is not a package's name; write it without a path, as 'sharp' or '@img/colour'";
  return undefined;
}
