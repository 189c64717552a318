import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CDK_FLAGS, REPOSITORY } from '../../fixtures/fixture-app.ts';

/** How many jobs one folder of `functions/`, and so one stack, has. */
const GROUP = 25;

/** An app to be synthesized by `node --import tsx <file>`, into `cdk.out` beside it. */
export interface SynthProject {
  readonly directory: string;
  readonly belfryApp: string;
  readonly plainApp: string;
}

/** Writes an app of that many jobs, and one of as many plain functions, into a new folder. */
export function writeSynthProject(folder: string, jobs: number): SynthProject {
  const directory = join(folder, `${jobs}-jobs`);
  const write = (path: string, text: string): string => {
    const file = join(directory, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const all = Array.from({ length: jobs }, (_, index) => {
    const group = `group-${Math.floor(index / GROUP) + 1}`;
    return { name: `job-${String(index + 1).padStart(3, '0')}`, group, index };
  });
  // Nothing above a folder in node_modules says that its files are ES modules.
  write('package.json', '{ "type": "module" }');
  write('asset/index.mjs', 'export const handler = async () => {};\n');
  for (const each of all)
    write(`functions/${each.group}/${each.name}.ts`, jobText(join(directory, 'functions/x'), each));
  write(
    'schedules.ts',
    [
      `import { schedule } from '${moduleFrom(directory, 'lib/entry/belfry.ts')}';`,
      ...all.map(({ name, group, index }) => `import job${index} from './functions/${group}/${name}.ts';`),
      'export const schedules = {',
      ...all.map(({ name, index }) => `  '${name}': schedule(job${index}, ${whenOf(index)}),`),
      '};',
    ].join('\n'),
  );
  return {
    directory,
    belfryApp: write('belfry-app.ts', belfryAppText(directory)),
    plainApp: write('plain-app.ts', plainAppText(jobs)),
  };
}

const whenOf = (index: number): string =>
  index % 2 === 0 ? "{ every: '5 minutes' }" : `{ cron: '${index % 60} 2 * * mon-fri', timezone: 'Europe/Stockholm' }`;

/** A path to import one of the project's own modules by. */
const moduleFrom = (directory: string, path: string): string =>
  relative(directory, join(REPOSITORY, path)).replaceAll('\\', '/');

/** A job of some lines, each a little different. */
const jobText = (directory: string, { name, index }: { name: string; index: number }): string =>
  `import { defineJob } from '${moduleFrom(directory, 'lib/entry/belfry.ts')}';

export default defineJob('${name}', {
  timeout: '${(index % 10) + 1} minutes',
  retry: { maxAttempts: ${(index % 4) + 1} },
  async run(_input, { run, log, signal }) {
    const response = await fetch('https://example.com/${name}', { signal });
    if (!response.ok) throw new Error(\`page ${index} answered \${response.status}\`);
    const rows = (await response.text()).split('\\n').filter((line) => line.length > ${index});
    log.info('read', { rows: rows.length, for: run.id });
    return { rows: rows.length };
  },
});
`;

const belfryAppText = (directory: string): string =>
  `import { join } from 'node:path';
${NEW_APP}
import { Belfry, loadJobs } from '${moduleFrom(directory, 'lib/entry/cdk.ts')}';
import { schedules } from './schedules.ts';

const jobs = await loadJobs(join(import.meta.dirname, 'functions'));
new Belfry(app, 'Belfry', { jobs, schedules, stages: { dev: {} }, access() {} });
app.synth();
`;

/** The same app for both, without what neither should be measured by. */
const NEW_APP = `import { App } from 'aws-cdk-lib';
const app = new App({
  outdir: join(import.meta.dirname, 'cdk.out'),
  context: ${JSON.stringify(CDK_FLAGS)},
  builtinCloudFormationValidation: false,
  analyticsReporting: false,
  stackTraces: false,
  treeMetadata: false,
  autoSynth: false,
});`;

/** Plain functions that share one small asset: \`NodejsFunction\` starts an esbuild for each, which is no baseline. */
const plainAppText = (functions: number): string =>
  `import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
${NEW_APP}

for (let first = 0; first < ${functions}; first += ${GROUP}) {
  const stack = new Stack(app, \`Stack\${first}\`);
  const code = Code.fromAsset(join(import.meta.dirname, 'asset'));
  for (let n = first; n < Math.min(${functions}, first + ${GROUP}); n++) {
    new Function(stack, \`Function\${n}\`, { runtime: Runtime.NODEJS_22_X, handler: 'index.handler', code });
  }
}
app.synth();
`;
