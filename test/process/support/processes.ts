import { execFile } from 'node:child_process';
import { readdir, readlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';

/**
 * The processes that work in a folder or below it: the command, the functions, the reaper. Those that have
 * ended are none, also while nobody has asked for their exit code yet.
 */
export async function processesIn(directory: string): Promise<readonly number[]> {
  const all = process.platform === 'linux' ? await foldersFromProc() : await foldersFromLsof();
  return all
    .filter(({ folder }) => folder === directory || folder.startsWith(`${directory}/`))
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid);
}

/** Ends every process that works in a folder, also those that others start there meanwhile. */
export async function endAllIn(directory: string): Promise<void> {
  await eventually('the end of everything that was started', async () => {
    const left = await processesIn(directory);
    for (const pid of left) signal(pid, 'SIGKILL');
    return left.length === 0;
  });
}

interface WorkingFolder {
  readonly pid: number;
  readonly folder: string;
}

async function foldersFromProc(): Promise<readonly WorkingFolder[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
      // The kernel marks a folder that was removed under a process.
      return folder === undefined ? [] : [{ pid: Number(pid), folder: folder.replace(/ \(deleted\)$/, '') }];
    }),
  );
  return found.flat();
}

async function foldersFromLsof(): Promise<readonly WorkingFolder[]> {
  // It exits with 1 when it may not look at some process, which is always so.
  const run = promisify(execFile)('lsof', ['-a', '-d', 'cwd', '-Fpn'], { maxBuffer: 2 ** 26 });
  const { stdout } = await run.catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  const found: WorkingFolder[] = [];
  let pid = 0;
  for (const line of stdout.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    if (line.startsWith('n')) found.push({ pid, folder: line.slice(1) });
  }
  return found;
}

/** Sends a signal to a process, or to a group when the number is negative; says whether anybody was there. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Whether somebody listens on a port of this machine. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
