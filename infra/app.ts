import { BelfryError } from '../lib/errors.ts';

/**
 * The CDK app, cdk.json's entry: `npx cdk synth`, `npx cdk deploy -c stage=prod`.
 *
 * `node --import tsx infra/app.ts` does the same without the CDK CLI, into `CDK_OUTDIR` and with the
 * context of `CDK_CONTEXT_JSON`.
 */
const say = (text: string): unknown => process.stderr.write(`${text}\n`);

let isDone = false;

// An app that ends early would leave an earlier one's template to be deployed.
process.on('exit', () => {
  if (isDone) return;
  say(
    'the app ended before it was synthesized: process.exit is called in a job file, in infra/schedules.ts or in infra/access.ts',
  );
  process.exitCode = 1;
});

try {
  const { synthesize } = await import('./synthesize.ts');
  const { notes, warnings } = await synthesize();
  for (const warning of warnings) say(`warning: ${warning}`);
  for (const note of notes) say(`note: ${note}`);
  isDone = true;
} catch (error) {
  // What a user has to mend is said in full by the message; the stack would lead into Belfry.
  say(error instanceof BelfryError ? error.message : String(error instanceof Error ? error.stack : error));
  isDone = true;
  process.exit(1);
}
