import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type EpochMs, epochMs } from '../units.ts';
import type { Marks } from './scheduler/index.ts';

/** The folder of a checkout that holds what outlives `npm start`. */
export const STATE_FOLDER = '.belfry';

const runningCloud = z.object({ v: z.literal(1), pid: z.number(), port: z.number(), token: z.string() });

/** How other commands of this checkout find a running cloud. */
export type RunningCloud = z.infer<typeof runningCloud>;

/** The files of the state folder. Each is written beside its place and moved there, so none is ever half written. */
export class StateFolder {
  readonly path: string;

  constructor(projectDirectory: string) {
    this.path = join(projectDirectory, STATE_FOLDER);
  }

  get assembly(): string {
    return join(this.path, 'cdk.out');
  }

  get data(): string {
    return join(this.path, 'data');
  }

  async create(): Promise<void> {
    await mkdir(this.data, { recursive: true });
  }

  /** Forgets every record, message and mark. Must not be called while a cloud runs. */
  async forget(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  /** The scheduler's marks. */
  readonly marks: Marks = {
    load: async () => {
      const marks = z.record(z.string(), z.number()).parse((await this.#read('marks.json')) ?? {});
      return Object.fromEntries(Object.entries(marks).map(([key, at]): [string, EpochMs] => [key, epochMs(at)]));
    },
    save: (marks) => this.#write('marks.json', marks),
  };

  readQueues(): Promise<unknown> {
    return this.#read('queues.json');
  }

  writeQueues(snapshot: object): Promise<void> {
    return this.#write('queues.json', snapshot);
  }

  /** What a running cloud has said of itself, or one that was killed. */
  async readRunning(): Promise<RunningCloud | undefined> {
    const { success, data } = runningCloud.safeParse(await this.#read('cloud.json').catch(() => undefined));
    return success ? data : undefined;
  }

  /** Readable by this user alone: it holds the token. */
  async writeRunning({ port, token }: { port: number; token: string }): Promise<void> {
    const running: RunningCloud = { v: 1, pid: process.pid, port, token };
    await this.#write('cloud.json', running);
  }

  async removeRunning(): Promise<void> {
    await rm(join(this.path, 'cloud.json'), { force: true });
  }

  async #read(name: string): Promise<unknown> {
    const path = join(this.path, name);
    try {
      return JSON.parse(await readFile(path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Error(
        `${path} cannot be read: ${(error as Error).message}. \`npm start -- --fresh\` forgets all local state`,
        { cause: error },
      );
    }
  }

  async #write(name: string, value: object): Promise<void> {
    const path = join(this.path, name);
    await writeFile(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}
