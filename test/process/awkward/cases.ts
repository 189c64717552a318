// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are the code of jobs
/** A job whose code or packages a bundler likes to break, and what it returns in a test and from its bundle. */
export interface AwkwardCase {
  /** Beside the job's file; by their paths in the project. */
  readonly files?: Readonly<Record<string, string>>;
  readonly imports?: string;
  /** Of the job, beside `run`. */
  readonly options?: string;
  /** Of `async run(_input, context)`. */
  readonly body: string;
  /** The result of the run; `failed` where it is to end so. */
  readonly gives: unknown;
}

/** A package: files by their names in it. */
const pack = (name: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({ 'package.json': '{}', ...files }).map(([path, text]) => [`node_modules/${name}/${path}`, text]),
  );

const dual = (name: string, version: string): Readonly<Record<string, string>> =>
  pack(name, {
    'package.json': JSON.stringify({ main: 'main.js', module: 'module.js' }),
    'main.js': `module.exports = () => 'main ${version}'; module.exports.version = '${version}';`,
    'module.js': `export default () => 'module ${version}'; export const version = '${version}';`,
    'fp/package.json': '{ "main": "fp.js", "module": "fp.mjs" }',
    'fp/fp.js': "module.exports = () => 'fp';",
    'fp/fp.mjs': "export default () => 'fp as a module';",
  });

