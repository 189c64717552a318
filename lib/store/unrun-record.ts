import type { RunRecord } from '../run/record.ts';
import type { DueTimeWithoutRun } from '../watchdog/ports.ts';

/** The record of a due time that no run came of. A missed one may still be claimed. */
export function unrunRecord({ id, job, schedule, scheduledTime, at, calendar }: DueTimeWithoutRun): RunRecord {
  return {
    ...NEW_RECORD,
    id,
    job,
    schedule,
    scheduledTime,
    trigger: 'schedule',
    createdAt: at,
    ...(calendar === undefined
      ? { status: 'missed', missedAt: at }
      : { status: 'skipped', reason: 'calendar', calendar }),
    finishedAt: at,
  };
}

/** What a record has that nobody has claimed. */
const NEW_RECORD = { claim: 0, attempt: 0, lastAttempt: 0, attempts: [] } as const;
