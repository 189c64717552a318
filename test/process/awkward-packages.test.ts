import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../fixtures/fixture-app.ts';
import { type AwkwardCase, CASES, REAL_PACKAGES } from './awkward/cases.ts';

const run = promisify(execFile);

const project = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-awkward-')));
afterAll(() => rmSync(project, { recursive: true, force: true }));

const jobSource = (name: string, { imports = '', options = '', body }: AwkwardCase): string =>
  `// @ts-nocheck\nimport { defineJob } from 'belfry';\n${imports}\nexport default defineJob('${name}', {\n  ${options}\n  async run(_input, context) {\n    ${body}\n  },\n});\n`;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

interface Results {
  readonly [name: string]: { readonly inTest: unknown; readonly fromBundle: unknown };
}

describe('a job gives the same from its bundle as in a test:', () => {
  let results: Results = {};
  beforeAll(async () => {
    write('package.json', '{ "type": "module" }');
    for (const [name, awkward] of Object.entries(CASES)) {
      write(`functions/${name}.ts`, jobSource(name, awkward));
      for (const [path, text] of Object.entries(awkward.files ?? {})) write(path, text);
    }
    symlinkSync(REPOSITORY, join(project, 'node_modules/belfry'));
    for (const name of REAL_PACKAGES)
      symlinkSync(join(REPOSITORY, 'node_modules', name), join(project, 'node_modules', name));

    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const script = join(import.meta.dirname, 'awkward/run-both.ts');
    const { stdout } = await run(process.execPath, ['--import', tsx, script, ...Object.keys(CASES)], { cwd: project });
    results = JSON.parse(stdout);
  });

  test.each(Object.entries(CASES))('%s', (name, { gives }) => {
    expect(results[name]).toEqual({ inTest: gives, fromBundle: gives });
  });
});
