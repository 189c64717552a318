// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are the code of jobs
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NOT_SHIPPED_ROOMS } from '../../lib/cdk/bundle/not-shipped.ts';
import { ROOMS, SHIPPED } from '../lint/layers.ts';
import { bundleProject, inspectProject, jobSource } from './bundled-project.ts';

const CDK = JSON.stringify(resolve('lib/entry/cdk.ts'));

/** A package whose code needs another that loads machine code. */
const native = (files: Readonly<Record<string, string>>, main: string) => ({
  'node_modules/wrapper/package.json': '{ "name": "wrapper" }',
  'node_modules/wrapper/index.js': "module.exports = require('native');",
  'node_modules/native/package.json': JSON.stringify({
    name: 'native',
    optionalDependencies: { '@native/linux': '1' },
  }),
  'node_modules/native/index.js': main,
  ...files,
});

// Nothing here is machine code: it must not be loaded when the job is.
const USES_WRAPPER = jobSource('resize', { body: "return await import('wrapper');" });

describe('a job that imports what must not ship in a function is refused, with the way there', () => {
  test.each([
    ['what deploys', "import { Belfry } from 'belfry/cdk';", 'Belfry', 'belfry/cdk', 'belfry/cdk'],
    ['CDK', "import { Duration } from 'aws-cdk-lib';", 'Duration', 'aws-cdk-lib', 'aws-cdk-lib'],
    ['tools for tests', "import { runJob } from 'belfry/testing';", 'runJob', 'belfry/testing', 'belfry/testing'],
    ['infra/', "import { stages } from '../infra/stages.ts';", 'stages', 'infra/stages.ts', 'infra/stages.ts'],
  ])('%s', async (_, imports, used, name, last) => {
    const { problems } = await inspectProject({
      'functions/report.ts': jobSource('report', {
        imports: "import { shared } from './_shared.ts';",
        body: 'shared();',
      }),
      'functions/_shared.ts': `export const shared = async () => (await import('./_deep.ts')).deep;`,
      'functions/_deep.ts': `${imports}\nexport const deep = ${used};`,
      'infra/stages.ts': 'export const stages = {};',
    });

    expect(problems).toEqual([
      `functions/report.ts: job "report": it imports ${name}, which must not ship in a Lambda function: functions/report.ts → functions/_shared.ts → functions/_deep.ts → ${last}; put what both need into a file of functions/ whose name begins with _, and import that`,
    ]);
  });

  test('a file of lib/ by its path', async () => {
    const { problems } = await inspectProject({
      'functions/report.ts': jobSource('report', {
        imports: `import * as cdk from ${CDK};`,
        body: 'console.log(cdk);',
      }),
    });

    expect(problems).toEqual([expect.stringMatching(/it imports .*lib\/entry\/cdk\.ts, which must not ship/)]);
  });

  test('types are no such import', async () => {
    const { problems } = await inspectProject({
      'functions/report.ts': jobSource('report', {
        imports: "import type { Belfry } from 'belfry/cdk';",
        body: 'return undefined as Belfry | undefined;',
      }),
    });

    expect(problems).toEqual([]);
  });

  test('every room of lib/ either ships in a function or is refused in one', () => {
    expect([...SHIPPED, ...NOT_SHIPPED_ROOMS, 'entry'].sort()).toEqual(Object.keys(ROOMS).sort());
  });
});

describe('a native module is refused with its job, its package and the cure', () => {
  test.each([
    [
      'by a file of its own',
      native(
        { 'node_modules/native/build/Release/native.node': 'machine code' },
        "module.exports = require('./build/Release/native.node');",
      ),
      'build/Release/native.node',
    ],
    [
      'by a package that finds it',
      native(
        {
          'node_modules/native/binding.gyp': '{}',
          'node_modules/bindings/index.js': '',
          'node_modules/bindings/package.json': '{}',
        },
        "module.exports = require('bindings')('native');",
      ),
      'binding.gyp',
    ],
    [
      'by what is prebuilt',
      native(
        { 'node_modules/native/prebuilds/linux-arm64/native.node': 'machine code' },
        'module.exports = load(`${__dirname}/prebuilds/linux-arm64/native.node`); function load() {}',
      ),
      'prebuilds/linux-arm64/native.node',
    ],
  ])('%s', async (_, files, file) => {
    const { problems } = await inspectProject({ 'functions/resize.ts': USES_WRAPPER, ...files });

    expect(problems).toEqual([
      `functions/resize.ts: job "resize": the package native loads a native module (node_modules/native/${file}), which a bundle cannot contain; put the package into a layer, built for Linux on arm64: belfry.job(…).layers(…) in infra/access.ts and external: ['native'] in the job. If the job can do without, do not install it`,
    ]);
  });

  test('by a package for this machine', async () => {
    const files = native(
      { 'node_modules/@native/linux/package.json': '{}', 'node_modules/@native/linux/native.node': 'machine code' },
      'module.exports = require(`@native/${process.platform}/native.node`);',
    );

    const { problems } = await inspectProject({ 'functions/resize.ts': USES_WRAPPER, ...files });

    expect(problems).toEqual([
      expect.stringMatching(/the package native loads a native module \(node_modules\/@native\/linux\/native\.node\)/),
    ]);
  });

  test('by a file of the project, for which assets are the cure', async () => {
    const { problems } = await inspectProject({
      'functions/resize.ts': jobSource('resize', {
        body: "return await import('../native/fast.node');",
      }),
      'native/fast.node': 'machine code',
    });

    expect(problems).toEqual([
      expect.stringMatching(/it imports native\/fast\.node, a native module.*assets: \['native\/fast\.node'\]/),
    ]);
  });

  test('and left out of the bundle it is not, where external names it', async () => {
    const { problems } = await inspectProject({
      'functions/resize.ts': jobSource('resize', {
        body: "return await import('wrapper');",
        options: "external: ['native'],",
      }),
      ...native({ 'node_modules/native/native.node': 'machine code' }, "module.exports = require('./native.node');"),
    });

    expect(problems).toEqual([]);
  });
});

test('a package in external that nothing imports is refused', async () => {
  const { problems } = await inspectProject({
    'functions/resize.ts': jobSource('resize', { options: "external: ['shrap']," }),
  });

  expect(problems).toEqual([
    'functions/resize.ts: job "resize": external: "shrap" is imported nowhere in its code; remove it, or write the name as it is imported',
  ]);
});

test('a package is left out of the bundles of the jobs that say so, and of no other', async () => {
  const imports = "import { big } from 'big';";
  const { folderOf } = await bundleProject({
    'functions/one.ts': jobSource('one', { imports, body: 'return big;', options: "external: ['big']," }),
    'functions/other.ts': jobSource('other', { imports, body: 'return big;' }),
    'node_modules/big/package.json': '{ "type": "module", "main": "index.js" }',
    'node_modules/big/index.js': "export const big = 'a big package';",
  });

  const codeOf = (job: string): string => readFileSync(`${folderOf(job)}/index.mjs`, 'utf8');
  expect(codeOf('one')).toMatch(/from"big"/);
  expect(codeOf('other')).toMatch(/a big package/);
});
