import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import type { CheckedApp } from '../lib/job/check-app.ts';
import type { HandlerOptions } from '../lib/lambda/handler.ts';

/** Bundles on disk: a folder per job with its `index.mjs`. */
export interface Bundles {
  directoryOf(job: string): string;
  /** Removes them; whoever needs them longer has copied them. */
  remove(): void;
}

/** `createHandler`, which every generated entry calls. */
const HANDLER_MODULE = join(import.meta.dirname, '../lib/lambda/index.ts');

// Dependencies in CommonJS call `require` and look for their own folder; an ES module has neither. Minified names are
// short, so a long one meets none of them.
const BANNER = [
  "import { createRequire as belfryCreateRequire } from 'node:module';",
  'const require = belfryCreateRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/**
 * Bundles the functions of all jobs in one run of esbuild, which reads what they share once.
 *
 * The content of a bundle follows from the sources alone, not from where they lie: its hash decides
 * whether a function is deployed again.
 *
 * @param projectDirectory what source maps name sources from
 */
export function bundle({ jobs, schedules }: Pick<CheckedApp, 'jobs' | 'schedules'>, projectDirectory: string): Bundles {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-bundle-')));
  const entryPoints = jobs.map((job) => {
    const zones = schedules.filter((each) => each.job === job.name).map(({ id, timezone }) => [id, { timezone }]);
    const entry = join(directory, 'entries', job.name, 'index.ts');
    mkdirSync(dirname(entry), { recursive: true });
    writeFileSync(entry, entryOf(job.path, { policy: job.policy, schedules: Object.fromEntries(zones) }));
    return { in: entry, out: join(job.name, 'index') };
  });
  buildSync({
    entryPoints,
    outdir: join(directory, 'out'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Not Lambda's version: the embedded cloud runs the same bundles on the developer's Node.
    target: 'node20.19',
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: BANNER },
    logLevel: 'error',
  });
  const project = realpathSync(projectDirectory);
  for (const { name } of jobs) renameSources(join(directory, 'out', name, 'index.mjs.map'), { directory, project });
  return {
    directoryOf: (job) => join(directory, 'out', job),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Synth has checked the policy and knows the schedules' zones; a running function takes its word for both. */
function entryOf(jobFile: string, options: HandlerOptions): string {
  return [
    `import job from ${JSON.stringify(jobFile)};`,
    `import { createHandler } from ${JSON.stringify(HANDLER_MODULE)};`,
    `export const handler = createHandler(job, ${JSON.stringify(options)});`,
    '',
  ].join('\n');
}

/**
 * Names a source map's sources by the project or the package they belong to: esbuild names them by the way
 * there, which differs between two checkouts. Stack traces read better, too.
 */
function renameSources(map: string, { directory, project }: { directory: string; project: string }): void {
  const text = readFileSync(map, 'utf8');
  const [start, end] = [text.indexOf('['), text.indexOf(']')];
  const sources = JSON.parse(text.slice(start, end + 1)) as string[];
  const renamed = sources.map((source) => {
    const path = resolve(dirname(map), source);
    const dependency = path.lastIndexOf('node_modules');
    if (dependency >= 0) return path.slice(dependency);
    return relative(path.startsWith(directory) ? directory : project, path);
  });
  writeFileSync(map, `${text.slice(0, start)}${JSON.stringify(renamed)}${text.slice(end + 1)}`);
}
