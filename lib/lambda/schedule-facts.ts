import type { SchedulePolicy } from '../job/schedule-policy.ts';
import type { RunRecord, Skip } from '../run/record.ts';
import type { Milliseconds } from '../units.ts';

/** What a running function must know of a schedule and could not read from a message. */
export interface ScheduleFacts {
  readonly timezone: string;
  /** How long after its due time a first attempt may start: the maximum lateness and what EventBridge may spread. */
  readonly lateAfter: Milliseconds;
  /** Only where there are any, and only where the bundle can read them. */
  readonly calendars?: Pick<SchedulePolicy, 'except' | 'only'>;
  readonly pingUrl?: string;
}

/** Why a due time is not to be run on its day; `undefined` when it is. */
export type SkipByCalendar = (run: RunRecord, facts: ScheduleFacts) => Skip | undefined;
