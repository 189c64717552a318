import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildFailure, type BuildOptions, buildSync, type Message, type Metafile } from 'esbuild';
import type { CheckedApp } from '../../app/check-app.ts';
import { InvalidAppError } from '../../app/check-report.ts';
import { WATCHDOG } from '../../job/names.ts';
import type { WatchdogOptions } from '../../lambda/watchdog.ts';
import { OUT, placeAsset, settleOutput } from './assets.ts';
import { jobEntry, watchdogEntry } from './entry.ts';

// Dependencies in CommonJS call `require` and look for their own folder; an ES module has neither. Minified names are
// short, so a long one meets none of them.
const BANNER = [
  "import { createRequire as belfryCreateRequire } from 'node:module';",
  'const require = belfryCreateRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/**
 * Bundles the functions of all jobs in one run of esbuild, and cuts what several of them share into files of
 * their own, minified once: for 100 jobs, that is 0.4 s instead of 8. A function gets the files it can reach.
 *
 * What a function gets follows from the sources alone, not from where they lie: its hash decides whether it is
 * deployed again. (It is also deployed again when another job is the first to use more of a module they share.)
 *
 * @returns the hash of each job's files, which stand in `<assetDirectory>/asset.<hash>`
 */
export function bundle(app: BundledApp, places: BundlePlaces): ReadonlyMap<string, string> {
  // In the assembly itself, so that files need no copying: for 100 jobs, that takes 5 s.
  const directory = realpathSync(mkdtempSync(join(places.assetDirectory, '.bundle-')));
  try {
    const entries = entriesOf(app);
    const jobs = app.jobs.map(({ name }) => name);
    const { outputs } = build(entries, directory, jobs);
    const output = settleOutput(outputs, { directory, project: realpathSync(places.projectDirectory) });
    return new Map(entries.map(({ name }) => [name, placeAsset(name, output, places.assetDirectory)]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export interface BundledApp extends Pick<CheckedApp, 'jobs' | 'schedules'> {
  /** Whether the stage says that it runs on an emulator. @default false */
  readonly isEmulated?: boolean;
  /** @default none */
  readonly watchdog?: WatchdogOptions;
}

interface Entry {
  readonly name: string;
  readonly source: string;
}

/** The module of each function. */
export function entriesOf({ jobs, schedules, isEmulated = false, watchdog }: BundledApp): readonly Entry[] {
  const entries = jobs.map((job) => ({ name: job.name, source: jobEntry({ job, schedules, isEmulated }) }));
  if (watchdog === undefined) return entries;
  return [...entries, { name: WATCHDOG, source: watchdogEntry(watchdog, isEmulated) }];
}

/**
 * Writes the entries into the directory, and what esbuild makes of them into `out` in there.
 *
 * @param jobs the names of all jobs, for the bundles of those that read the runs of others. @default none
 */
export function build(entries: readonly Entry[], directory: string, jobs: readonly string[] = []): Metafile {
  const entryPoints = entries.map(({ name, source }) => {
    const file = join(directory, `${name}.ts`);
    writeFileSync(file, source);
    return { in: file, out: name };
  });
  try {
    const define = { BELFRY_BUNDLED_JOBS: JSON.stringify(jobs.join(',')) };
    return buildSync({ ...ESBUILD, define, entryPoints, absWorkingDir: directory }).metafile;
  } catch (error) {
    const { errors = [] } = error as Partial<BuildFailure>;
    if (errors.length === 0) throw error;
    throw new InvalidAppError(
      errors.map((each) => describeBuildError(each, directory)),
      { cause: error },
    );
  }
}

const describeBuildError = ({ text, location }: Message, directory: string): string =>
  location === null ? text : `${resolve(directory, location.file)}:${location.line}: ${text}`;

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
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  banner: { js: BANNER },
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** Where bundles come from and where they go. */
export interface BundlePlaces {
  /** What source maps name sources from. */
  readonly projectDirectory: string;
  /** Of the assembly. */
  readonly assetDirectory: string;
}
