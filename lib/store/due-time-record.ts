import { EMPTY_RECORD, type RunRecord } from '../run/record.ts';
import type { DueTimeWithoutRun } from '../watchdog/ports.ts';

/** The record of a due time that no run came of. A missed one may still be claimed. */
export function dueTimeRecord({ id, job, schedule, scheduledTime, at, calendar }: DueTimeWithoutRun): RunRecord {
  return {
    ...EMPTY_RECORD,
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
