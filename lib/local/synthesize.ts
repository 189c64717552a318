import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { BelfryError } from '../errors.ts';

/** The app did not synthesize. The message is what it printed. */
export class SynthesisError extends BelfryError {
  override readonly name = 'SynthesisError';
  readonly code = 'SYNTHESIS_FAILED';
}

export interface SynthesisOptions {
  readonly projectDirectory: string;
  readonly outputDirectory: string;
  readonly stage: string;
  /** Is told what a user should know and need not mend, a line each, without the word `note`. */
  readonly onNote?: (note: string) => void;
}

/** What Belfry reads of cdk.json. */
interface CdkConfiguration {
  readonly app: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Leaves out what takes time and is not read here: a stack trace for each construct, and an entry for CDK's statistics. */
const QUICK = { 'aws:cdk:disable-stack-trace': true, 'aws:cdk:version-reporting': false };

/** Advice for deployments is left out, and the stage may be one whose app has no name of its own yet. */
const LOCAL = { 'belfry:local': true };

/** Variables of the shell that would change what an app synthesizes, or let it reach an account. */
const WITHHELD = /^(AWS_|CDK_)/;

/**
 * Runs the app that cdk.json names, as the CDK CLI would, without the CLI and without any AWS settings of
 * the shell. CDK's own check of the template is left out (`CDK_VALIDATION=false`): it takes longer than all the rest, and
 * `cdk synth` does it.
 *
 * @returns what the app warns of, without the word `warning`
 * @throws SynthesisError with what the app printed
 */
export async function synthesize({
  projectDirectory,
  outputDirectory,
  stage,
  onNote,
}: SynthesisOptions): Promise<readonly string[]> {
  const { app, context = {} } = JSON.parse(
    await readFile(join(projectDirectory, 'cdk.json'), 'utf8'),
  ) as CdkConfiguration;
  const shell = Object.entries(process.env).filter(([name]) => !WITHHELD.test(name));
  const child = spawn(app, {
    cwd: projectDirectory,
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(shell),
      CDK_OUTDIR: outputDirectory,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...QUICK, ...LOCAL, stage }),
      CDK_VALIDATION: 'false',
    },
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new SynthesisError(`${stderr}${stdout}`.trim() || `${app} ended with code ${String(code)}`);
  const lines = stderr.split('\n');
  for (const line of lines) if (line.startsWith('note: ')) onNote?.(line.slice('note: '.length));
  return lines.flatMap((line) => /^warning: (.*)$/.exec(line)?.[1] ?? []);
}
