import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installFromPyPi } from '../cloud/emulators/pypi.ts';
import { REPOSITORY } from '../fixtures/fixture-app.ts';
import type { Finding } from './findings.ts';

const DIRECTORY = join(REPOSITORY, 'node_modules/.cache/belfry/linters');

/** A linter of templates, asked for errors and warnings in every region. */
export interface Linter {
  readonly name: string;
  lint(files: readonly string[]): Promise<readonly Finding[]>;
}

/** As cfn-lint prints them. */
interface CfnLintMatch {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path?: readonly (string | number)[] | null };
}

/** Installs the linters unless they are there. @throws UnavailableError without Python 3.10 or what pip can reach */
export async function installLinters(): Promise<readonly Linter[]> {
  const requirements = join(import.meta.dirname, 'requirements.txt');
  await installFromPyPi(DIRECTORY, { requirements, python: 10 });
  return [
    { name: 'cfn-lint', lint: cfnLint },
    { name: 'cloudformation-validate', lint: cloudFormationValidate },
  ];
}

async function cfnLint(files: readonly string[]): Promise<readonly Finding[]> {
  // The code of its end is made of what it has found; 1 is its own failure.
  const options = ['--format', 'json', '--regions', 'ALL_REGIONS', '--non-zero-exit-code', 'none'];
  const matches = JSON.parse(await run('cfn-lint', [...options, '--template', ...files]));
  return (matches as CfnLintMatch[]).map(({ Filename: file, Message: message, Rule, Location: { Path } }) => {
    const resource = Path?.[0] === 'Resources' ? String(Path[1]) : null;
    return { file, message, rule: Rule.Id, resource };
  });
}

const cloudFormationValidate = async (files: readonly string[]): Promise<readonly Finding[]> =>
  JSON.parse(await run('python', [join(import.meta.dirname, 'validate.py'), ...files]));

/** @throws Error with what the program printed when it fails */
async function run(program: string, args: readonly string[]): Promise<string> {
  const options = { maxBuffer: 2 ** 28, env: { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1' } };
  const { stdout } = await promisify(execFile)(join(DIRECTORY, 'bin', program), [...args], options);
  return stdout;
}
