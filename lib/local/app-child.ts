import { type ChildProcess, spawn } from 'node:child_process';
import type { Milliseconds } from '../units.ts';
import { signalTree } from './lambda/workers/process-tree.ts';

export interface AppProcessOptions {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly timeLimit: Milliseconds;
}

export interface AppProcessEnd {
  /** Its exit code, null after a signal of another's; or why it was ended from here. */
  readonly end: number | null | 'interrupted' | 'too-late';
  readonly stdout: string;
  readonly stderr: string;
}

/** The signals that end a command. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long a process that the app has left behind may keep its output open. */
const GRACE_MS = 1000;

/**
 * Runs a shell command and waits for its end. It leads a process group, so that it can be ended with all that it has
 * started, also where a signal has reached this process alone.
 */
export async function runAppProcess(
  command: string,
  { directory, environment, signal, timeLimit }: AppProcessOptions,
): Promise<AppProcessEnd> {
  if (signal?.aborted) return { end: 'interrupted', stdout: '', stderr: '' };
  const child = spawn(command, {
    cwd: directory,
    shell: true,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  const output = collectOutput(child);
  return await new Promise((resolve, reject) => {
    let isFinished = false;
    let graceTimer: NodeJS.Timeout | undefined;
    const finish = (end: AppProcessEnd['end'], isAllOver = false): void => {
      if (isFinished) return;
      isFinished = true;
      stopListening();
      clearTimeout(timer);
      clearTimeout(graceTimer);
      if (!isAllOver && child.pid !== undefined) signalTree(child.pid, 'SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ end, ...output });
    };
    const interrupt = (): void => finish('interrupted');
    const timer = setTimeout(() => finish('too-late'), timeLimit);
    const stopListening = listen(interrupt, signal);
    child.on('error', (error) => {
      stopListening();
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => finish(code, true));
    child.on('exit', (code) => {
      graceTimer = setTimeout(() => finish(code), GRACE_MS).unref();
    });
  });
}

function collectOutput(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return output;
}

/** Calls back when this process is told to end. Without another listener for the signal, it then ends as it would have. */
function listen(interrupt: () => void, signal: AbortSignal | undefined): () => void {
  const onSignal = (name: NodeJS.Signals): void => {
    interrupt();
    if (process.listenerCount(name) === 0) process.kill(process.pid, name);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  process.on('exit', interrupt);
  signal?.addEventListener('abort', interrupt);
  return () => {
    for (const name of SIGNALS) process.off(name, onSignal);
    process.off('exit', interrupt);
    signal?.removeEventListener('abort', interrupt);
  };
}
