import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { MANIFEST_FILE, type Manifest } from '../../lib/manifest.ts';
import { CDK_FLAGS, checkOutFixture } from '../fixtures/fixture-app.ts';
import { createFolder, resourcesOf, type Template } from './support.ts';

const run = promisify(execFile);
/** The fixture's project, checked out at a place of this name. */
async function checkout(name: string): Promise<string> {
  const directory = join(createFolder(), name);
  await checkOutFixture(directory);
  return directory;
}

interface Synthesized {
  readonly outdir: string;
  /** On either stream. */
  readonly printed: string;
}

const synthIn = async (directory: string, context: Readonly<Record<string, string>> = {}): Promise<string> =>
  (await synthAndPrint(directory, context)).outdir;

/** Synthesizes as the embedded cloud does: without the CDK CLI, credentials or network. */
async function synthAndPrint(directory: string, context: Readonly<Record<string, string>>): Promise<Synthesized> {
  const outdir = createFolder();
  const env = {
    PATH: process.env.PATH,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...CDK_FLAGS, ...context }),
    CDK_VALIDATION: 'false',
  };
  const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', 'infra/app.ts'], { cwd: directory, env });
  return { outdir, printed: stdout + stderr };
}

const assetsIn = (outdir: string): readonly string[] =>
  readdirSync(outdir)
    .filter((name) => name.startsWith('asset.'))
    .sort();

describe('the bundles of two checkouts', () => {
  let project = '';
  let here = '';
  let elsewhere = '';
  beforeAll(async () => {
    project = await checkout('project');
    [here, elsewhere] = await Promise.all([synthIn(project), synthIn(await checkout('deeper/100% anderswo «β»'))]);
  });

  test('are the same, so that nothing is deployed again for being built elsewhere', () => {
    expect(assetsIn(here)).toEqual(assetsIn(elsewhere));
    expect(assetsIn(here)).not.toEqual([]);
  });

  test('name their sources from the project', () => {
    const sources = assetsIn(here).flatMap((asset) =>
      readdirSync(join(here, asset), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.map'))
        .flatMap((file) =>
          (JSON.parse(readFileSync(join(here, asset, file), 'utf8')).sources as string[]).map((source) =>
            join(dirname(file), source),
          ),
        ),
    );

    expect(sources).toContain('functions/heartbeat.ts');
    expect(sources).toContain('node_modules/belfry/lib/run/attempt.ts');
    expect(sources.filter((source) => !/^(functions|node_modules)\//.test(source))).toEqual([]);
  });

  test('load on this Node, with the variables that the template sets, and have a handler', async () => {
    const template = JSON.parse(readFileSync(join(here, 'belfry-dev.template.json'), 'utf8')) as Template;
    const names = resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ Properties }) =>
      Object.keys(Properties.Environment.Variables),
    );
    const variables = Object.fromEntries(names.filter((name) => name !== 'NODE_OPTIONS').map((name) => [name, 'x']));
    const env = { ...variables, AWS_REGION: 'eu-north-1' };
    const print = (asset: string) =>
      `console.log(typeof (await import('${pathToFileURL(join(here, asset, 'index.mjs'))}')).handler)`;

    const loading = assetsIn(here).map((asset) =>
      run(process.execPath, ['--input-type=module', '--eval', print(asset)], { env }),
    );

    expect((await Promise.all(loading)).map(({ stdout }) => stdout)).toEqual(loading.map(() => 'function\n'));
  });

  test('guess no scheduled time, unless the stage says that it runs on an emulator', async () => {
    const emulated = await synthIn(project, { emulator: 'true' });

    const guessing = (outdir: string) =>
      assetsIn(outdir).map((asset) =>
        readdirSync(join(outdir, asset), { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.mjs'))
          .some((file) => readFileSync(join(outdir, asset, file), 'utf8').includes('this emulator does not fill in')),
      );
    expect(new Set(guessing(here))).toEqual(new Set([false]));
    expect(new Set(guessing(emulated))).toEqual(new Set([true]));
  });

  test('have no copy of the addresses in the manifest, and synth prints none', async () => {
    const { outdir, printed } = await synthAndPrint(project, { app: 'shop', stage: 'prod' });
    const address = 'oncall@example.com';
    const { alerts } = JSON.parse(readFileSync(join(outdir, MANIFEST_FILE), 'utf8')) as Manifest;
    expect(alerts?.deployed.email).toEqual([address]);

    const files = assetsIn(outdir).flatMap((asset) =>
      readdirSync(join(outdir, asset), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );

    expect(files.filter((file) => file.endsWith('.mjs'))).not.toEqual([]);
    expect(files.filter((file) => readFileSync(file, 'utf8').includes(address))).toEqual([]);
    expect(files.filter((file) => file.endsWith(MANIFEST_FILE))).toEqual([]);
    expect(printed).not.toContain(address);
  });

  test('come with a manifest of the app', () => {
    const manifest = JSON.parse(readFileSync(join(elsewhere, 'belfry.json'), 'utf8')) as Manifest;

    expect(manifest).toMatchObject({ v: 1, app: 'belfry', stage: 'dev', resources: { table: 'belfry-dev-runs' } });
    expect(manifest.schedules.find(({ id }) => id === 'heartbeat')).toEqual({
      id: 'heartbeat',
      job: 'heartbeat',
      expressions: ['cron(0/5 * * * ? *)'],
      source: 'every 5 minutes',
      timezone: 'UTC',
      enabled: true,
      policy: { maxLateness: 600_000, catchUp: 0, spread: 0, dst: 'skip', except: [], only: [] },
    });
  });
});
