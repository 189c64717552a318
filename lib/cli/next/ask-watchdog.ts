import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { stageNames } from '../../job/names.ts';
import type { Manifest } from '../../manifest.ts';
import { DynamoDbWatchStore } from '../../store/dynamodb/dynamodb-watch-store.ts';
import { type TableOptions, withStoredRuns } from '../shared/stored-runs.ts';
import type { Terminal } from '../shared/terminal.ts';
import type { Listeners } from '../shared/view/alerts-text.ts';

export interface AskOptions {
  readonly projectDirectory: string;
  readonly manifest: Manifest;
  /** Which deployment is asked. */
  readonly options: Pick<TableOptions, 'endpoint' | 'region' | 'app'>;
  readonly terminal: Terminal;
}

/** Whether a deployment is asked at all: without one the command reads nothing outside of the checkout. */
export const isAsking = ({ endpoint, region }: AskOptions['options']): boolean =>
  endpoint !== undefined || region !== undefined;

/**
 * Who receives alerts of a stage, as its watchdog has found out and stored.
 *
 * @throws CommandError when its table cannot be read
 */
export async function askWatchdog({ projectDirectory, manifest, options, terminal }: AskOptions): Promise<Listeners> {
  if (!isAsking(options)) return 'not-asked';
  const { app, stage } = manifest;
  const { endpoint, region } = options;
  const place = { ...(endpoint !== undefined && { endpoint }), ...(region !== undefined && { region }) };
  return await withStoredRuns(
    { projectDirectory, table: { app: options.app ?? app, stage, ...place }, terminal },
    async ({ deployment, connection }) => {
      const client = new DynamoDBClient(connection);
      try {
        const { table } = stageNames(deployment);
        const { found, foundAt } = (await new DynamoDbWatchStore({ client, table }).loadState())?.subscriptions ?? {};
        return found === undefined || foundAt === undefined ? 'unknown' : { ...found, at: foundAt };
      } finally {
        client.destroy();
      }
    },
  );
}
