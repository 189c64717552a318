import { BelfryError } from '../lib/errors.ts';

/**
 * The CDK app, cdk.json's entry: `npx cdk synth`, `npx cdk deploy -c stage=prod`.
 *
 * `node --import tsx infra/app.ts` does the same without the CDK CLI, into `CDK_OUTDIR` and with the
 * context of `CDK_CONTEXT_JSON`.
 */
const say = (text: string): unknown => process.stderr.write(`${text}\n`);

try {
  const { synthesize } = await import('./synthesize.ts');
  const { notes } = await synthesize();
  for (const note of notes) say(`note: ${note}`);
} catch (error) {
  // What a user has to mend is said in full by the message; the stack would lead into Belfry.
  say(error instanceof BelfryError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exit(1);
}
