import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import { DirectoryInUseError, DirectoryUnusableError, StoreRefusesError } from './data-errors.ts';
import { createStore, type DynaliteStore } from './dynalite.ts';

/** What LevelDB found unreadable when it opened its folder, and left out. */
export interface DroppedData {
  readonly file: string;
  readonly bytes: number;
  /** As LevelDB says it. */
  readonly reason: string;
}

/** What happens to the data on disk. Must not throw. */
export interface StoreObserver {
  onDropped?(dropped: DroppedData): void;
  /** A write failed: from now on none is taken. */
  onRefuses?(error: Error): void;
  /** Writes are taken again. */
  onReopened?(): void;
}

export interface KeptStoreOptions {
  /** Absent: in memory. */
  readonly directory: string | undefined;
  /** To be done with each store before it is used. */
  readonly prepare: (store: DynaliteStore) => void;
  readonly observer?: StoreObserver | undefined;
  /** @default dynalite's */
  readonly create?: typeof createStore | undefined;
}

/** LevelDB's message for what its recovery leaves out: `(ignoring error) <file>: dropping 17 bytes; Corruption: …`. */
const DROPPING = /(?:\(ignoring error\) )?(\S[^\n]*?): dropping (\d+) bytes; ([^\n]*)/g;

/** LevelDB opens with a new log, a table and a manifest: less room than that, and it would be closed for good. */
const ROOM = Buffer.alloc(256 * 1024, 1);

/**
 * A store on disk that goes on after a failed write. LevelDB itself appends behind the torn record, acknowledges, and
 * drops all of that at the next start. So after a failure nothing is written until the folder was opened anew, which cuts
 * the torn record off. Reads go on meanwhile.
 */
export class KeptStore {
  readonly #options: KeptStoreOptions;
  #store: DynaliteStore;
  #refusal: StoreRefusesError | undefined;
  #reopening: Promise<void> | undefined;

  private constructor(options: KeptStoreOptions, store: DynaliteStore) {
    this.#options = options;
    this.#store = store;
    this.#guard();
  }

  /**
   * @throws DirectoryInUseError
   * @throws DirectoryUnusableError
   */
  static async open(options: KeptStoreOptions): Promise<KeptStore> {
    return new KeptStore(options, await openStore(options));
  }

  /** Hands out the store, opened anew where a write has failed and there is room again. */
  async use<Output>(action: (store: DynaliteStore) => Promise<Output>): Promise<Output> {
    if (this.#refusal !== undefined) {
      this.#reopening ??= this.#reopen().finally(() => {
        this.#reopening = undefined;
      });
      await this.#reopening;
    }
    return await action(this.#store);
  }

  async close(): Promise<void> {
    await this.#reopening;
    await this.#store.db.close();
  }

  async #reopen(): Promise<void> {
    const { directory, observer } = this.#options;
    if (directory === undefined) return;
    try {
      await probeRoom(directory);
      await this.#store.db.close();
      this.#store = await openStore(this.#options);
    } catch {
      // Still no room, or another process was faster: what is to be written is refused with the first reason.
      return;
    }
    this.#refusal = undefined;
    this.#guard();
    observer?.onReopened?.();
  }

  /** One write at a time, or those already handed over would be written behind the torn one. */
  #guard(): void {
    const { db } = this.#store;
    let last: Promise<void> = Promise.resolve();
    for (const name of ['put', 'del', 'batch'] as const) {
      const write = db[name].bind(db);
      db[name] = (...given: unknown[]) => {
        const done = given.pop() as (error: unknown) => void;
        last = last.then(() => this.#write((finish) => write(...given, finish), done));
      };
    }
  }

  #write(write: (finish: (error: unknown) => void) => void, done: (error: unknown) => void): Promise<void> {
    return new Promise((resolve) => {
      const finish = (error: unknown): void => {
        if (error) this.#refuse(error);
        resolve();
        setImmediate(done, error);
      };
      if (this.#refusal === undefined) write(finish);
      else finish(this.#refusal);
    });
  }

  #refuse(error: unknown): void {
    if (this.#refusal !== undefined) return;
    this.#refusal = new StoreRefusesError(this.#options.directory ?? 'memory', messageOf(error), { cause: error });
    this.#options.observer?.onRefuses?.(this.#refusal);
  }
}

/**
 * Opens a store without the care that {@link KeptStore} takes of its writes.
 *
 * @throws DirectoryInUseError
 * @throws DirectoryUnusableError
 */
export async function openStore({
  directory,
  prepare,
  observer,
  create = createStore,
}: Pick<KeptStoreOptions, 'directory'> & Partial<KeptStoreOptions>): Promise<DynaliteStore> {
  try {
    if (directory !== undefined) await mkdir(directory, { recursive: true });
    const store = create(directory);
    await store.db.open();
    prepare?.(store);
    if (directory !== undefined) for (const dropped of await readDropped(directory)) observer?.onDropped?.(dropped);
    return store;
  } catch (error) {
    throw directory === undefined ? error : explain(error, directory);
  }
}

function explain(error: unknown, directory: string): Error {
  // LevelDB says only "failed to open"; why is in the cause.
  const { cause } = error as Error;
  const reason = (cause ?? error) as NodeJS.ErrnoException;
  return reason.code === 'LEVEL_LOCKED'
    ? new DirectoryInUseError(directory, { cause: error })
    : new DirectoryUnusableError(directory, reason.message, { cause: error });
}

/** LevelDB begins its LOG anew at each opening. */
async function readDropped(directory: string): Promise<readonly DroppedData[]> {
  const log = await readFile(join(directory, 'LOG'), 'utf8').catch(() => '');
  return [...log.matchAll(DROPPING)].map(([, file = '', bytes, reason = '']) => ({
    file: file.slice(Math.max(0, file.indexOf(directory))),
    bytes: Number(bytes),
    reason,
  }));
}

async function probeRoom(directory: string): Promise<void> {
  const path = join(directory, 'room.probe');
  const file = await open(path, 'w');
  try {
    await file.writeFile(ROOM);
    await file.sync();
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}
