import { SAME_PRESS_MS } from '../../../lib/cli/shared/end-of-run.ts';
import { EXIT } from '../../../lib/cli/shared/exit-codes.ts';
import type { Report } from './report.ts';

/**
 * Aborted by Ctrl-C, by whoever ends the process, or when the terminal goes: what was deployed is then torn down. A
 * second time ends the process at once, and what it has started with it.
 */
export function interruption(report: Report): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (performance.now() - firstAt > SAME_PRESS_MS) process.exit(EXIT.runNotCompleted);
      return;
    }
    firstAt = performance.now();
    report.say(`\n${name}: no further check is made, and what was started is ended; again to end it at once`);
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  // Nobody reads on, as in `| head`: there is nobody to tell, and all the more to clear up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return controller.signal;
}
