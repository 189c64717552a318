// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are the code of jobs
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectProject, jobSource } from './bundled-project.ts';

/** The warnings of a job whose helper has this code. Nothing loads it: not all of it would run here. */
async function warningsOf(
  code: string,
  { path = 'functions/_helper.ts', options = '', files = {} } = {},
): Promise<readonly string[]> {
  const helper = path.startsWith('functions') ? `./${basename(path)}` : 'helper';
  const { warnings, problems } = await inspectProject({
    'functions/mail.ts': jobSource('mail', { body: `return await import('${helper}');`, options }),
    'node_modules/helper/package.json': '{ "name": "helper" }',
    [path]: code,
    ...files,
  });
  expect(problems).toEqual([]);
  return warnings;
}

const DECORATED_PARAMETERS = '{ "compilerOptions": { "experimentalDecorators": true } }';

const PACKAGE = { path: 'node_modules/helper/index.js' };

describe('code that asks for a file beside itself is warned of', () => {
  test('with its place and the cures', async () => {
    const code =
      "import { readFileSync } from 'node:fs';\nexport const text = () => readFileSync(new URL('./mail.html', import.meta.url));";

    expect(await warningsOf(code)).toEqual([
      `functions/mail.ts: job "mail": a bundle has no files beside its code, and these ask for one: functions/_helper.ts:2 (new URL('./mail.html', import.meta.url)); name the files in assets and open them by context.asset(path), or keep it with acknowledge: { 'file-beside-code': '<reason>' }`,
    ]);
  });

  test.each([
    [
      'a path from import.meta.dirname',
      "import { join } from 'node:path'; export const path = join(import.meta.dirname, 'mail.html');",
    ],
    ['a text from import.meta.filename', 'export const path = `${import.meta.filename}/../mail.html`;'],
    [
      'a path from the URL of the module',
      "import { fileURLToPath } from 'node:url'; export const path = fileURLToPath(import.meta.url);",
    ],
    ['a path from __dirname', "export const path = __dirname + '/mail.html';"],
    [
      'a worker thread by its URL',
      "import { Worker } from 'node:worker_threads'; export const start = () => new Worker(new URL('./worker.js', import.meta.url));",
    ],
    [
      'a worker thread by its path',
      "import { Worker } from 'node:worker_threads'; export const start = () => new Worker('./worker.js');",
    ],
    [
      'a package by createRequire',
      "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); export const left = () => require('left-pad');",
    ],
    ['a module whose name is computed', 'export const load = (name: string) => import(name);'],
  ])('%s', async (_, code) => {
    expect(await warningsOf(code)).toHaveLength(1);
  });

  test.each([
    ['a decorator', 'ts', 'const log = (it: unknown) => it as never;\n@log class Mailer {}\nvoid Mailer;'],
    [
      'a decorated parameter',
      'ts',
      'const log = () => {};\nclass Mailer { send(@log to: string) { return to; } }\nvoid Mailer;',
    ],
    ['an accessor', 'ts', 'class Mailer { accessor text = ""; }\nvoid Mailer;'],
    [
      'types beside elements',
      'tsx',
      'const h = (...it: unknown[]) => it;\n/** @jsx h */\nexport const mail = (to: string) => <p>{to}</p>;',
    ],
    ['elements', 'jsx', 'const h = (...it) => it;\n/** @jsx h */\nexport const mail = (to) => <p>{to}</p>;'],
  ])('in a module with %s', async (_, ending, code) => {
    const path = `functions/_helper.${ending}`;
    const source = `${code}\nexport const url = () => new URL('./mail.html', import.meta.url);`;

    const [warning] = await warningsOf(source, { path, files: { 'tsconfig.json': DECORATED_PARAMETERS } });

    expect(warning).toContain(`${path}:${source.split('\n').length} (new URL('./mail.html', import.meta.url))`);
  });

  test.each([
    ['a path from __dirname', "exports.path = require('path').join(__dirname, 'data.json');"],
    ['a file by its URL', "exports.path = () => require('fs').readFileSync(__dirname + '/data.json');"],
  ])('in a package: %s', async (_, code) => {
    const [warning] = await warningsOf(code, PACKAGE);

    expect(warning).toMatch(/node_modules\/helper\/index\.js:1/);
  });
});

interface Case {
  readonly path?: string;
  readonly options?: string;
  readonly files?: Readonly<Record<string, string>>;
}

describe('no warning is given of', () => {
  const CASES: readonly (readonly [what: string, code: string, options?: Case])[] = [
    [
      'modules of Node by createRequire',
      "import { createRequire } from 'node:module'; export const fs = createRequire(import.meta.url)('node:fs');",
    ],
    ['a whole URL', "export const url = new URL('https://example.com', 'https://example.com');"],
    ['the place of the module, for a log', 'export const where = import.meta.url;'],
    [
      'an import that is bundled by its folder',
      'export const load = (name: string) => import(`./_parts/${name}.ts`);',
      { files: { 'functions/_parts/one.ts': 'export {};' } },
    ],
    [
      'a file of a job that names assets',
      'export const path = `${__dirname}/mail.html`;',
      { options: "assets: ['mail.html'],", files: { 'mail.html': '' } },
    ],
    [
      'what the job acknowledges',
      'export const path = `${__dirname}/mail.html`;',
      { options: "acknowledge: { 'file-beside-code': 'only on laptops' }," },
    ],
    [
      'code that cannot be parsed here, though esbuild bundles it',
      "const log = (it: unknown) => it as never;\nexport @log class Mailer {}\nexport const url = () => new URL('./x', import.meta.url);",
    ],
    [
      'code that is nested too deeply to be walked',
      `export const sum = ${Array.from({ length: 20_000 }, () => '1').join(' + ')}, url = () => new URL('./x', import.meta.url);`,
    ],
    ['a package that only names its folder', 'exports.dir = __dirname;', PACKAGE],
    [
      'a module of which nothing is left in the bundle',
      "export * from './_reads.ts'; export const used = 1;",
      {
        files: {
          'functions/_reads.ts': "export const unused = () => new URL('./x', import.meta.url);",
          'functions/mail.ts': jobSource('mail', {
            imports: "import { used } from './_helper.ts';",
            body: 'return used;',
          }),
        },
      },
    ],
  ];

  test.each(CASES.map(([what, code, options = {}]) => ({ what, code, options })))(
    '$what',
    async ({ code, options }) => {
      expect(await warningsOf(code, options)).toEqual([]);
    },
  );
});
