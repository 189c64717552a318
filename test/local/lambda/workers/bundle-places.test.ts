import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { describeCrash } from '../../../../lib/local/describe-crash.ts';
import { BundlePlaces } from '../../../../lib/local/lambda/workers/bundle-places.ts';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-places-')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A function's folder with the bundle of `functions/report.ts`, minified, and its map. */
function setup(): { places: BundlePlaces; code: readonly string[] } {
  mkdirSync(join(directory, 'functions'), { recursive: true });
  const source = join(directory, 'functions/report.ts');
  writeFileSync(source, "export const one = 1;\n\nexport function fail() {\n  throw new Error('no');\n}\n");
  const { outputFiles } = buildSync({
    entryPoints: [source],
    outfile: join(directory, 'index.mjs'),
    bundle: true,
    format: 'esm',
    minify: true,
    sourcemap: true,
    write: false,
  });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  const [, code] = outputFiles;
  return { places: new BundlePlaces(directory), code: (code?.text ?? '').split('\n') };
}

const read = (places: BundlePlaces, lines: readonly string[]) => lines.flatMap((line) => places.read(line));

describe('what a function writes', () => {
  test("has the place in a user's source instead of Node's excerpt of the bundle", () => {
    const { places, code } = setup();
    const line = code[0] ?? '';

    const shown = read(places, [
      `file://${directory}/index.mjs:1`,
      line,
      `${' '.repeat(line.indexOf('throw'))}^`,
      'Error: no',
      `    at fail (${directory}/functions/report.ts:4:9)`,
      'Node.js v20.19.0',
    ]);

    expect(line).toContain('throw');
    expect(shown).toEqual([
      'at functions/report.ts:4:3',
      'Error: no',
      '    at fail (functions/report.ts:4:9)',
      'Node.js v20.19.0',
    ]);
  });

  test('keeps every line of the job that comes in between', () => {
    const { places, code } = setup();

    expect(read(places, [`${directory}/index.mjs:1`, code[0] ?? '', 'a line of the job', '   ^'])).toEqual([
      'at functions/report.ts:1:8',
      'a line of the job',
      '   ^',
    ]);
  });

  test('names a place of which there is no map by the bundle', () => {
    const { places } = setup();

    expect(read(places, [`file://${directory}/shared/gone.mjs:3`, '    ^'])).toEqual(['at shared/gone.mjs:3:5']);
  });

  test.each([
    'file:///elsewhere/index.mjs:1',
    '  /elsewhere/functions/report.ts:1:1',
    '{"message":"at index.mjs:1"}',
    '   ^^^',
    '',
  ])('is left as it is where it is not about the bundle: %j', (line) => {
    const { places } = setup();

    expect(places.read(line)).toEqual([line]);
  });

  test('has no lines of packages, whose maps have none', () => {
    const { places } = setup();

    expect(places.read(`    at query (${directory}/node_modules/pg/lib/client.js:1:1)`)).toEqual([
      '    at query (node_modules/pg/lib/client.js)',
    ]);
  });
});

describe('what is told of a crash', () => {
  test("is one line, and the frames without Node's and the runtime's", () => {
    const trace = [
      'RangeError: first',
      'second line',
      '    at run (functions/report.ts:4:3)',
      '    at process.processTimers (node:internal/timers:519:7)',
      '    at settle (file:///somewhere/lib/local/lambda/workers/worker-main.mjs:88:1)',
      'caused by Error: below',
    ];

    expect(describeCrash({ type: 'RangeError', message: 'first\nsecond line', trace })).toEqual({
      error: 'RangeError: first second line',
      trace: ['at run (functions/report.ts:4:3)', 'caused by Error: below'],
    });
  });

  test("says of Lambda's own types the message alone", () => {
    const error = { type: 'Runtime.UncaughtException', message: 'RangeError: x', trace: [] };

    expect(describeCrash(error)).toEqual({ error: 'RangeError: x', trace: [] });
  });
});
