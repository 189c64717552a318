/**
 * Runs the jobs of the current folder whose names it is given, each by `runJob`, where tsx loads its code, and by `runBundled`.
 * Prints what each came to, as JSON.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type JobRun, runBundled, runJob } from '../../../lib/entry/testing.ts';
import type { Job } from '../../../lib/job/job.ts';

/** The result, or how else it ended. */
async function resultOf(running: Promise<JobRun>): Promise<unknown> {
  try {
    const { outcome } = await running;
    return outcome.kind === 'completed' ? outcome.result : outcome.kind;
  } catch (error) {
    return String(error);
  }
}

const results: Record<string, unknown> = {};
for (const name of process.argv.slice(2)) {
  const { default: job } = (await import(pathToFileURL(resolve('functions', `${name}.ts`)).href)) as { default: Job };
  results[name] = {
    inTest: await resultOf(runJob(job, undefined)),
    fromBundle: await resultOf(runBundled(job, undefined)),
  };
}
process.stdout.write(JSON.stringify(results));
