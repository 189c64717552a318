import { NO_JOBS } from '../../app/check-app.ts';
import type { RunClient } from '../../client/run-client.ts';
import { InvalidInputError } from '../../job/errors.ts';
import { validateInput } from '../../job/validate-input.ts';
import type { Manifest } from '../../manifest.ts';
import { InvalidMessageError } from '../../run/errors.ts';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import { withCloud } from '../shared/local-cloud.ts';
import { findProject, loadJob } from '../shared/project.ts';
import { openTerminal } from '../shared/terminal.ts';
import { formatRecord } from '../shared/view/record-view.ts';
import { awaitEnd } from './await-end.ts';

export interface RunOptions {
  readonly input?: unknown;
  readonly json?: boolean;
}

/** `belfry run <job>`: one run, now, down the same path as a scheduled one. @returns the exit code */
export async function run(job: string, options: RunOptions): Promise<number> {
  const projectDirectory = findProject(process.cwd());
  const terminal = openTerminal({ isForMachine: options.json === true });
  return await withCloud(
    { projectDirectory, terminal, takesWork: true },
    async ({ manifest, client, own, refusal }) => {
      await checkRequest(projectDirectory, manifest, job, options.input);
      const id = await request(client, job, options.input);
      const record = await awaitEnd({ id, job }, { client, own, refusal }, terminal);
      if (options.json) terminal.print(JSON.stringify(record));
      else terminal.print(formatRecord(record, terminal.colors));
      return record.status === 'completed' ? EXIT.done : EXIT.runNotCompleted;
    },
  );
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
