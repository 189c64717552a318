import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CommanderError } from 'commander';
import { CommandError, EXIT } from '../../lib/cli/shared/exit-codes.ts';
import { isolateFromAws } from '../../lib/cli/shared/isolate.ts';
import { UnavailableError } from './emulators/emulator.ts';
import { EMULATORS } from './emulators/index.ts';
import { checkAws } from './modes/aws.ts';
import { checkAttached, checkDeploymentAt } from './modes/deploy.ts';
import { checkEmbedded, serveEmbedded } from './modes/embedded.ts';
import { checkEmulator } from './modes/emulator.ts';
import { type CloudOptions, readOptions } from './options.ts';
import { interruption } from './support/interruption.ts';
import { Report } from './support/report.ts';
import type { SuiteOptions } from './support/suite.ts';

/** `npm run test:cloud`: the checks of a running cloud. See docs/emulators.md. */
async function main(): Promise<number> {
  const options = readOptions(process.argv, process.env);
  if (options.mode !== 'aws') isolateFromAws(process.env);
  const report = new Report();
  // Not found out at the end.
  if (options.json !== undefined) await mkdir(dirname(options.json), { recursive: true });
  const suite = { report, only: options.only, signal: interruption(report) };
  try {
    await perform(options, suite);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    report.say(`not run here: ${error.message}`);
    return EXIT.done;
  }
  if (options.mode === 'serve' || (options.mode === 'emulator' && options.serves)) return EXIT.done;
  if (options.json !== undefined) await report.write(options.json);
  report.close();
  const { passed, failed } = report.counts;
  return failed > 0 || passed === 0 || suite.signal.aborted ? EXIT.runNotCompleted : EXIT.done;
}

async function perform(options: CloudOptions, suite: SuiteOptions): Promise<void> {
  const { stage, retriesLimits, keeps } = options;
  const local = { stage, retriesLimits };
  switch (options.mode) {
    case 'embedded':
      return await checkEmbedded(local, suite);
    case 'serve':
      return await serveEmbedded(stage, suite);
    case 'attach':
      return await checkAttached(options.endpoint, local, suite);
    case 'deploy':
      return await checkDeploymentAt(options.endpoint, { ...local, keeps }, suite);
    case 'emulator':
      return await checkEmulator(
        options.emulator,
        EMULATORS[options.emulator],
        { ...local, keeps, serves: options.serves },
        suite,
      );
    case 'aws':
      return await checkAws({ stage, isConfirmed: options.isConfirmed, onlyTearsDown: options.onlyTearsDown }, suite);
  }
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const isForeseen = error instanceof CommandError;
  const text = error instanceof Error ? (isForeseen ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`test:cloud: ${text}\n`);
  return isForeseen ? error.exitCode : EXIT.runNotCompleted;
}

process.exit(await main().catch(codeOf));
