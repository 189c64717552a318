import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SynthesisError, type SynthesisOptions, synthesize } from '../../lib/local/synthesize.ts';
import { milliseconds } from '../../lib/units.ts';
import { PATIENCE } from '../support/patience.ts';

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
    return await synthesize({ projectDirectory, outputDirectory: join(projectDirectory, 'out') });
  }

  /** Begins an app that starts a child, prints the child's id and never ends. @returns also that id */
  async function hang(options: Partial<SynthesisOptions>) {
    const script = `import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      const { pid } = spawn('sleep', ['1000']);
      process.stderr.write('waiting\\n');
      writeFileSync('pid', String(pid));`;
    await writeFile(join(projectDirectory, 'app.mjs'), script);
    await writeFile(join(projectDirectory, 'cdk.json'), JSON.stringify({ app: 'node app.mjs && true' }));
    const outputDirectory = join(projectDirectory, 'out');
    const synthesis = synthesize({ projectDirectory, outputDirectory, ...options });
    synthesis.catch(() => {});
    const pid = await vi.waitFor(async () => {
      const text = await readFile(join(projectDirectory, 'pid'), 'utf8');
      expect(text).not.toBe('');
      return Number(text);
    }, PATIENCE);
    return { synthesis, pid };
  }

  const isGone = (pid: number) => vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), PATIENCE);

  test('gives back what the app warns of, and not what it notes', async () => {
    const warnings = await run('note: one thing\nwarning: schedule "a": twice\nwarning: schedule "b": late\n');

    expect(warnings).toEqual(['schedule "a": twice', 'schedule "b": late']);
  });

  test('that fails says all that the app printed', async () => {
    const failing = run('warning: one thing\nschedule "a": no such time zone\n', 1);

    await expect(failing).rejects.toThrow(new SynthesisError('warning: one thing\nschedule "a": no such time zone'));
  });

  test('that is told to end takes along all that the app has started', async () => {
    const controller = new AbortController();
    const { synthesis, pid } = await hang({ signal: controller.signal });

    controller.abort();

    await expect(synthesis).rejects.toMatchObject({ name: 'SynthesisError', isInterrupted: true });
    await isGone(pid);
  });

  test('that does not end within its time limit fails with what the app printed, and leaves nothing behind', async () => {
    const { synthesis, pid } = await hang({ timeLimit: milliseconds(3000) });

    await expect(synthesis).rejects.toThrow(
      'waiting\nnode app.mjs && true does not end within 3 seconds: a file of the app computes without end, or waits for',
    );
    await isGone(pid);
  });

  test('is not kept waiting by a process that the app has left behind with its output', async () => {
    const script = `import { spawn } from 'node:child_process';
      spawn('sleep', ['1000'], { stdio: 'inherit' }).unref();
      process.stderr.write('warning: left one behind\\n');`;
    await writeFile(join(projectDirectory, 'app.mjs'), script);
    await writeFile(join(projectDirectory, 'cdk.json'), JSON.stringify({ app: 'node app.mjs' }));

    const warnings = await synthesize({
      projectDirectory,
      outputDirectory: join(projectDirectory, 'out'),
    });

    expect(warnings).toEqual(['left one behind']);
  });

  test('of another stage than asked for is refused: the app gives the stage itself', async () => {
    const script = `import { mkdirSync, writeFileSync } from 'node:fs';
      mkdirSync('out', { recursive: true });
      writeFileSync('out/belfry.json', JSON.stringify({ v: 1, app: 'shop', stage: 'prod' }));`;
    await writeFile(join(projectDirectory, 'app.mjs'), script);
    await writeFile(join(projectDirectory, 'cdk.json'), JSON.stringify({ app: 'node app.mjs' }));
    const of = (stage?: string) =>
      synthesize({ projectDirectory, outputDirectory: join(projectDirectory, 'out'), stage });

    await expect(of('dev')).rejects.toThrow('stage "dev" is asked for, and the app\'s first deployment is "prod"');
    await expect(of('prod')).resolves.toEqual([]);
    await expect(of()).resolves.toEqual([]);
  });
});
