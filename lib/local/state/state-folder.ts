import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { BelfryError } from '../../errors.ts';
import { epochMs } from '../../units.ts';
import { DirectoryUnusableError } from '../dynamodb/data-errors.ts';
import type { DynaliteStore } from '../dynamodb/dynalite.ts';
import { openStore } from '../dynamodb/kept-store.ts';
import type { Marks, SavedMarks } from '../scheduler/index.ts';

/** The folder of a checkout that holds what outlives `npm start`. */
export const STATE_FOLDER = '.belfry';

const runningCloud = z.object({ v: z.literal(1), pid: z.number(), port: z.number(), token: z.string() });

/** How other commands of this checkout find a running cloud. */
export type RunningCloud = z.infer<typeof runningCloud>;

const instant = z.pipe(z.number(), z.transform(epochMs));
const instants = z.record(z.string(), instant);

const savedMarks = z.union([
  z.object({ v: z.literal(2), marks: instants, onUntil: z.optional(instant) }),
  // As earlier versions wrote it.
  z.pipe(
    instants,
    z.transform((marks): SavedMarks => ({ marks })),
  ),
]);

/** What forgetting the state would not mend: no permission, no room. */
const MACHINE_ERRORS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT']);

/** Something in the state folder is not as a cloud leaves it, or cannot be reached. */
export class StateUnusableError extends BelfryError {
  override readonly name = 'StateUnusableError';
  readonly code = 'STATE_UNUSABLE';
  readonly path: string;

  constructor(path: string, cause: unknown) {
    const reason = cause instanceof z.core.$ZodError ? z.prettifyError(cause) : (cause as Error).message;
    const cure = MACHINE_ERRORS.has((cause as NodeJS.ErrnoException).code ?? '')
      ? ''
      : '. Remove it, or forget all local state: npm start -- --fresh';
    super(`${path} cannot be used: ${reason}${cure}`, { cause });
    this.path = path;
  }
}

async function openStoreToEmpty(directory: string): Promise<DynaliteStore | undefined> {
  try {
    return await openStore({ directory });
  } catch (error) {
    if (error instanceof DirectoryUnusableError) return undefined;
    throw error;
  }
}

async function removeAllBut(directory: string, kept: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name !== kept) await rm(join(directory, name), { recursive: true, force: true });
  }
}

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

  /** @throws StateUnusableError */
  async create(): Promise<void> {
    await this.#orUnusable('data', () => mkdir(this.data, { recursive: true }));
  }

  /** The folder of the table. Whoever has it open has this state folder: LevelDB lets in one process at a time. */
  get table(): string {
    return join(this.data, 'dynamodb');
  }

  /**
   * Forgets every record, message and mark.
   *
   * @throws DirectoryInUseError when a process has the folder open, whether it answers or not; nothing is deleted then
   */
  async forget(): Promise<void> {
    // What it cannot open for another reason nobody else can have open.
    const store = await openStoreToEmpty(this.table);
    if (store === undefined) return await rm(this.path, { recursive: true, force: true });
    try {
      await removeAllBut(this.path, 'data');
      await removeAllBut(this.data, 'dynamodb');
      await store.db.clear();
    } finally {
      await store.db.close();
    }
  }

  /** The scheduler's marks. */
  readonly marks: Marks = {
    load: async () => {
      const read = await this.#read('marks.json');
      const { marks, onUntil } = await this.#orUnusable('marks.json', async () => savedMarks.parse(read ?? {}));
      return { marks, onUntil };
    },
    save: ({ marks, onUntil }) => this.#write('marks.json', { v: 2, marks, onUntil }),
  };

  /**
   * Hands over the queues as they were saved, where there are any.
   *
   * @throws StateUnusableError also when `restore` throws
   */
  async restoreQueues(restore: (saved: unknown) => unknown): Promise<void> {
    const saved = await this.#read('queues.json');
    if (saved !== undefined) await this.#orUnusable('queues.json', async () => restore(saved));
  }

  writeQueues(snapshot: object): Promise<void> {
    return this.#write('queues.json', snapshot);
  }

  /** The states of alarms as they were saved; undefined where there are none, or none that can be read. */
  async readAlarms(): Promise<unknown> {
    return await this.#read('alarms.json').catch(() => undefined);
  }

  /** At once, so that of two changes the later one stays. Where it fails, an alarm rings once more at the next start. */
  writeAlarms(alarms: object): void {
    const path = join(this.path, 'alarms.json');
    try {
      writeFileSync(`${path}.new`, JSON.stringify(alarms), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch {}
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

  /** Of the cloud with this token: another's stays. */
  async removeRunning({ token }: Pick<RunningCloud, 'token'>): Promise<void> {
    if ((await this.readRunning())?.token === token) await rm(join(this.path, 'cloud.json'), { force: true });
  }

  async #read(name: string): Promise<unknown> {
    const path = join(this.path, name);
    return await this.#orUnusable(name, async () => {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      return text === undefined ? undefined : JSON.parse(text);
    });
  }

  async #orUnusable<Value>(name: string, action: () => Promise<Value>): Promise<Value> {
    try {
      return await action();
    } catch (error) {
      throw new StateUnusableError(join(this.path, name), error);
    }
  }

  async #write(name: string, value: object): Promise<void> {
    const path = join(this.path, name);
    await writeFile(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}
