import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
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
});
