import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const CACHE = join(import.meta.dirname, '../../../node_modules/.cache');

/** Gives a new folder from which packages can be imported, and removes it afterwards. */
export async function withScratch<Value>(use: (folder: string) => Promise<Value>): Promise<Value> {
  mkdirSync(CACHE, { recursive: true });
  const folder = realpathSync(mkdtempSync(join(CACHE, 'belfry-bench-')));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
