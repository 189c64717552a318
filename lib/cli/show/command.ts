import { createRunClient } from '../../client/run-client.ts';
import { parseRunId } from '../../run/run-id.ts';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import { findProject } from '../shared/project.ts';
import { type TableOptions, withStoredRuns } from '../shared/stored-runs.ts';
import { openTerminal } from '../shared/terminal.ts';
import { formatRecord } from '../shared/view/record-view.ts';

export interface ShowOptions extends TableOptions {
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
  const projectDirectory = findProject(process.cwd());
  const record = await withStoredRuns(
    { projectDirectory, table: options, terminal },
    async ({ deployment, place, connection }) => {
      const found = await createRunClient({ deployment, client: connection }).getRun(runId);
      return found ?? place;
    },
  );
  if (typeof record === 'string') {
    throw new CommandError(`there is no record of ${runId} in ${record}`, EXIT.runNotCompleted);
  }
  terminal.print(options.json ? JSON.stringify(record) : formatRecord(record, terminal.colors));
  return EXIT.done;
}
