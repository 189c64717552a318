import { createRunClient } from '../../client/run-client.ts';
import { DEFAULT_STAGE } from '../../job/names.ts';
import type { RunRecord } from '../../run/record.ts';
import { parseRunId } from '../../run/run-id.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { withCloud } from '../local-cloud.ts';
import { appName, findProject } from '../project.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import { formatRecord } from '../view/record-view.ts';
import { DEFAULT_REGION, emulatorConnection } from './connection.ts';

export interface ShowOptions {
  /** Given: read the table of that stage on AWS, with the shell's credentials. Absent: this checkout's local state. */
  readonly stage?: string;
  /** Given: read the table there, as nobody in particular; of the stage `dev` unless it is given. */
  readonly endpoint?: string;
  /** Of the table, on AWS or on an emulator. */
  readonly region?: string;
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

async function findRecord(runId: string, options: ShowOptions, terminal: Terminal): Promise<RunRecord | undefined> {
  const projectDirectory = findProject(process.cwd());
  const { endpoint, region } = options;
  const stage = options.stage ?? (endpoint === undefined ? undefined : DEFAULT_STAGE);
  if (stage === undefined) {
    if (region !== undefined) throw new CommandError('--region goes with --stage or --endpoint', EXIT.usage);
    return await withCloud({ projectDirectory, terminal, takesWork: false }, ({ client }) => client.getRun(runId));
  }
  const app = await appName(projectDirectory);
  const client =
    endpoint === undefined
      ? { ...(region !== undefined && { region }) }
      : emulatorConnection({ endpoint, region: region ?? DEFAULT_REGION });
  try {
    return await createRunClient({ deployment: { app, stage }, client }).getRun(runId);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const place = endpoint === undefined ? 'on AWS' : `at ${endpoint}, ${client.region},`;
    throw new CommandError(`the table of ${app}-${stage} ${place} cannot be read: ${reason}`, EXIT.unavailable, {
      cause: error,
    });
  }
}
