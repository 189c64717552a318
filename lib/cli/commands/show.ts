import { createRunClient } from '../../client/run-client.ts';
import type { RunRecord } from '../../run/record.ts';
import { parseRunId } from '../../run/run-id.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { withCloud } from '../local-cloud.ts';
import { appName, findProject } from '../project.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import { formatRecord } from '../view/record-view.ts';

export interface ShowOptions {
  /** Given: read the table of that stage on AWS, with the shell's credentials. Absent: this checkout's local state. */
  readonly stage?: string;
  readonly json?: boolean;
}

/** `belfry show <run id>`: what became of a run. @returns the exit code */
export async function show(runId: string, options: ShowOptions): Promise<number> {
  if (parseRunId(runId) === undefined) {
    throw new CommandError(
      `${JSON.stringify(runId)} is no run id; one looks like report/2027-03-02T02:00Z/nightly`,
      EXIT.usage,
    );
  }
  const terminal = openTerminal({ isForMachine: options.json === true });
  const record = await findRecord(runId, options, terminal);
  if (record === undefined) throw new CommandError(`there is no record of ${runId}`, EXIT.runNotCompleted);
  terminal.print(options.json ? JSON.stringify(record) : formatRecord(record, terminal.colors));
  return EXIT.done;
}

async function findRecord(runId: string, { stage }: ShowOptions, terminal: Terminal): Promise<RunRecord | undefined> {
  const projectDirectory = findProject(process.cwd());
  if (stage === undefined) {
    return await withCloud({ projectDirectory, terminal, takesWork: false }, ({ client }) => client.getRun(runId));
  }
  const app = await appName(projectDirectory);
  try {
    return await createRunClient({ deployment: { app, stage } }).getRun(runId);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new CommandError(`the table of ${app}-${stage} on AWS cannot be read: ${reason}`, EXIT.unavailable, {
      cause: error,
    });
  }
}
