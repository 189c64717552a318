import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { ESBUILD } from '../../lib/cdk/bundle/build.ts';
import { belfryShare, bundleHeartbeat } from '../bench/support/bundles.ts';

/** What Belfry is built on. What else comes along, it brings. */
const FOUNDATION = /^node_modules\/(@aws-sdk|@smithy|@aws-lambda-powertools)\//;

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-budget-')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the bundle of a job', () => {
  const bundle = bundleHeartbeat(directory);

  test("takes no package along but the SDK's and Powertools'", () => {
    const own = new Set(belfryShare(bundle).map(([file]) => file));
    const packages = [...bundle.bytesBySource.keys()].filter((source) => source.startsWith('node_modules/'));

    const brought = packages
      .filter((source) => !FOUNDATION.test(source))
      .filter((source) => bundle.importersOf.get(source)?.some((importer) => own.has(importer)));
    expect(brought).toEqual([]);
  });

  test('grows by at most 8 percent for the names of classes and functions', () => {
    const entryPoints = [{ in: join(directory, 'heartbeat.ts'), out: 'nameless' }];

    const { outputs } = buildSync({ ...ESBUILD, keepNames: false, entryPoints, absWorkingDir: directory }).metafile;

    const nameless = Object.entries(outputs).reduce(
      (sum, [file, { bytes }]) => sum + (file.endsWith('.mjs') ? bytes : 0),
      0,
    );
    // biome-ignore lint/suspicious/noConsole: a figure that is worth a look at every change
    console.info(`a bundle with names: ${bundle.bytes} bytes, without: ${nameless}`);
    expect(bundle.bytes).toBeLessThanOrEqual(nameless * 1.08);
  });
});
