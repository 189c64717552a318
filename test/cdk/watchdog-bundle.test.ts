import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import { Belfry, loadJobs } from '../../lib/entry/cdk.ts';
import type { Schedules } from '../../lib/job/schedule.ts';
import { STAGES } from '../support/stages.ts';
import { createApp, createFolder, only, report, type Template, watchdogOf } from './support.ts';

const LIBRARY = join(import.meta.dirname, '../../lib/entry/belfry.ts');
const invoice = defineJob('invoice', { run() {} });

interface Project {
  /** Below `functions/`, without `.ts`. */
  readonly jobs: readonly string[];
  readonly schedules: Schedules;
  readonly context?: Readonly<Record<string, unknown>>;
}

async function synthesized({ jobs, schedules, context = {} }: Project) {
  const functionsDirectory = join(createFolder(), 'functions');
  mkdirSync(functionsDirectory);
  for (const job of jobs) {
    const file = join(functionsDirectory, `${job}.ts`);
    const definition = `defineJob('${job.replace(/.*\//, '')}', { run() {} })`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `import { defineJob } from ${JSON.stringify(LIBRARY)};\nexport default ${definition};\n`);
  }
  const outdir = createFolder();
  const app = createApp({ outdir, postCliContext: { 'aws:cdk:bundling-stacks': ['**'], app: 'shop', ...context } });
  new Belfry(app, 'Belfry', { jobs: await loadJobs(functionsDirectory), schedules, stages: STAGES });
  app.synth();
  const templateOf = (stack: string): Template =>
    JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8'));
  const { Code, FunctionName } = functionIn(templateOf('shop-dev'));
  const code = readFileSync(join(outdir, `asset.${Code.S3Key.replace('.zip', '')}`, 'index.mjs'), 'utf8');
  return { FunctionName, code, templateOf };
}

const functionIn = (template: Template) => only(watchdogOf(template), 'AWS::Lambda::Function', () => true).Properties;

/** In the minified code, in which 420,000 is `42e4`. */
const graceIn = (code: string): number => Number(/\bgrace:(\d\w*)/.exec(code)?.[1]);

describe('a project with groups', () => {
  let project: Awaited<ReturnType<typeof synthesized>>;
  beforeAll(async () => {
    project = await synthesized({
      jobs: ['report', 'billing/invoice'],
      schedules: { nightly: schedule(report, { every: '1 day' }), hourly: schedule(invoice, { every: '1 hour' }) },
      context: { watchdogGrace: '7 minutes' },
    });
  });

  test('has one watchdog, in the main stack', () => {
    const { FunctionName, templateOf } = project;

    expect(FunctionName).toBe('shop-dev-watchdog');
    expect(watchdogOf(templateOf('shop-dev-billing')).Resources).toEqual({});
  });

  test('has a watchdog that knows the schedules of all groups', () => {
    const ids = [...project.code.matchAll(/\{id:"([^"]+)",job:/g)].map(([, id]) => id);

    expect(ids).toEqual(['nightly', 'hourly', 'watchdog']);
  });

  test('has the grace that the context says', () => {
    expect(graceIn(project.code)).toBe(420_000);
  });
});

test('a project without jobs has a watchdog with its own code', async () => {
  const { code } = await synthesized({ jobs: [], schedules: {} });

  expect(graceIn(code)).toBe(180_000);
});
