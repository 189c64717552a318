import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { UnavailableError } from './emulator.ts';

const run = promisify(execFile);

/** Made last: an installation without it was broken off. Holds what was installed. */
const MARK = '.complete';

export interface PythonProgram {
  /** The file with every package and its exact version: beside this one, or by its path. */
  readonly requirements: string;
  /** The least minor version of Python 3. */
  readonly python: number;
}

/**
 * Installs pinned packages of PyPI into a virtual environment, unless they are there already.
 *
 * @throws UnavailableError without a Python that is new enough and has venv, or when pip cannot install them
 */
export async function installFromPyPi(directory: string, { requirements, python }: PythonProgram): Promise<void> {
  const file = resolve(import.meta.dirname, requirements);
  const wanted = await readFile(file, 'utf8');
  if ((await readFile(join(directory, MARK), 'utf8').catch(() => '')) === wanted) return;
  await rm(directory, { recursive: true, force: true });
  const program = await findPython(python);
  await attempt('python3 cannot make a virtual environment', program, ['-m', 'venv', directory]);
  const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-deps', '--requirement', file];
  await attempt('pip cannot install it', join(directory, 'bin/pip'), ['install', ...options]);
  await writeFile(join(directory, MARK), wanted);
}

/** The first Python on the path, or of pyenv, that is new enough. */
async function findPython(minor: number): Promise<string> {
  const test = `import sys, venv; sys.exit(sys.version_info < (3, ${minor}))`;
  for (const program of [...namesOnPath(minor), ...(await pythonsOfPyenv())]) {
    const isIt = await run(program, ['-c', test]).then(
      () => true,
      () => false,
    );
    if (isIt) return program;
  }
  throw new UnavailableError(`there is no Python 3.${minor} or later with venv`);
}

const namesOnPath = (minor: number): readonly string[] => [
  'python3',
  ...[0, 1, 2].map((later) => `python3.${minor + later}`),
];

async function pythonsOfPyenv(): Promise<readonly string[]> {
  const versions = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const names = await readdir(versions).catch(() => []);
  return names.sort().map((name) => join(versions, name, 'bin/python3'));
}

async function attempt(problem: string, program: string, args: readonly string[]): Promise<void> {
  try {
    await run(program, args, { timeout: 300_000 });
  } catch (cause) {
    const { stderr = '' } = cause as { readonly stderr?: string };
    const [last = ''] = stderr.trim().split('\n').slice(-1);
    throw new UnavailableError(`${problem}: ${last || String(cause)}`, { cause });
  }
}
