import { hasEnded, type RunRecord } from '../run/record.ts';
import type { EpochMs } from '../units.ts';
import { findBusyJobs } from './busy-jobs.ts';
import { shareOut, turnsOf } from './choose-turns.ts';
import { continueReading, type OpenRuns } from './open-runs.ts';
import type { Pass } from './pass-context.ts';
import { hasMetBusyJob, resendDelay } from './resend-delay.ts';
import { sendDueRuns } from './send-due.ts';
import { type SentRows, sendRows } from './send-rows.ts';
import type { RescueProgress } from './state.ts';

/** How many rows one pass sends, and of one job: with both, no job makes another wait for its turn. */
const LIMITS = { total: 500, each: 50 } as const;

export interface Rescue extends SentRows {
  /** How many were sent for the first time. */
  readonly dueSent: number;
  /** For the next pass. */
  readonly progress: RescueProgress;
}

/**
 * Sends the runs that are due, and then those that should have gone on by now.
 *
 * @param open the index as an earlier step has read it; `undefined` where it cannot be read
 */
export async function sendRuns(pass: Pass, open: OpenRuns | undefined): Promise<Rescue> {
  const due = await sendDueRuns(pass);
  const rescue = await rescueOpenRuns(pass, open);
  return { ...rescue, dueSent: due.sent, problems: [...due.problems, ...rescue.problems] };
}

/**
 * Sends a message for each open run that should have gone on by now. Its own message may be lost or only delayed: the
 * claim decides, so one too many does no harm, and a run that waits long gets ever fewer.
 *
 * Each pass sees the rows of all jobs. What is too much of one job is left for the next pass, which continues behind its
 * last row; the other jobs do not wait for it.
 */
async function rescueOpenRuns(pass: Pass, open: OpenRuns | undefined): Promise<Omit<Rescue, 'dueSent'>> {
  const { ports, state, now } = pass;
  if (open === undefined) return { sent: 0, problems: [], progress: state.sweep };
  const reading = await continueReading(open, pass);
  const turns = turnsOf(reading, state.sweep.behind);
  const busy = await findBusyJobs(turns, pass);
  const { jobs, progress } = shareOut(turns, { reading, waiting: busy.names, limits: LIMITS });
  const { sent, problems } = await sendRows(
    jobs,
    {
      isWanted: (run) => !hasEnded(run.status) && !hasLease(run, now),
      delayOf: (run) => (hasMetBusyJob(run) ? resendDelay(ports) : undefined),
      async done({ id: runId, job, status }, _row, outcome) {
        if (outcome !== 'sent') return;
        ports.log('run-resent', { runId, job, reason: `it is ${status} and nothing has come of its message` });
      },
    },
    pass,
  );
  return { sent, problems: [...busy.problems, ...problems], progress };
}

const hasLease = ({ status, leaseUntil }: RunRecord, now: EpochMs): boolean =>
  status === 'running' && leaseUntil !== undefined && leaseUntil > now;
