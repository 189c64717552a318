import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildFailure, type BuildOptions, buildSync, type Message, type Metafile } from 'esbuild';
import { InvalidAppError } from '../../app/check-report.ts';
import { type Edge, importsToMend } from './node-imports.ts';
import { NOT_SHIPPED_PACKAGES } from './not-shipped.ts';
import { dropOwnNames } from './own-names.ts';
import { rebuild } from './rebuild.ts';
import { OUT } from './source-map.ts';

// Dependencies in CommonJS call `require` and look for their own folder; an ES module has neither. Minified names are
// short, so a long one meets none of them.
const BANNER = [
  "import { createRequire as belfryCreateRequire } from 'node:module';",
  'const require = belfryCreateRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/** How code for Lambda is built: what is compared with a job's bundle has to be built likewise. */
export const ESBUILD = {
  outdir: OUT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  chunkNames: 'shared/[hash]',
  platform: 'node',
  // ES modules first: of CommonJS nothing that is unused can be left out, a third of the SDK.
  mainFields: ['module', 'main'],
  format: 'esm',
  // Not Lambda's version: the embedded cloud runs the same bundles on the developer's Node.
  target: 'node20.19',
  minify: true,
  // Of classes and functions: a predicate over error names and `new.target.name` read them.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  // Named in the metafile, by which a job that needs one is refused.
  loader: { '.node': 'empty' },
  banner: { js: BANNER },
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** The module of a function. */
export interface Entry {
  readonly name: string;
  readonly source: string;
}

/**
 * Writes the entries into the directory, and what esbuild makes of them into `out` in there.
 *
 * @param options `external`: packages that are not bundled; `jobs`: the names of all jobs, for the bundles of those that read the runs of others
 */
export function build(
  entries: readonly Entry[],
  directory: string,
  { external = [], jobs = [] }: { readonly external?: readonly string[]; readonly jobs?: readonly string[] } = {},
): Metafile {
  const entryPoints = entries.map(({ name, source }) => {
    const file = join(directory, `${name}.ts`);
    writeFileSync(file, source);
    return { in: file, out: name };
  });
  try {
    const options = {
      ...ESBUILD,
      define: { BELFRY_BUNDLED_JOBS: JSON.stringify(jobs.join(',')) },
      external: [...NOT_SHIPPED_PACKAGES, ...external],
      entryPoints,
      absWorkingDir: directory,
    };
    return dropOwnNames(buildAsNode(options), directory);
  } catch (error) {
    const { errors = [] } = error as Partial<BuildFailure>;
    if (errors.length === 0) throw error;
    throw new InvalidAppError(
      errors.map((each) => describeBuildError(each, directory)),
      { cause: error },
    );
  }
}

type Options = BuildOptions & { readonly metafile: true; readonly absWorkingDir: string };

/** Builds again as long as an import leads elsewhere than in Node: what was led anew may import further packages. */
function buildAsNode(options: Options): Metafile {
  let { metafile } = buildSync(options);
  const edges: Edge[] = [];
  for (;;) {
    const found = importsToMend(metafile, options.absWorkingDir, edges);
    if (found.length === 0) return metafile;
    edges.push(...found);
    rmSync(join(options.absWorkingDir, OUT), { recursive: true });
    metafile = rebuild({ options, edges });
  }
}

const describeBuildError = ({ text, location }: Message, directory: string): string =>
  location === null ? text : `${resolve(directory, location.file)}:${location.line}: ${text}`;
