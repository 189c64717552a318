import { inspect } from 'node:util';
import { BelfryError } from '../errors.ts';

let isGuarded = false;
let isDone = false;

/**
 * Makes sure that an app that `cdk synth` or the embedded cloud has started either is synthesized or fails: one that ends
 * early with success would leave an earlier template to be deployed. Errors of Belfry are printed without their stack, which
 * would lead into Belfry and not to what the user has to change.
 *
 * Does nothing in any other process, such as a test's. May be called more than once.
 */
export function guardAppProcess(): void {
  if (isGuarded || process.env.CDK_OUTDIR === undefined) return;
  isGuarded = true;
  // Not emitted after process.exit: here the app has come to its end.
  process.once('beforeExit', noteSynthesis);
  process.on('exit', (code) => {
    if (isDone || code !== 0) return;
    say(
      'the app ended before it was synthesized: process.exit is called in a job file, in infra/schedules.ts or in infra/access.ts',
    );
    process.exitCode = 1;
  });
  process.on('uncaughtException', (error: unknown) => {
    say(error instanceof BelfryError ? error.message : inspect(error));
    isDone = true;
    process.exit(1);
  });
}

/** To be called when the assembly is written. */
export function noteSynthesis(): void {
  isDone = true;
}

/** Prints what the user should know of the app, as `cdk synth` and `npm start` show it: a line each. */
export function printFindings({ warnings, notes }: { warnings: readonly string[]; notes: readonly string[] }): void {
  if (process.env.CDK_OUTDIR === undefined) return;
  for (const warning of warnings) say(`warning: ${warning}`);
  for (const note of notes) say(`note: ${note}`);
}

const say = (text: string): unknown => process.stderr.write(`${text}\n`);
