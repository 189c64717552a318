import { describe, expect, test } from 'vitest';
import { bundled } from './bundled.ts';

/** A package with a function as its main module, and the same as an ES module beside it. */
const dual = (version: string, { exports }: { exports?: object } = {}) => ({
  'package.json': JSON.stringify({ name: 'dual', version, main: 'main.js', module: 'module.js', exports }),
  'main.js': `module.exports = () => 'main ${version}'; module.exports.version = '${version}';`,
  'module.js': `export default () => 'module ${version}'; export const version = '${version}'; export const unused = 'is left out';`,
});

const USES_NEEDS = "import needs from 'needs'; export default () => needs();";

describe('a package that calls require', () => {
  test('gets the main module of one that has an ES module beside it', async () => {
    const { run } = bundled({
      'job.ts': USES_NEEDS,
      needs: { 'index.js': "const dual = require('dual'); module.exports = () => dual();" },
      dual: dual('1.0.0'),
    });

    expect(await run()).toBe('main 1.0.0');
  });

  test('gets it by a path within that package, and by a folder with a package.json of its own', async () => {
    const { run } = bundled({
      'job.ts': USES_NEEDS,
      needs: { 'index.js': "module.exports = () => [require('dual/fp')(), require('dual/inner')()];" },
      dual: {
        ...dual('1.0.0'),
        'fp/package.json': '{ "main": "fp.js", "module": "fp.mjs" }',
        'fp/fp.js': "module.exports = () => 'fp';",
        'fp/fp.mjs': "export default () => 'fp as a module';",
        'inner.js': "module.exports = () => require('./fp')();",
      },
    });

    expect(await run()).toEqual(['fp', 'fp']);
  });

  test('gets the version that lies nearest to it, where another package has another', async () => {
    const { run } = bundled({
      'job.ts': "import one from 'one'; import other from 'other'; export default () => [one(), other()];",
      one: { 'index.js': "module.exports = () => require('dual')();" },
      other: { 'index.js': "module.exports = () => require('dual')();" },
      'other/node_modules/dual': dual('2.0.0'),
      dual: dual('1.0.0'),
    });

    expect(await run()).toEqual(['main 1.0.0', 'main 2.0.0']);
  });

  test('gets it where the conditions of exports name a module for bundlers', async () => {
    const { run } = bundled({
      'job.ts': USES_NEEDS,
      needs: { 'index.js': "module.exports = () => require('dual')();" },
      dual: dual('1.0.0', { exports: { '.': { module: './module.js', default: './main.js' } } }),
    });

    expect(await run()).toBe('main 1.0.0');
  });

  test('gets it of a package that only another main module requires', async () => {
    const { run } = bundled({
      'job.ts': USES_NEEDS,
      needs: { 'index.js': "module.exports = () => require('between')();" },
      between: {
        'package.json': '{ "main": "main.js", "module": "module.js" }',
        'main.js': "module.exports = () => require('dual')();",
        'module.js': "import { version } from 'dual'; export default () => version;",
      },
      dual: dual('1.0.0'),
    });

    expect(await run()).toBe('main 1.0.0');
  });

  test('shares one copy of it with a job that imports it', async () => {
    const { run, inputs } = bundled({
      'job.ts':
        "import needs from 'needs'; import { calls } from 'counts'; export default () => { needs(); return calls(); };",
      needs: { 'index.js': "const { call } = require('counts'); module.exports = () => call();" },
      counts: {
        'package.json': '{ "main": "main.js", "module": "module.js" }',
        'main.js': 'let n = 0; exports.call = () => n++; exports.calls = () => n;',
        'module.js': 'let n = 0; export const call = () => n++; export const calls = () => n;',
      },
    });

    expect(await run()).toBe(1);
    expect(inputs).not.toContain('node_modules/counts/module.js');
  });
});

describe('a job that imports the default export of such a package', () => {
  const transpiled = {
    'package.json': '{ "main": "main.js", "module": "module.js" }',
    'main.js': "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = () => 'main';",
    'module.js': "export default () => 'module';",
  };

  test.each([
    ['a statement', "import dual from 'dual'; export default () => dual.default();"],
    ['a namespace', "import * as dual from 'dual'; export default () => dual.default.default();"],
    ['a call', "export default async () => (await import('dual')).default.default();"],
  ])('by %s gets what Node gives it', async (_, source) => {
    const { run } = bundled({ 'job.ts': source, dual: transpiled });

    expect(await run()).toBe('main');
  });
});

test('a job that imports CommonJS by a call gets its names, its default export and one copy of it', async () => {
  const { run } = bundled({
    'job.ts': `import { count } from 'later';
      export default async () => {
        const later = await import('later');
        later.increase();
        return [count(), later.default.count(), later.text];
      };`,
    later: { 'index.js': "let n = 0; exports.increase = () => n++; exports.count = () => n; exports.text = 'later';" },
  });

  expect(await run()).toEqual([1, 1, 'later']);
});

describe('a job that imports CommonJS with getters by a call', () => {
  const lazy = {
    'index.js': `const loaded = [];
      const part = (name, load) => Object.defineProperty(exports, name, { enumerable: true, get: () => load(loaded.push(name)) });
      part('used', () => 'used');
      part('unused', () => 'unused');
      part('broken', () => { throw new Error('not installed'); });
      exports.loaded = loaded;`,
  };

  test('calls those alone whose names it reads', async () => {
    const { run } = bundled({
      'job.ts': "export default async () => { const { used, loaded } = await import('lazy'); return [used, loaded]; };",
      lazy,
    });

    expect(await run()).toEqual(['used', ['used']]);
  });

  test('gets undefined of one that throws, as in Node', async () => {
    const { run } = bundled({
      'job.ts': "export default async () => { const { broken, used } = await import('lazy'); return [broken, used]; };",
      lazy,
    });

    expect(await run()).toEqual([undefined, 'used']);
  });
});

test.each([
  ['a function', 'module.exports = Object.assign(() => 1, { text: 1 });', ['default', 'text']],
  ['a value that has no names', 'module.exports = 5;', ['default']],
  ['nothing', 'module.exports = null;', ['default']],
  ['a default of its own', 'exports.default = 1;', ['default']],
])('a module whose exports are %s is imported by a call', async (_, source, names) => {
  const { run } = bundled({
    'job.ts': "export default async () => Object.keys(await import('later')).sort();",
    later: { 'index.js': source },
  });

  expect(await run()).toEqual(names);
});

test('an app that only imports names takes ES modules, of which what is unused is left out', async () => {
  const { run, inputs } = bundled({
    'job.ts': "import { version } from 'dual'; export default () => version;",
    dual: dual('1.0.0'),
  });

  expect(await run()).toBe('1.0.0');
  expect(inputs).toEqual(['node_modules/dual/module.js']);
});
