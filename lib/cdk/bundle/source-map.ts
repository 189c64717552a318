import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import { STAND_IN } from './node-imports.ts';

/** Where esbuild writes to, below its working directory. */
export const OUT = 'out';

const STANDS_FOR = new RegExp(`^.*${STAND_IN}:`);

/** The folders that sources lie in. */
export interface Roots {
  readonly directory: string;
  readonly project: string;
}

/** Belfry's own folder, `lib/`. */
const BELFRY = resolve(import.meta.dirname, '../..');

/** What sources of packages begin with, Belfry's own included. Every other source is the user's. */
const PACKAGES = 'node_modules/';

interface SourceMap {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

/**
 * Reduces one of esbuild's source maps to what a stack needs, and names its sources from the project: a user's code
 * keeps each position, of a package only which file the code is of. Node reads the maps of all that it loads, so those
 * of the SDK alone, with every position, would make a function's start a quarter longer and its package twice as large.
 */
export function trimSourceMap(file: string, roots: Roots): void {
  const map = join(roots.directory, file);
  const { sources, names, mappings } = JSON.parse(readFileSync(map, 'utf8')) as SourceMap;
  const paths = sources.map((source) =>
    pathFromProject(resolve(dirname(map), decodeURIComponent(source).replace(STANDS_FOR, '')), roots),
  );
  const kept = keepUserCode(decode(mappings), (source) => paths[source]?.startsWith(PACKAGES) !== true);
  // Node reads them from the map's own folder; the folder of the asset stands for the project.
  const up = relative(dirname(map), join(roots.directory, OUT));
  const trimmed: SourceMap = {
    version: 3,
    sources: paths.map((path) => encodeURI(up === '' ? path : `${up}/${path}`)),
    ...withUsedNames(kept, names),
  };
  writeFileSync(map, JSON.stringify(trimmed));
}

/** `functions/report.ts`, `node_modules/pg/lib/client.js`; of a source beside the project `[..]/shared/dates.ts`. */
function pathFromProject(path: string, { directory, project }: Roots): string {
  if (isIn(directory, path)) return `${PACKAGES}belfry/${relative(directory, path)}`;
  if (isIn(BELFRY, path)) return `${PACKAGES}belfry/lib/${relative(BELFRY, path)}`;
  const dependency = path.lastIndexOf(PACKAGES);
  if (dependency >= 0) return path.slice(dependency);
  // A path with `..` would leave the folder of the asset, whose name is taken off the paths in stacks.
  return relative(project, path).replaceAll('..', '[..]');
}

const isIn = (folder: string, path: string): boolean => !relative(folder, path).startsWith('..');

/** All segments of a user's code, and of each stretch of another source its first. */
function keepUserCode(
  lines: readonly SourceMapSegment[][],
  isUsers: (source: number) => boolean,
): readonly SourceMapSegment[][] {
  let last: number | undefined;
  return lines.map((segments) =>
    segments.flatMap((segment): SourceMapSegment[] => {
      const [column, source] = segment;
      const isStretch = source === last;
      last = source;
      if (source === undefined) return isStretch ? [] : [[column]];
      if (isUsers(source)) return [segment];
      return isStretch ? [] : [[column, source, 0, 0]];
    }),
  );
}

/** By these Node names functions in stacks. */
function withUsedNames(
  lines: readonly SourceMapSegment[][],
  names: readonly string[],
): Pick<SourceMap, 'names' | 'mappings'> {
  const used = new Map<number, number>();
  const renamed = lines.map((segments) =>
    segments.map((segment): SourceMapSegment => {
      if (segment.length !== 5) return segment;
      const [column, source, line, sourceColumn, name] = segment;
      const index = used.get(name) ?? used.size;
      used.set(name, index);
      return [column, source, line, sourceColumn, index];
    }),
  );
  return { names: [...used.keys()].map((name) => names[name] ?? ''), mappings: encode(renamed) };
}
