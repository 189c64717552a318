import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DEFAULT_STAGE, type Deployment } from '../../job/names.ts';
import { DEFAULT_REGION, emulatorConnection } from './connection.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { withCloud } from './local-cloud.ts';
import { appName } from './project.ts';
import type { Terminal } from './terminal.ts';

/** Which table a command reads. */
export interface TableOptions {
  /** Given: the table of that stage on AWS, with the shell's credentials. Absent: this checkout's local state. */
  readonly stage?: string;
  /** Given: the table there, as nobody in particular; of the stage `dev` unless it is given. */
  readonly endpoint?: string;
  /** Of the table, on AWS or on an emulator. */
  readonly region?: string;
}

/** Where the records of a deployment are, and how to call what has them. */
export interface StoredRuns {
  readonly deployment: Deployment;
  readonly connection: Pick<DynamoDBClientConfig, 'endpoint' | 'region' | 'credentials'>;
}

export interface StoredRunsOptions {
  readonly projectDirectory: string;
  readonly table: TableOptions;
  readonly terminal: Terminal;
}

/** Whether a table of this checkout's own is meant. @throws CommandError for a region that belongs to nothing */
export function isLocal({ stage, endpoint, region }: TableOptions): boolean {
  if (stage !== undefined || endpoint !== undefined) return false;
  if (region !== undefined) throw new CommandError('--region goes with --stage or --endpoint', EXIT.usage);
  return true;
}

/**
 * Reads the records that were asked for. Local ones come from the cloud that runs in this checkout, else from one that
 * is started for the call and takes no work.
 *
 * @throws CommandError when the table of AWS or of an emulator cannot be read
 */
export async function withStoredRuns<Result>(
  { projectDirectory, table, terminal }: StoredRunsOptions,
  read: (runs: StoredRuns) => Promise<Result>,
): Promise<Result> {
  if (isLocal(table)) {
    return await withCloud({ projectDirectory, terminal, takesWork: false }, ({ manifest, connection }) =>
      read({ deployment: manifest, connection }),
    );
  }
  const { stage = DEFAULT_STAGE, endpoint, region } = table;
  const app = await appName(projectDirectory);
  const connection =
    endpoint === undefined
      ? { ...(region !== undefined && { region }) }
      : emulatorConnection({ endpoint, region: region ?? DEFAULT_REGION });
  try {
    return await read({ deployment: { app, stage }, connection });
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const place = endpoint === undefined ? 'on AWS' : `at ${endpoint}, ${connection.region},`;
    throw new CommandError(`the table of ${app}-${stage} ${place} cannot be read: ${reason}`, EXIT.unavailable, {
      cause: error,
    });
  }
}
