import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signal as kill } from '../../process/support/processes.ts';
import type { CheckResult } from './check-reporter.ts';
import type { ChecksNews, ChecksOrder } from './checks-process.ts';
import { guard } from './start-command.ts';

export interface RunChecksOptions extends ChecksOrder {
  /** Aborted: the checks are broken off, and those that have not ended count for nothing. */
  readonly signal?: AbortSignal | undefined;
  readonly onResult: (result: CheckResult) => void;
}

/**
 * Makes the checks of a phase, in a process group of their own: a Ctrl-C must reach the suite, which tears down, and
 * neither Vitest, which would end the process at once, nor its workers.
 *
 * @throws Error when there is no check, or checks could not be made
 */
export async function runChecks({ signal, onResult, ...order }: RunChecksOptions): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'belfry-checks-'));
  const child = fork(join(import.meta.dirname, 'checks-process.ts'), {
    detached: true,
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const leader = child.pid ?? 0;
  const release = guard(leader);
  const breakOff = (): void => void kill(-leader, 'SIGKILL');
  signal?.addEventListener('abort', breakOff);
  let errors: readonly string[] = ['their process has ended too early'];
  child.on('message', (news: ChecksNews) => {
    if ('result' in news) onResult(news.result);
    else errors = news.errors;
  });
  try {
    if (signal?.aborted) breakOff();
    child.send(order);
    await once(child, 'exit');
  } finally {
    signal?.removeEventListener('abort', breakOff);
    breakOff();
    release();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
  if (errors.length > 0 && !signal?.aborted) throw new Error(`checks could not be made: ${errors.join('\n')}`);
}
