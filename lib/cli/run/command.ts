import { setTimeout as sleep } from 'node:timers/promises';
import { NO_JOBS } from '../../app/check-app.ts';
import type { RunClient } from '../../client/run-client.ts';
import { InvalidInputError } from '../../job/errors.ts';
import { validateInput } from '../../job/validate-input.ts';
import type { Manifest } from '../../manifest.ts';
import { InvalidMessageError } from '../../run/errors.ts';
import { hasEnded, type RunError, type RunRecord } from '../../run/record.ts';
import { errorLines } from '../../run/run-error.ts';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import { type LocalCloud, withCloud } from '../shared/local-cloud.ts';
import { findProject, loadJob } from '../shared/project.ts';
import { openTerminal, type Terminal } from '../shared/terminal.ts';
import { printable } from '../shared/view/printable.ts';
import { formatRecord } from '../shared/view/record-view.ts';

export interface RunOptions {
  readonly input?: unknown;
  readonly json?: boolean;
}

/** After how many looks without an end a word is said: a quarter of a minute. */
const LOOKS_OF_PATIENCE = 100;
const LOOK_EVERY_MS = 150;

/** `belfry run <job>`: one run, now, down the same path as a scheduled one. @returns the exit code */
export async function run(job: string, options: RunOptions): Promise<number> {
  const projectDirectory = findProject(process.cwd());
  const terminal = openTerminal({ isForMachine: options.json === true });
  return await withCloud({ projectDirectory, terminal, takesWork: true }, async ({ manifest, client, own }) => {
    await checkRequest(projectDirectory, manifest, job, options.input);
    const id = await request(client, job, options.input);
    const record = await awaitEnd({ id, job }, { client, own }, terminal);
    if (options.json) terminal.print(JSON.stringify(record));
    else terminal.print(formatRecord(record, terminal.colors));
    return record.status === 'completed' ? EXIT.done : EXIT.runNotCompleted;
  });
}

async function request(client: RunClient, job: string, input: unknown): Promise<string> {
  try {
    return await client.requestRun({ job, input, requestedBy: 'belfry run' });
  } catch (error) {
    if (!(error instanceof InvalidMessageError)) throw error;
    throw new CommandError(error.message, EXIT.usage, { cause: error });
  }
}

/** What can be known beforehand is said before a record is made of it. */
async function checkRequest(projectDirectory: string, { jobs }: Manifest, name: string, input: unknown): Promise<void> {
  const known = jobs.find((each) => each.name === name);
  if (known === undefined) {
    const names = jobs.map((each) => each.name).join(', ');
    throw new CommandError(
      names === '' ? `there is no job "${name}": ${NO_JOBS}` : `there is no job "${name}"; there are: ${names}`,
      EXIT.usage,
    );
  }
  const definition = await loadJob(projectDirectory, known);
  try {
    validateInput(definition, input);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const cure = definition.definition.input === undefined ? '' : ". Give the input as JSON: --input '{…}'";
    const problem = `job "${name}": ${error.message}${cure}`;
    throw new CommandError(problem, EXIT.usage, { cause: error });
  }
}

/** In one line: it is the end of what is printed of the run that has it all. */
const errorText = (error: RunError | undefined): string =>
  error === undefined
    ? 'for an unknown reason'
    : printable(
        errorLines(error)
          .map((line) => line.trim())
          .join(', '),
      );

/**
 * Polls until the run has ended, however often it is retried, and prints each attempt that failed.
 *
 * @throws CommandError when the function's process ends before it has begun the run: it would do so each time
 */
async function awaitEnd(
  { id: runId, job }: { readonly id: string; readonly job: string },
  { client, own }: Pick<LocalCloud, 'client' | 'own'>,
  { say, colors }: Terminal,
): Promise<RunRecord> {
  const log = own === undefined ? 'the log of `npm start` has more' : 'what its function logs is above';
  let told = 0;
  for (let look = 1; ; look++, await sleep(LOOK_EVERY_MS)) {
    const record = await client.getRun(runId);
    if (look % LOOKS_OF_PATIENCE === 0) {
      say(colors.dim(`still ${record?.status ?? 'not recorded'}; ${log} (${runId})`));
    }
    const failure = own?.failureOf(job);
    if (failure !== undefined && (record === undefined || record.status === 'pending')) {
      const problem = `the function of job "${job}" ended before it began the run: ${printable(failure)}`;
      throw new CommandError(`${problem}; mend the job's file, and run it again`, EXIT.runNotCompleted);
    }
    if (record === undefined) continue;
    if (hasEnded(record.status)) return record;
    if (record.status !== 'retrying' || record.attempt === told) continue;
    told = record.attempt;
    const at = record.nextAttemptAt === undefined ? 'soon' : new Date(record.nextAttemptAt).toISOString();
    say(colors.yellow(`attempt ${told} failed: ${errorText(record.error)}; the next is due ${at}`));
  }
}
