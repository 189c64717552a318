import { JOB_NAME, SCHEDULE_ID } from '../job/names.ts';
import { type EpochMs, epochMs, toIso } from '../units.ts';

const ULID = /^~[0-9A-HJKMNP-TV-Z]{26}$/;
const MINUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The parts of a run id. `occasion` is a schedule's id, or `~` and a ULID for a manual or enqueued run. */
export interface RunIdParts {
  readonly job: string;
  readonly scheduledTime: EpochMs;
  readonly occasion: string;
}

/**
 * The identity of a due time: `<job>/2026-03-29T02:00Z/<schedule id>`. Whoever knows the entry can
 * compute it, so an original, its duplicate, a catch-up and a backfill all meet in one record.
 *
 * @param scheduledTime floored to the minute, EventBridge Scheduler's resolution
 */
export function scheduledRunId(job: string, schedule: string, scheduledTime: EpochMs): string {
  return `${job}/${toIso(scheduledTime).slice(0, 16)}Z/${schedule}`;
}

/** The identity of a manual or enqueued run: `<job>/2026-03-29T02:00:00.000Z/~<ulid>`. */
export function requestedRunId(job: string, requestedAt: EpochMs, ulid: string): string {
  return `${job}/${toIso(requestedAt)}/~${ulid}`;
}

/** Takes a run id apart; `undefined` for text that is none. */
export function parseRunId(id: string): RunIdParts | undefined {
  const [job = '', time = '', occasion = '', ...rest] = id.split('/');
  const requested = occasion.startsWith('~');
  const wellFormed = requested
    ? ULID.test(occasion) && INSTANT.test(time)
    : SCHEDULE_ID.test(occasion) && MINUTE.test(time);
  const parsed = Date.parse(time);
  if (rest.length > 0 || !JOB_NAME.test(job) || !wellFormed || Number.isNaN(parsed)) return undefined;

  const scheduledTime = epochMs(parsed);
  // `Date.parse` reads the 30th of February as a day in March: only an id that comes back unchanged is one.
  return toIso(scheduledTime).startsWith(time.slice(0, -1)) ? { job, scheduledTime, occasion } : undefined;
}

/** Whether a run was asked for by somebody, by hand or by an application, and not by a schedule. */
export const isRequested = (occasion: string): boolean => occasion.startsWith('~');
