import { createRunClient, type RunClient } from '../../client/run-client.ts';
import { localClient, startCloud } from '../../local/cloud.ts';
import { readManifest } from '../../local/manifest.ts';
import { findRunning } from '../../local/state/find-running.ts';
import { StateFolder } from '../../local/state/state-folder.ts';
import type { Manifest } from '../../manifest.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { formatEvent } from './view/live-log.ts';

export interface LocalCloudOptions {
  readonly projectDirectory: string;
  readonly terminal: Terminal;
  /** Whether functions run, or only what is stored is looked at. */
  readonly takesWork: boolean;
}

/** A cloud to talk to, whoever started it. */
export interface LocalCloud {
  readonly manifest: Manifest;
  readonly client: RunClient;
  /** How any other client calls it. */
  readonly connection: ReturnType<typeof localClient>;
  /** Why the cloud can record nothing at the moment; undefined while it can. */
  refusal(): Promise<string | undefined>;
  /** What this command sees of a cloud that it has started itself. Absent where `npm start` runs one: its log is there. */
  readonly own?: OwnCloud | undefined;
}

export interface OwnCloud {
  /** The last error with which the process of a job's function ended, if one did. */
  failureOf(job: string): string | undefined;
}

/** Uses the cloud that runs in this checkout; else starts one for the call, with its schedules held back. */
export async function withCloud<Result>(
  options: LocalCloudOptions,
  use: (cloud: LocalCloud) => Promise<Result>,
): Promise<Result> {
  const { projectDirectory, terminal, takesWork } = options;
  const state = new StateFolder(projectDirectory);
  const running = await findRunning(state);
  if (running !== undefined) return await withRunning(state, running.endpoint, use);
  const failures = new Map<string, string>();
  let refusal: string | undefined;
  const observe = (event: Parameters<typeof formatEvent>[0]) => {
    if (event.kind === 'function-failed') failures.set(event.job, event.error);
    if (event.kind === 'store-refuses') refusal = event.reason;
    if (event.kind === 'store-reopened') refusal = undefined;
    const line = formatEvent(event, terminal.colors);
    if (line !== undefined) process.stderr.write(`${line}\n`);
  };
  const cloud = await startCloud({ projectDirectory, observe, isHeld: true, takesWork });
  try {
    return await use({
      ...localCloud(cloud.manifest, cloud.endpoint),
      refusal: async () => refusal,
      own: { failureOf: (job) => failures.get(job) },
    });
  } finally {
    await cloud.close();
  }
}

async function withRunning<Result>(
  state: StateFolder,
  endpoint: string,
  use: (cloud: LocalCloud) => Promise<Result>,
): Promise<Result> {
  try {
    const refusal = async () => (await findRunning(state))?.refusal;
    return await use({ ...localCloud(await readManifest(state.assembly), endpoint), refusal });
  } catch (error) {
    if (error instanceof CommandError || (await findRunning(state)) !== undefined) throw error;
    const message = `the cloud at ${endpoint} has ended in the middle; the next \`npm start\` goes on with what it had in hand`;
    throw new CommandError(message, EXIT.unavailable, { cause: error });
  }
}

function localCloud(manifest: Manifest, endpoint: string): Omit<LocalCloud, 'refusal'> {
  const connection = localClient(endpoint);
  return { manifest, connection, client: createRunClient({ deployment: manifest, client: connection }) };
}
