import { CommanderError } from 'commander';
import { WITHOUT_NODE_WARNING } from '../environment.ts';
import { BelfryError } from '../errors.ts';
import { SynthesisError } from '../local/synthesize.ts';
import { createProgram } from './program.ts';
import { CommandError, EXIT } from './shared/exit-codes.ts';

/** Runs the command; what goes wrong is said in a sentence where it was foreseen, with its stack where not. */
async function main(): Promise<void> {
  const setExitCode = (code: number): void => {
    process.exitCode = code;
  };
  // A reader may go before the end, as `head` does: there is nobody to tell, and all the more to clear up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  Object.assign(process.env, WITHOUT_NODE_WARNING);
  try {
    await createProgram(setExitCode).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) return setExitCode(error.exitCode === 0 ? EXIT.done : EXIT.usage);
    if (error instanceof CommandError) return fail(error.message, error.exitCode);
    // What the app printed, as it printed it: its carets point into its own lines.
    if (error instanceof SynthesisError) return fail(`the app does not synthesize:\n\n${error.message}`, EXIT.usage);
    if (error instanceof BelfryError) return fail(error.message, EXIT.unavailable);
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error), EXIT.unavailable);
  }

  function fail(message: string, code: number): void {
    process.stderr.write(`belfry: ${message}\n`);
    setExitCode(code);
  }
}

/** A child that a job has left behind may hold a pipe to us: what it does must not keep a command from ending. */
async function end(): Promise<void> {
  const flush = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write('', () => resolve()));
  await Promise.all([process.stdout, process.stderr].map(flush));
  process.exit();
}

await main();
await end();
