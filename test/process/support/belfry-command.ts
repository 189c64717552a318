import { type ChildProcess, spawn } from 'node:child_process';
import { HANGS_AFTER } from '../../support/patience.ts';
import { eventually } from './eventually.ts';
import { signal } from './processes.ts';

export interface CommandOptions {
  /** Variables beside the few that every shell has. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A command that runs the command, such as `unshare`. */
  readonly under?: readonly string[];
}

/** What a command ended with. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command with what it has printed. It leads a process group of its own, as in a terminal. */
export class BelfryCommand {
  readonly ended: Promise<CommandEnd>;
  stdout = '';
  stderr = '';
  hasEnded = false;
  readonly #child: ChildProcess;

  constructor(
    [program = '', ...args]: readonly string[],
    { directory, environment = {}, under = [] }: CommandOptions & { readonly directory: string },
  ) {
    const [first = program, ...rest] = [...under, program, ...args];
    this.#child = spawn(first, rest, {
      cwd: directory,
      // Not the environment of vitest, which tells programs that they are tested.
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        this.hasEnded = true;
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
    this.ended.catch(() => {});
  }

  /** Of the command itself, and of its process group. */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the command did not start');
    return this.#child.pid;
  }

  /** Everything printed so far. */
  get output(): string {
    return this.stdout + this.stderr;
  }

  /** As Ctrl-C in a terminal: to every process of the group. */
  interrupt(): void {
    signal(-this.pid, 'SIGINT');
  }

  /** Nobody reads what it prints any more. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  kill(): void {
    if (!this.hasEnded) signal(-this.pid, 'SIGKILL');
  }

  /** Its end. @throws Error with what it has printed, when that takes too long */
  async end(timeout = HANGS_AFTER): Promise<CommandEnd> {
    await this.#orPrint(eventually('the end of the command', () => this.hasEnded, timeout));
    return await this.ended;
  }

  /** Waits until it has printed something. @throws Error with what it has printed instead */
  async prints(pattern: RegExp | string, timeout = HANGS_AFTER): Promise<RegExpExecArray> {
    const expression =
      typeof pattern === 'string' ? new RegExp(pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')) : pattern;
    const look = () => {
      const found = expression.exec(this.output) ?? undefined;
      if (found === undefined && this.hasEnded) throw new Error('it has ended');
      return found;
    };
    return await this.#orPrint(eventually(`output like ${expression}`, look, timeout));
  }

  async #orPrint<Value>(promise: Promise<Value>): Promise<Value> {
    try {
      return await promise;
    } catch (error) {
      throw new Error(`${(error as Error).message}. Printed was:\n${this.output.slice(-6000)}`, { cause: error });
    }
  }
}
