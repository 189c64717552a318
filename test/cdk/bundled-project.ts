import { mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type CheckedApp, checkApp } from '../../lib/app/check-app.ts';
import { InvalidAppError } from '../../lib/app/check-report.ts';
import { loadJobs } from '../../lib/app/load-jobs.ts';
import { build } from '../../lib/cdk/bundle/build.ts';
import { bundle } from '../../lib/cdk/bundle/bundle.ts';
import { inspectJob } from '../../lib/cdk/bundle/inspect-job.ts';
import { epochMs } from '../../lib/units.ts';
import { STAGES } from '../support/stages.ts';
import { createFolder } from './support.ts';

/** A folder with these files, packages among them as `node_modules/<name>/…`. @returns its real path */
export function writeProject(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = realpathSync(createFolder());
  const all = { 'package.json': '{ "type": "module" }', ...files };
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

/** A job file that imports `belfry` by its path: the folder has no such package. */
export const jobSource = (name: string, { imports = '', options = '', body = '' } = {}): string =>
  `import { defineJob } from ${JSON.stringify(resolve('lib/entry/belfry.ts'))};\n${imports}\nexport default defineJob('${name}', { ${options} async run(_input, context) { ${body} } });\n`;

export interface BundledProject {
  readonly project: string;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** What is deployed of each job: paths in its asset, the shared files of the bundle left out. */
  readonly deployed: Readonly<Record<string, readonly string[]>>;
  /** The folder of a job's asset. */
  folderOf(job: string): string;
}

/** What synth finds in the code of a project's jobs. They are built without Belfry's handler, which takes most of the time. */
export async function inspectProject(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Pick<BundledProject, 'problems' | 'warnings'>> {
  const project = writeProject(files);
  const { jobs } = await checkProject(project);
  const findings = jobs.map((job) => {
    const directory = realpathSync(createFolder());
    const source = `export { default } from ${JSON.stringify(job.path)};`;
    const metafile = build([{ name: job.name, source }], directory, { external: job.external });
    return inspectJob(job, metafile, { directory, project });
  });
  return {
    problems: findings.flatMap(({ problems }) => problems),
    warnings: findings.flatMap(({ warnings }) => warnings),
  };
}

/** The jobs of a project, checked as synth does. */
export const checkProject = async (project: string): Promise<CheckedApp> =>
  checkApp({
    deployment: { app: 'shop', stage: 'dev' },
    stages: STAGES,
    files: await loadJobs(join(project, 'functions')),
    schedules: {},
    now: epochMs(Date.parse('2026-06-01T12:00:00Z')),
    readCalendarFile: () => [],
  });

/** Checks and bundles the jobs of a project, as synth does. */
export async function bundleProject(files: Readonly<Record<string, string | Uint8Array>>): Promise<BundledProject> {
  const project = writeProject(files);
  const assetDirectory = createFolder();
  const folderOf = (hash: string): string => join(assetDirectory, `asset.${hash}`);
  try {
    const { hashes, warnings } = bundle(await checkProject(project), { projectDirectory: project, assetDirectory });
    const deployed = [...hashes].map(([name, hash]) => [name, filesIn(folderOf(hash))] as const);
    return {
      project,
      problems: [],
      warnings,
      deployed: Object.fromEntries(deployed),
      folderOf: (job) => folderOf(hashes.get(job) ?? ''),
    };
  } catch (error) {
    if (!(error instanceof InvalidAppError)) throw error;
    return { project, problems: error.problems, warnings: [], deployed: {}, folderOf };
  }
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('shared/') && !/^[\w-]+\.mjs(\.map)?$/.test(path))
    .sort();
