import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SynthesisError, synthesize } from '../../lib/local/synthesize.ts';

describe('a synthesis', () => {
  let projectDirectory = '';
  beforeEach(async () => {
    projectDirectory = await mkdtemp(join(tmpdir(), 'belfry-synthesize-'));
  });
  afterEach(() => rm(projectDirectory, { recursive: true }));

  /** Runs an app that prints this to standard error and ends with this code. */
  async function run(printed: string, code = 0) {
    const script = `process.stderr.write(${JSON.stringify(printed)}); process.exitCode = ${code};`;
    await writeFile(join(projectDirectory, 'app.mjs'), script);
    await writeFile(join(projectDirectory, 'cdk.json'), JSON.stringify({ app: 'node app.mjs' }));
    return await synthesize({ projectDirectory, outputDirectory: join(projectDirectory, 'out'), stage: 'dev' });
  }

  test('gives back what the app warns of, and not what it notes', async () => {
    const warnings = await run('note: one thing\nwarning: schedule "a": twice\nwarning: schedule "b": late\n');

    expect(warnings).toEqual(['schedule "a": twice', 'schedule "b": late']);
  });

  test('that fails says all that the app printed', async () => {
    const failing = run('warning: one thing\nschedule "a": no such time zone\n', 1);

    await expect(failing).rejects.toThrow(new SynthesisError('warning: one thing\nschedule "a": no such time zone'));
  });
});
