import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { build } from '../../lib/cdk/bundle/build.ts';
import { openRunHistory } from '../../lib/client/run-history.ts';

const CLIENT = join(import.meta.dirname, '../../lib/entry/client.ts');

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-history-')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the history that a job opens', () => {
  test('is of the jobs that a test lists', () => {
    expect(openRunHistory({ BELFRY_TABLE: 'runs', BELFRY_JOBS: 'a,b' }).jobs).toEqual(['a', 'b']);
  });

  test('is refused where access.ts does not let the job read it', () => {
    expect(() => openRunHistory({ BELFRY_TABLE: 'runs' })).toThrow('belfry.job(…).readsRuns()');
  });

  test('is of all jobs of the deployment in a bundle, also of more than fit into its variables', async () => {
    const jobs = Array.from({ length: 300 }, (_, index) => `a-job-with-a-rather-long-name-${index}`);
    const source = `import { openRunHistory } from ${JSON.stringify(CLIENT)};
      export const jobs = openRunHistory({ BELFRY_TABLE: 'runs', BELFRY_JOBS: '*' }).jobs;`;
    expect(jobs.join(',').length).toBeGreaterThan(4096);

    build([{ name: 'reader', source }], directory, { jobs });

    const path = join(directory, 'out/reader.mjs');
    expect((await import(pathToFileURL(path).href)).jobs).toEqual(jobs);
    expect(readFileSync(path, 'utf8')).toContain('a-job-with-a-rather-long-name-299');
  });

  test('says what to do in code that is not bundled', () => {
    expect(() => openRunHistory({ BELFRY_TABLE: 'runs', BELFRY_JOBS: '*' })).toThrow(
      'BELFRY_JOBS is *, and this code is not bundled by synth: set the names of the jobs',
    );
  });
});

test('a job that reads no runs has no list of jobs in its bundle, so that a further job does not deploy it again', () => {
  const source = `import { createRunClient } from ${JSON.stringify(CLIENT)}; export const handler = createRunClient;`;

  build([{ name: 'writer', source }], directory, { jobs: ['one-of-the-jobs'] });

  expect(readFileSync(join(directory, 'out/writer.mjs'), 'utf8')).not.toContain('one-of-the-jobs');
});
