import { epochMs } from '../units.ts';
import type { CatchUpRun } from './choose-catch-ups.ts';
import type { Pass } from './pass-context.ts';
import { collectProblem } from './problems.ts';
import type { WatchState } from './state.ts';

export interface SentCatchUps {
  readonly sent: number;
  readonly problems: readonly string[];
}

/**
 * Sends catch-ups that the saved state has as sent. Saves it once more when some could not be sent, so that the next pass
 * sends them.
 */
export async function sendCatchUps(
  catchUps: readonly CatchUpRun[],
  saved: WatchState,
  { ports }: Pass,
): Promise<SentCatchUps> {
  const unsent = new Set<string>();
  const problems: string[] = [];
  for (const { request, delay } of catchUps) {
    const { run, job } = request;
    const send = () => ports.send(request, { delay });
    if (await collectProblem(problems, `run ${run} cannot be caught up`, send)) {
      ports.log('catch-up-sent', { runId: run, job });
    } else {
      unsent.add(run);
    }
  }
  if (unsent.size > 0) {
    const left = saved.catchUps.map((each) => (unsent.has(each.run) ? { ...each, sentAt: epochMs(0) } : each));
    await ports.store.saveState({ ...saved, version: saved.version + 1, catchUps: left });
  }
  return { sent: catchUps.length - unsent.size, problems };
}
