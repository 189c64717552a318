import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CDK_FLAGS, FIXTURE_APP, REPOSITORY } from '../fixtures/fixture-app.ts';
import { createFolder } from './support.ts';

/** A job file. */
export const JOB = "import { defineJob } from 'belfry';\nexport default defineJob('nightly', { run() {} });\n";
export const entries = (text: string): string =>
  `import { schedule } from 'belfry';\nimport nightly from '../functions/nightly.ts';\nexport const schedules = { ${text} };\n`;

/** A project with these files, and `infra/app.ts`. Its `lib/` is this checkout's, whose compiled files are in a cache. */
export function projectWith(files: Readonly<Record<string, string>>): string {
  const directory = createFolder();
  cpSync(join(REPOSITORY, 'package.json'), join(directory, 'package.json'));
  for (const part of ['lib', 'node_modules']) symlinkSync(join(REPOSITORY, part), join(directory, part));
  const all = {
    'infra/app.ts': readFileSync(join(FIXTURE_APP, 'infra/app.ts'), 'utf8'),
    'infra/access.ts': 'export default () => {};',
    'infra/stages.ts': 'export const stages = { dev: {} };',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

export const LOAD = "await loadJobs(import.meta.dirname + '/../functions')";

/** An app of the user's own, in place of `infra/app.ts`. */
export const ownApp = (text: string): string =>
  projectWith({
    'functions/nightly.ts': JOB,
    'infra/app.ts': `import { App, Stack } from 'aws-cdk-lib';\nimport { loadJobs } from 'belfry/cdk';\n${text}\n`,
  });

/** What an app has ended with. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outdir: string;
}

/** Runs `infra/app.ts` of a project, with no credentials to be had and from a folder that is not the project's. */
export function runApp(project: string, context: Record<string, unknown> = {}): Promise<Ended> {
  const outdir = createFolder();
  const env = {
    PATH: process.env.PATH,
    HOME: outdir,
    CDK_OUTDIR: join(outdir, 'cdk.out'),
    CDK_CONTEXT_JSON: JSON.stringify({ app: 'shop', ...CDK_FLAGS, 'aws:cdk:bundling-stacks': [], ...context }),
    CDK_VALIDATION: 'false',
  };
  const loader = import.meta.resolve('tsx');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', loader, join(project, 'infra/app.ts')],
      { cwd: outdir, env },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr, outdir: join(outdir, 'cdk.out') }),
    );
  });
}

export const templatesIn = (outdir: string): readonly string[] =>
  readdirSync(outdir)
    .filter((name) => name.endsWith('.template.json'))
    .sort();
