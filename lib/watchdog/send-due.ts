import { MINUTE, type Milliseconds, milliseconds, plus, SECOND, toSeconds } from '../units.ts';
import { fairShares } from './fair-shares.ts';
import { collectRows, rowsByJob } from './open-runs.ts';
import type { Pass } from './pass-context.ts';
import { type SentRows, sendRows } from './send-rows.ts';
import { nextTurn } from './turns.ts';
import { timeOf } from './waiting-since.ts';

/** How far ahead of its time a run is sent, with a delay: so it starts in its second, though there is one pass a minute. */
const AHEAD = milliseconds(2 * MINUTE);
/** How many rows one pass sends. */
const MAX_ROWS = 2000;
/** How much of its time a pass spends on it: the rows that are left stay where they are. */
const MAX_TIME = milliseconds(25 * SECOND);

/**
 * Sends the runs that nothing has sent yet, at their time, and moves their rows to those of open runs, whose messages may
 * be lost. One that cannot be sent is moved on, so that it does not stand before the others: 2, 4, 8, 16 and 32 minutes
 * after its time, then hourly.
 */
export async function sendDueRuns(pass: Pass): Promise<SentRows> {
  const { ports, now } = pass;
  const { store } = ports;
  try {
    const { rows } = await collectRows(store.dueRuns(plus(now, AHEAD)), pass);
    const byJob = rowsByJob(rows.toSorted((one, other) => one.checkAt - other.checkAt));
    const needs = new Map([...byJob].map(([job, each]) => [job, each.length]));
    const shares = fairShares(needs, { total: MAX_ROWS });
    const stopAt = plus(ports.now(), MAX_TIME);
    return await sendRows(
      [...byJob].map(([job, each]) => ({ job, rows: each.slice(0, shares.get(job)) })),
      {
        // The index is behind the table: it may be cancelled or claimed by now. Only at its own time is a run to start in its second.
        isWanted: (run, { checkAt }) => run.status === 'pending' && checkAt <= Math.max(now, timeOf(run)),
        delayOf: (_run, { checkAt }) => toSeconds(lengthUntil(checkAt, pass)),
        isOver: () => ports.now() >= stopAt,
        async done(run, { checkAt }, outcome) {
          const { id: runId, job } = run;
          if (outcome === 'sent') {
            ports.log('due-run-sent', { runId, job });
            return await store.move(runId, 'open', checkAt);
          }
          const next = nextTurn(timeOf(run), now);
          if (next !== checkAt) await store.move(runId, 'due', next);
        },
      },
      pass,
    );
  } catch (error) {
    return { sent: 0, problems: [`the runs that are due cannot be sent: ${String(error)}`] };
  }
}

const lengthUntil = (instant: number, { ports }: Pass): Milliseconds =>
  milliseconds(Math.max(0, instant - ports.now()));
