import { startReaper } from '../../../lib/local/lambda/workers/index.ts';
import { BelfryCommand, type CommandOptions } from '../../process/support/belfry-command.ts';

/** Ends what this process has started when it is killed and cannot do so itself. */
const reaper = startReaper();

/** Has a process group end with this process, however that ends. @returns what to call when it has ended */
export function guard(leader: number): () => void {
  reaper.guard(leader);
  return () => reaper.forget(leader);
}

/** Starts a command in a process group of its own, which does not outlive this process. */
export function startCommand(
  command: readonly string[],
  options: CommandOptions & { readonly directory: string },
): BelfryCommand {
  const started = new BelfryCommand(command, options);
  started.ended.finally(guard(started.pid)).catch(() => {});
  return started;
}
