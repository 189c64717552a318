import { WITHOUT_NODE_WARNING } from '../environment.ts';
import type { Job } from '../job/job.ts';
import type { JobRun } from './job-run.ts';
import type { RunJobOptions } from './run-job.ts';

export interface RunBundledOptions extends Omit<RunJobOptions, 'now'> {
  /** When the run is due. The clock of its process is the machine's. @default now, floored to the minute */
  readonly now?: Date;
  /** Variables that `infra/access.ts` would set. @default none */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs one attempt of a job from its bundle: built as a deployment builds it, run in a process of its own as the embedded
 * cloud runs it, with nothing around it but what is deployed. Its packages are those that the bundle has, its files those
 * that its `assets` name; of what a layer would bring, `external`, it gets the packages that are installed here.
 *
 * The job's file is looked for in the nearest folder `functions` at or above the current folder.
 *
 * @throws InvalidAppError for what synth would refuse, and Error when the function ends without an outcome
 * @example
 * const { outcome } = await runBundled(nightlyReport, { region: 'eu' });
 * expect(outcome).toEqual({ kind: 'completed', result: { rows: 12 } });
 */
export async function runBundled<Input>(
  job: Job<Input>,
  input: Input,
  options: RunBundledOptions = {},
): Promise<JobRun> {
  // The embedded cloud has a client of the SDK in this process, too.
  Object.assign(process.env, WITHOUT_NODE_WARNING);
  // Loaded when it is called: a test that only uses runJob needs neither a bundler nor emulators.
  const { runInProcess } = await import('./run-in-process.ts');
  return await runInProcess(job, input, options);
}
