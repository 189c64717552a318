import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decode } from '@jridgewell/sourcemap-codec';
import { expect, test } from 'vitest';
import { build } from '../../lib/cdk/bundle/build.ts';
import { bundled } from './bundled.ts';
import { createFolder } from './support.ts';

test('classes and functions of a job and of its packages keep their names', async () => {
  const { run } = bundled({
    'job.ts': `
      import { PackageError, helper } from 'errors';
      class OwnError extends Error { constructor() { super(); this.name = new.target.name; } }
      class NotFound extends OwnError {}
      function own() {}
      const arrow = () => {};
      export default () => [new NotFound().name, new PackageError().constructor.name, own.name, arrow.name, helper.name];
    `,
    errors: {
      'index.js': 'exports.PackageError = class PackageError extends Error {}; exports.helper = function helper() {};',
    },
  });

  expect(await run()).toEqual(['NotFound', 'PackageError', 'own', 'arrow', 'helper']);
});

test("Belfry's own classes keep their names, and its functions do without", async () => {
  const { run } = bundled({
    'job.ts': `
      import { NonRetryableError } from ${JSON.stringify(resolve('lib/entry/belfry.ts'))};
      import { errorLine, toRunError } from ${JSON.stringify(resolve('lib/run/run-error.ts'))};
      export default () => [NonRetryableError.name, toRunError.name.length, errorLine.name.length];
    `,
  });

  const short = expect.toSatisfy((length: number) => length <= 2);
  expect(await run()).toEqual(['NonRetryableError', short, short]);
});

test('what is left of Belfry keeps its places in the source map', () => {
  const directory = realpathSync(createFolder());
  const source = `export * from ${JSON.stringify(resolve('lib/run/execute-run.ts'))};`;
  build([{ name: 'entry', source }], directory);
  const places = readdirSync(join(directory, 'out'))
    .filter((name) => name.endsWith('.mjs'))
    .flatMap((name) => textsIn(join(directory, 'out', name)));

  expect(places.length).toBeGreaterThan(20);
  expect(places.filter(({ text, line }) => !line.includes(text.slice(1, -1)))).toEqual([]);
});

/** Texts of a bundle, each with the line of the source that it is said to come from. */
function textsIn(file: string): readonly { readonly text: string; readonly line: string }[] {
  const { sources, mappings } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as {
    sources: string[];
    mappings: string;
  };
  const lines = sources.map((source) =>
    readFileSync(resolve(file, '..', decodeURIComponent(source)), 'utf8').split('\n'),
  );
  const segments = decode(mappings);
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, row) =>
      [...line.matchAll(/"[a-z][a-z ,-]{7,}"/g)].map(({ index, 0: text }) => {
        const [, source = 0, sourceLine = 0] = segments[row]?.findLast(([column]) => column <= index) ?? [];
        return { text, line: lines[source]?.[sourceLine] ?? '' };
      }),
    );
}
