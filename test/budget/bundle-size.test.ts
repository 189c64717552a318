import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { belfryShare, bundleHeartbeat } from '../bench/support/bundles.ts';

/** 30 KB: what a job pays in size, and with it in start time, for being a Belfry job. */
const BUDGET = 30 * 1024;

/** What Belfry is built on. What else comes along, it brings. */
const FOUNDATION = /^node_modules\/(@aws-sdk|@smithy|@aws-lambda-powertools)\//;

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-budget-')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the bundle of a job', () => {
  const bundle = bundleHeartbeat(directory);

  test(`has at most ${BUDGET} bytes of Belfry's own`, () => {
    const files = belfryShare(bundle);

    const total = files.reduce((sum, [, bytes]) => sum + bytes, 0);
    expect(total, `none of lib/ was found in the bundle`).toBeGreaterThan(0);
    const largest = files.slice(0, 12).map(([file, bytes]) => `${String(bytes).padStart(7)}  ${file}`);
    const message = `Belfry adds ${total} bytes to a job, allowed are ${BUDGET}. The largest of ${files.length} files:`;
    expect(total, [message, ...largest, ''].join('\n')).toBeLessThanOrEqual(BUDGET);
  });

  test("takes no package along but the SDK's and Powertools'", () => {
    const own = new Set(belfryShare(bundle).map(([file]) => file));
    const packages = [...bundle.bytesBySource.keys()].filter((source) => source.startsWith('node_modules/'));

    const brought = packages
      .filter((source) => !FOUNDATION.test(source))
      .filter((source) => bundle.importersOf.get(source)?.some((importer) => own.has(importer)));
    expect(brought).toEqual([]);
  });
});
