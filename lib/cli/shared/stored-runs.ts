import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DEFAULT_STAGE, type Deployment, stageNames } from '../../job/names.ts';
import { STATE_FOLDER } from '../../local/state/state-folder.ts';
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
  /** Whose table. @default the app that cdk.json names, or that was last synthesized */
  readonly app?: string;
}

/** Where the records of a deployment are, and how to call what has them. */
export interface StoredRuns {
  readonly deployment: Deployment;
  /** Which table that is, for messages: `the table shop-prod-runs on AWS`. */
  readonly place: string;
  readonly connection: Pick<DynamoDBClientConfig, 'endpoint' | 'region' | 'credentials'>;
}

export interface StoredRunsOptions {
  readonly projectDirectory: string;
  readonly table: TableOptions;
  readonly terminal: Terminal;
}

/** Whether a table of this checkout's own is meant. */
export const isLocal = ({ stage, endpoint }: TableOptions): boolean => stage === undefined && endpoint === undefined;

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
      read({
        deployment: manifest,
        place: `the table ${manifest.resources.table} of this checkout (${STATE_FOLDER})`,
        connection,
      }),
    );
  }
  const { stage = DEFAULT_STAGE, endpoint, region, app = await appName(projectDirectory) } = table;
  const connection =
    endpoint === undefined
      ? { ...(region !== undefined && { region }) }
      : emulatorConnection({ endpoint, region: region ?? DEFAULT_REGION });
  const where = endpoint === undefined ? `on AWS${inRegion(region)}` : `at ${endpoint} in ${connection.region}`;
  const place = `the table ${stageNames({ app, stage }).table} ${where}`;
  try {
    return await read({ deployment: { app, stage }, place, connection });
  } catch (error) {
    throw new CommandError(`${place} cannot be read: ${reasonOf(error)}`, EXIT.unavailable, { cause: error });
  }
}

function inRegion(region: string | undefined): string {
  const found = region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  return found === undefined ? '' : ` in ${found}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cure = error.message === 'Region is missing' ? '; give --region eu-north-1, or set AWS_REGION' : '';
  return `${error.name}: ${error.message}${cure}`;
}
