import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface ProcessOptions {
  readonly cwd?: string;
  /** Beside `PATH`. Of the shell's own variables none is passed on: they would change what is measured. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Finished {
  readonly stdout: string;
  /** Of the whole process, from its start to its end. */
  readonly wallMs: number;
}

/** Runs this Node with arguments. @throws Error with what the process has printed, when it fails */
export async function runNode(args: readonly string[], { cwd, env = {} }: ProcessOptions = {}): Promise<Finished> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH: process.env['PATH'], AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close').then(([code]) => ({ code, wallMs: performance.now() - startedAt }));
  const [{ code, wallMs }, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with code ${String(code)}\n${stderr}${stdout}`);
  return { stdout, wallMs };
}
