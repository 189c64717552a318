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
import { withCloud } from '../shared/local-cloud.ts';
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
  return await withCloud({ projectDirectory, terminal, takesWork: true }, async ({ manifest, client }) => {
    await checkRequest(projectDirectory, manifest, job, options.input);
    const id = await request(client, job, options.input);
    const record = await awaitEnd(id, client, terminal);
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

/** Looks until the run has ended, however often it is retried; tells of each attempt that failed. */
async function awaitEnd(runId: string, client: RunClient, { say, colors }: Terminal): Promise<RunRecord> {
  let told = 0;
  for (let look = 1; ; look++, await sleep(LOOK_EVERY_MS)) {
    const record = await client.getRun(runId);
    if (look % LOOKS_OF_PATIENCE === 0) {
      say(colors.dim(`still ${record?.status ?? 'not recorded'}; the log of the running cloud says more (${runId})`));
    }
    if (record === undefined) continue;
    if (hasEnded(record.status)) return record;
    if (record.status !== 'retrying' || record.attempt === told) continue;
    told = record.attempt;
    const at = record.nextAttemptAt === undefined ? 'soon' : new Date(record.nextAttemptAt).toISOString();
    say(colors.yellow(`attempt ${told} failed: ${errorText(record.error)}; the next is due ${at}`));
  }
}