export const CASES: Readonly<Record<string, AwkwardCase>> = {
  'dual-required': {
    files: { ...dual('dual', '1'), ...pack('needs-dual', { 'index.js': "module.exports = require('dual');" }) },
    imports: "import needs from 'needs-dual';",
    body: 'return needs();',
    gives: 'main 1',
  },
  'dual-by-path': {
    files: { ...dual('dual-fp', '1'), ...pack('needs-fp', { 'index.js': "module.exports = require('dual-fp/fp');" }) },
    imports: "import needs from 'needs-fp';",
    body: 'return needs();',
    gives: 'fp',
  },
  'dual-of-two-versions': {
    files: {
      ...dual('twice', '1'),
      ...dual('needs-old/node_modules/twice', '0'),
      ...pack('needs-old', { 'index.js': "module.exports = require('twice');" }),
      ...pack('needs-new', { 'index.js': "module.exports = require('twice');" }),
    },
    imports: "import older from 'needs-old'; import newer from 'needs-new'; import { version } from 'twice';",
    body: 'return [older(), newer(), version];',
    gives: ['main 0', 'main 1', '1'],
  },
  'default-export': {
    files: pack('transpiled', {
      'package.json': JSON.stringify({ main: 'main.js', module: 'module.js' }),
      'main.js': "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = () => 'main';",
      'module.js': "export default () => 'module';",
    }),
    imports: "import transpiled from 'transpiled';",
    body: 'return [typeof transpiled, transpiled.default()];',
    gives: ['object', 'main'],
  },
  'export-conditions': {
    files: {
      ...pack('conditions', {
        'package.json': JSON.stringify({
          exports: { '.': { browser: './browser.js', module: './esm.mjs', import: './esm.mjs', require: './cjs.cjs' } },
        }),
        'esm.mjs': "export const how = 'imported';",
        'cjs.cjs': "exports.how = 'required';",
        'browser.js': "throw new Error('not in a browser');",
      }),
      ...pack('needs-conditions', { 'index.js': "exports.how = require('conditions').how;" }),
    },
    imports: "import { how } from 'conditions'; import required from 'needs-conditions';",
    body: 'return [how, required.how];',
    gives: ['imported', 'required'],
  },
  'new-target': {
    imports:
      'class OwnError extends Error { constructor() { super(); this.name = new.target.name; } }\nclass NotFound extends OwnError {}',
    body: 'return [new NotFound().name, (function helper() {}).name];',
    gives: ['NotFound', 'helper'],
  },
  'retry-by-name': {
    files: pack('errors', { 'index.js': 'exports.Permanent = class PermanentError extends Error {};' }),
    imports: "import { Permanent } from 'errors';",
    options: "retry: { maxAttempts: 3, isRetryable: (error) => error.constructor.name !== 'PermanentError' },",
    body: "throw new Permanent('never again');",
    gives: 'failed',
  },
  'json-import': {
    files: { 'functions/_rates.json': '{ "eur": 1 }' },
    imports: "import rates from './_rates.json' with { type: 'json' };",
    body: 'return rates;',
    gives: { eur: 1 },
  },
  'top-level-await': {
    files: { 'functions/_settings.ts': 'export const settings = await Promise.resolve({ region: "eu" });' },
    imports: "import { settings } from './_settings.ts';",
    body: 'return settings;',
    gives: { region: 'eu' },
  },
  'dynamic-import': {
    files: {
      'functions/_parts/one.ts': "export default 'one';",
      'functions/_parts/two.ts': "export default 'two';",
      ...pack('later', { 'index.js': "exports.later = 'later';" }),
    },
    body: "const name = ['one', 'two'][1]; return [(await import(`./_parts/${name}.ts`)).default, (await import('later')).later];",
    gives: ['two', 'later'],
  },
  'getters-of-commonjs': {
    files: pack('lazy', {
      'index.js': `const loaded = [];
        const part = (name, load) => Object.defineProperty(exports, name, { enumerable: true, get: () => load(loaded.push(name)) });
        part('unused', () => 'unused');
        part('broken', () => { throw new Error('not installed'); });
        exports.loaded = loaded;`,
    }),
    body: "const { loaded } = await import('lazy'); return loaded;",
    gives: [],
  },
  'create-require': {
    files: { 'data/zones.json': '["UTC"]' },
    imports: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    options: "assets: ['data'],",
    body: "return [typeof require('node:fs').readFileSync, require(context.asset('data/zones.json'))];",
    gives: ['function', ['UTC']],
  },
  dirname: {
    files: pack('knows-its-folder', {
      'index.js': "exports.folders = [__dirname, __filename].map((path) => require('path').isAbsolute(path));",
    }),
    imports: "import { folders } from 'knows-its-folder';",
    body: 'return folders;',
    gives: [true, true],
  },
  'file-as-asset': {
    files: { 'templates/mail.html': '<p>' },
    imports: "import { readFileSync } from 'node:fs';",
    options: "assets: ['templates/mail.html'],",
    body: "return readFileSync(context.asset('templates/mail.html'), 'utf8');",
    gives: '<p>',
  },
  'asset-by-another-spelling': {
    files: { 'texts/hello.txt': 'hello' },
    imports: "import { readFileSync } from 'node:fs';",
    options: "assets: ['./texts/hello.txt'],",
    body: "return ['texts/hello.txt', 'texts//hello.txt'].map((path) => readFileSync(context.asset(path), 'utf8'));",
    gives: ['hello', 'hello'],
  },
  'asset-that-is-not-named': {
    files: { 'texts/hello.txt': 'hello' },
    options: "assets: ['texts'],",
    body: "try { return context.asset('index.mjs'); } catch (error) { return error.message; }",
    gives: 'the assets of the job "asset-that-is-not-named" do not name index.mjs; they are: texts',
  },
  'asset-of-a-job-without': {
    body: "try { return context.asset('index.mjs'); } catch (error) { return error.message; }",
    gives: 'the job names no assets',
  },
  'worker-thread': {
    files: {
      'workers/sum.mjs':
        "import { parentPort, workerData } from 'node:worker_threads'; parentPort.postMessage(workerData.a + workerData.b);",
    },
    imports: "import { once } from 'node:events';\nimport { Worker } from 'node:worker_threads';",
    options: "assets: ['workers'],",
    body: "const [sum] = await once(new Worker(context.asset('workers/sum.mjs'), { workerData: { a: 1, b: 2 } }), 'message'); return sum;",
    gives: 3,
  },
  'package-of-a-layer': {
    files: pack('in-a-layer', {
      'index.js': "exports.file = require('fs').readFileSync(__dirname + '/data.txt', 'utf8');",
      'data.txt': 'data',
    }),
    imports: "import { file } from 'in-a-layer';",
    options: "external: ['in-a-layer'],",
    body: 'return file;',
    gives: 'data',
  },
  // Packages of others, which this repository has anyway.
  'real-packages': {
    files: pack('needs-real', {
      'index.js':
        "exports.yaml = require('yaml'); exports.ulid = require('ulid'); exports.colors = require('picocolors');",
    }),
    imports:
      "import needs from 'needs-real';\nimport YAML, { parse } from 'yaml';\nimport colors from 'picocolors';\nimport * as z from 'zod';",
    body: "return [parse('a: 1'), needs.yaml.parse('b: 2'), typeof YAML.parse, needs.ulid.ulid(1).slice(0, 10), needs.colors.createColors(false).red('r'), typeof colors.red, z.object({ n: z.number() }).parse({ n: 1 })];",
    gives: [{ a: 1 }, { b: 2 }, 'function', '0000000001', 'r', 'function', { n: 1 }],
  },
};

/** Packages of this repository that the cases import. */
export const REAL_PACKAGES = ['yaml', 'ulid', 'picocolors', 'zod'];
