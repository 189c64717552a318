import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../../clock.ts';
import { milliseconds } from '../../../units.ts';
import type { FunctionModel } from '../../assembly/models.ts';
import { exited, notStarted } from './function-errors.ts';
import { LineReader } from './line-reader.ts';
import { signalTree } from './process-tree.ts';
import type { Reaper } from './reaper.ts';
import type { FromWorker, FunctionError, ToWorker } from './worker-protocol.ts';

export interface WorkerProcessOptions {
  readonly model: FunctionModel;
  readonly variables: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
  /** One of the two outputs has been read up to the end of an invocation. */
  readonly onOutputEnd: (requestId: string) => void;
  readonly onMessage: (message: FromWorker) => void;
}

const workerMain = fileURLToPath(new URL('./worker-main.mjs', import.meta.url));

/** How long a process that has ended may keep its outputs open, through a child of its own that left the group. */
const outputLimit = milliseconds(500);

/** A function's process, its outputs read as lines. */
export class WorkerProcess {
  /** What its outputs end an invocation with, before the request id. */
  readonly marker = `\u0000${randomBytes(16).toString('hex')} `;
  /** Resolves when it has ended and its output has been read. */
  readonly ended: Promise<FunctionError>;
  readonly #options: WorkerProcessOptions;
  readonly #child: ChildProcess;

  constructor(options: WorkerProcessOptions) {
    const { model, variables, reaper } = options;
    const logStream = variables['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '';
    this.#options = options;
    this.#child = spawn(process.execPath, [`--max-old-space-size=${heapMbOf(model)}`, workerMain], {
      cwd: model.directory,
      env: variables,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    if (this.#child.pid !== undefined) reaper.guard(this.#child.pid, logStream);
    this.#child.on('message', options.onMessage);
    this.ended = this.#watch(this.#readLines());
  }

  send(message: ToWorker): void {
    // A process that cannot be reached any more says so by its end.
    this.#child.send(message, () => {});
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) signalTree(this.#child.pid, signal);
  }

  #readLines(): readonly LineReader[] {
    const { onLine, onOutputEnd } = this.#options;
    return [this.#child.stdout, this.#child.stderr].map((stream) => {
      const reader = new LineReader({ marker: this.marker, onLine, onMarker: onOutputEnd });
      stream?.on('data', (chunk: Buffer) => reader.write(chunk));
      return reader;
    });
  }

  #watch(readers: readonly LineReader[]): Promise<FunctionError> {
    const { model, reaper, clock } = this.#options;
    const { pid } = this.#child;
    return new Promise<FunctionError>((resolve) => {
      this.#child.on('error', (error) => pid === undefined && resolve(notStarted(model.directory, error)));
      this.#child.on('exit', (code, signal) => {
        // Its children go with it, as the whole of an execution environment does.
        this.signal('SIGKILL');
        if (pid !== undefined) reaper.forget(pid);
        const limit = clock.after(outputLimit, () => resolve(exited(code, signal)));
        this.#child.on('close', () => {
          limit.cancel();
          resolve(exited(code, signal));
        });
      });
    }).finally(() => {
      for (const reader of readers) reader.end();
      // A child that has left the group may hold them open for ever, and with them this process.
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
    });
  }
}

/** Lambda, too, leaves a part of the memory to what is not V8's heap. */
const heapMbOf = ({ memoryMb }: FunctionModel): number => Math.floor(memoryMb * 0.9);
