import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BelfryError } from '../errors.ts';
import { formatDuration } from '../job/duration.ts';
import { LOCAL_CHANNELS_CONTEXT, LOCAL_CONTEXT } from '../manifest.ts';
import { MINUTE, type Milliseconds, milliseconds } from '../units.ts';
import { runAppProcess } from './app-child.ts';
import { readManifest } from './manifest.ts';

/** The app did not synthesize. The message is what it printed. */
export class SynthesisError extends BelfryError {
  override readonly name = 'SynthesisError';
  readonly code = 'SYNTHESIS_FAILED';
  /** Whether it was ended from here, and nothing is known to be wrong with it. */
  readonly isInterrupted: boolean;

  constructor(printed: string, { isInterrupted = false }: { readonly isInterrupted?: boolean } = {}) {
    super(printed);
    this.isInterrupted = isInterrupted;
  }
}

export interface SynthesisOptions {
  readonly projectDirectory: string;
  readonly outputDirectory: string;
  /** @default the app's own: `dev` where it reads the stage from the context */
  readonly stage?: string | undefined;
  /** Names of the variables that `.belfry.env` sets for channels: their alerts are sent. @default none */
  readonly channelVariables?: readonly string[];
  /** Is told what a user should know and need not mend, a line each, without the word `note`. */
  readonly onNote?: (note: string) => void;
  /** Ends it, with all the processes that it has started. A signal to this process does, too. */
  readonly signal?: AbortSignal;
  /**
   * How long it may last. The app itself names the file that it waits for, and does so sooner; this is for an app that
   * cannot, since it computes without end or hangs before it comes to Belfry.
   *
   * @default 5 minutes
   */
  readonly timeLimit?: Milliseconds;
}

const DEFAULT_TIME_LIMIT = milliseconds(5 * MINUTE);

/** What Belfry reads of cdk.json. */
interface CdkConfiguration {
  readonly app: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Leaves out what takes time and is not read here: a stack trace for each construct, and an entry for CDK's statistics. */
const QUICK = { 'aws:cdk:disable-stack-trace': true, 'aws:cdk:version-reporting': false };

/** Advice for deployments is left out, and the stage may be one whose app has no name of its own yet. */
const LOCAL = { [LOCAL_CONTEXT]: true };

/** Variables of the shell that would change what an app synthesizes, or let it reach an account. */
const WITHHELD = /^(AWS_|CDK_)/;

/**
 * Runs the app that cdk.json names, as the CDK CLI would, without the CLI and without any AWS settings of
 * the shell. CDK's own check of the template is left out (`CDK_VALIDATION=false`): it takes longer than all the rest, and
 * `cdk synth` does it.
 *
 * @returns what the app warns of, without the word `warning`
 * @throws SynthesisError with what the app printed, and when it is another stage's than asked for
 */
export async function synthesize({
  projectDirectory,
  outputDirectory,
  stage,
  channelVariables = [],
  onNote,
  signal,
  timeLimit = DEFAULT_TIME_LIMIT,
}: SynthesisOptions): Promise<readonly string[]> {
  const { app, context = {} } = JSON.parse(
    await readFile(join(projectDirectory, 'cdk.json'), 'utf8'),
  ) as CdkConfiguration;
  const shell = Object.entries(process.env).filter(([name]) => !WITHHELD.test(name));
  const { end, stdout, stderr } = await runAppProcess(app, {
    directory: projectDirectory,
    environment: {
      ...Object.fromEntries(shell),
      CDK_OUTDIR: outputDirectory,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...context,
        ...QUICK,
        ...LOCAL,
        ...(channelVariables.length > 0 && { [LOCAL_CHANNELS_CONTEXT]: channelVariables }),
        ...(stage !== undefined && { stage }),
      }),
      CDK_VALIDATION: 'false',
    },
    signal,
    timeLimit,
  });
  const printed = `${stderr}${stdout}`.trim();
  if (end === 'interrupted') throw new SynthesisError(`${app} was ended`, { isInterrupted: true });
  if (end === 'too-late') {
    const what = `${app} does not end within ${formatDuration(timeLimit)}: a file of the app computes without end, or waits for something at its top level`;
    throw new SynthesisError(printed === '' ? what : `${printed}\n${what}`);
  }
  if (end !== 0) throw new SynthesisError(printed || `${app} ended with code ${String(end)}`);
  if (stage !== undefined) await requireStage(stage, outputDirectory);
  const lines = stderr.split('\n');
  for (const line of lines) if (line.startsWith('note: ')) onNote?.(line.slice('note: '.length));
  return lines.flatMap((line) => /^warning: (.*)$/.exec(line)?.[1] ?? []);
}

/** An app of the user's may have a stage of its own: to show that as the one asked for would be a lie. */
async function requireStage(wanted: string, outputDirectory: string): Promise<void> {
  const { stage } = await readManifest(outputDirectory);
  if (stage === wanted) return;
  throw new SynthesisError(
    `stage "${wanted}" is asked for, and the app's first deployment is "${stage}": its new Belfry is given the stage. Leave out --stage, or have the app read it: stage: app.node.tryGetContext('stage')`,
  );
}
