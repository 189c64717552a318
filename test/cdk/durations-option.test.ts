import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadJobs } from '../../lib/app/load-jobs.ts';
import { Belfry } from '../../lib/cdk/belfry.ts';
import type { StageSettings } from '../../lib/job/stages.ts';
import { CDK_FLAGS } from '../fixtures/fixture-app.ts';
import { jobSource, writeProject } from './bundled-project.ts';
import { createApp, resourcesOf } from './support.ts';

/** The code of each function of an app with one job, by the function's name. */
async function codeOf(settings: StageSettings): Promise<Readonly<Record<string, string>>> {
  const project = writeProject({ 'functions/report.ts': jobSource('report') });
  const app = createApp({ context: { ...CDK_FLAGS } });
  const jobs = await loadJobs(join(project, 'functions'));
  new Belfry(app, 'Belfry', { app: 'shop', stage: 'dev', stages: { dev: settings }, jobs, schedules: {} });
  const assembly = app.synth();
  const functions = resourcesOf(assembly.getStackByName('shop-dev').template, 'AWS::Lambda::Function');
  return Object.fromEntries(
    functions.map(({ Properties }) => {
      const folder = join(assembly.directory, `asset.${String(Properties.Code.S3Key).replace('.zip', '')}`);
      return [Properties.FunctionName, read(folder)];
    }),
  );
}

const read = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');

test('functions of jobs have what measures durations in the stages that ask for it, the watchdog in none', async () => {
  const hasIt = async (settings: StageSettings) => {
    const code = Object.entries(await codeOf(settings));
    // Nothing else in a function compares an event with the one of which start delays are measured.
    return Object.fromEntries(
      code.map(([name, text]) => [name, /===?\s*"attempt-started"|"attempt-started"\s*===?/.test(text)]),
    );
  };

  expect(await hasIt({})).toEqual({ 'shop-dev-report': false, 'shop-dev-watchdog': false });
  expect(await hasIt({ metrics: { durations: false } })).toEqual({
    'shop-dev-report': false,
    'shop-dev-watchdog': false,
  });
  expect(await hasIt({ metrics: { durations: true } })).toEqual({
    'shop-dev-report': true,
    'shop-dev-watchdog': false,
  });
});
