import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkApp } from '../../lib/app/check-app.ts';
import { loadJobs } from '../../lib/app/load-jobs.ts';
import { bundle } from '../../lib/cdk/bundle/bundle.ts';
import { DUE } from '../support/requests.ts';
import { STAGES } from '../support/stages.ts';
import { createFolder } from './support.ts';

const run = promisify(execFile);
const LIBRARY = join(import.meta.dirname, '../../lib/entry/belfry.ts');

/** A job that loads only where functions run, and then as its text says. */
const job = (name: string, lines: readonly string[]): string =>
  [
    `import { defineJob } from ${JSON.stringify(LIBRARY)};`,
    ...lines,
    `export default defineJob('${name}', { run() {} });`,
    '',
  ].join('\n');

const FILES: Readonly<Record<string, string>> = {
  'project/functions/one.ts': job('one', [
    "import { refuse } from './_shared/refuse.ts';",
    "if (process.env.IS_FUNCTION) refuse('one');",
  ]),
  'project/functions/two.ts': job('two', [
    "import { refuse } from './_shared/refuse.ts';",
    'export const unused = refuse;',
  ]),
  'project/functions/beside.ts': job('beside', [
    "import { check } from '../../beside/check.ts';",
    "import { parse } from 'a-package';",
    'if (process.env.IS_FUNCTION) check(parse);',
  ]),
  'project/functions/_shared/refuse.ts':
    '/** Two jobs import it. */\nexport function refuse(what: string): void {\n  throw new TypeError("refused " + what);\n}\n',
  'beside/check.ts': 'export function check(action: () => void): void {\n  action();\n}\n',
  'project/node_modules/a-package/package.json': '{ "name": "a-package", "type": "module", "main": "main.js" }',
  'project/node_modules/a-package/main.js':
    '// its first line\nexport function parse() {\n  throw new SyntaxError("no");\n}\n',
};

async function bundleFiles(): Promise<(job: string) => string> {
  const folder = realpathSync(createFolder());
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const projectDirectory = join(folder, 'project');
  const assetDirectory = join(folder, 'out');
  mkdirSync(assetDirectory);
  const files = await loadJobs(join(projectDirectory, 'functions'));
  const deployment = { app: 'shop', stage: 'dev' };
  const app = checkApp({ deployment, stages: STAGES, files, schedules: {}, now: DUE, readCalendarFile: () => [] });
  const { hashes } = bundle(app, { projectDirectory, assetDirectory });
  return (name) => join(assetDirectory, `asset.${hashes.get(name)}`);
}

describe('the bundle of a job', () => {
  let folderOf: (job: string) => string;
  beforeAll(async () => {
    folderOf = await bundleFiles();
  });

  /** The stack of what the function throws when it is loaded as in Lambda, from its folder. */
  async function stackOf(name: string): Promise<readonly string[]> {
    const entry = pathToFileURL(join(folderOf(name), 'index.mjs')).href;
    const script = `await import('${entry}').catch(({ stack }) => process.stdout.write(stack))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      env: { NODE_OPTIONS: '--enable-source-maps', IS_FUNCTION: '1' },
    });
    return stdout.replaceAll(`${folderOf(name)}/`, '').split('\n');
  }

  test("has the lines of a user's sources in its stacks, of those that several jobs share too", async () => {
    const [what, ...frames] = await stackOf('one');

    expect(what).toBe('TypeError: refused one');
    expect(frames[0]).toMatch(/functions\/_shared\/refuse\.ts:3:9\)?$/);
    expect(frames[1]).toMatch(/functions\/one\.ts:3:30\)?$/);
  });

  test('names the file of a package, and a source beside the project without leaving its own folder', async () => {
    const [, ...frames] = await stackOf('beside');

    expect(frames[0]).toMatch(/node_modules\/a-package\/main\.js:1:1\)?$/);
    expect(frames[1]).toMatch(/\(\[\.\.\]\/beside\/check\.ts:2:3\)$/);
    expect(frames[2]).toMatch(/functions\/beside\.ts:4:30\)?$/);
  });

  test('ships maps of less than a fifth of its code, and no text of a source', () => {
    const files = readdirSync(folderOf('one'), { recursive: true, encoding: 'utf8' });
    const bytesOf = (ending: string): number =>
      files
        .filter((file) => file.endsWith(ending))
        .reduce((sum, file) => sum + statSync(join(folderOf('one'), file)).size, 0);
    const maps = files.filter((file) => file.endsWith('.map'));

    expect(bytesOf('.map')).toBeGreaterThan(0);
    expect(bytesOf('.map')).toBeLessThan(bytesOf('.mjs') / 5);
    for (const map of maps) expect(readFileSync(join(folderOf('one'), map), 'utf8')).not.toContain('sourcesContent');
  });
});
