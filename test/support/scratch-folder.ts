import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder of this run of the tests, removed at its end. */
    readonly scratch: string;
  }
}

/** For Vitest's `globalSetup`: workers that share their modules between files cannot tell which file is the last one. */
export default function createScratch({ provide }: TestProject): () => void {
  const scratch = mkdtempSync(join(tmpdir(), 'belfry-tests-'));
  provide('scratch', scratch);
  return () => rmSync(scratch, { recursive: true, force: true });
}
