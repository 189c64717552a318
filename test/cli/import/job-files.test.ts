import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readJobFiles } from '../../../lib/cli/import/project/job-files.ts';

test('a project without functions/ has no jobs to be taken into account', async () => {
  const project = mkdtempSync(join(tmpdir(), 'belfry-import-'));
  onTestFinished(() => rmSync(project, { recursive: true }));

  expect(await readJobFiles(project)).toEqual([]);
});
