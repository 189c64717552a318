import type { Timetable } from '../../cron/index.ts';
import type { DueTimes } from '../../due/due-times.ts';
import type { Schedule } from '../../job/schedule.ts';
import type { WarningName } from '../../job/warnings.ts';
import type { EpochMs } from '../../units.ts';
import type { CheckedJob } from '../check-jobs.ts';
import type { CheckedSchedule } from '../checked-schedule.ts';

/** A schedule that is looked at for what its author may not have meant. */
export interface LintSubject {
  readonly schedule: CheckedSchedule;
  /** As they were written. */
  readonly options: Schedule['options'];
  readonly job: CheckedJob;
  readonly timetable: Timetable;
  readonly dueTimes: DueTimes;
  readonly now: EpochMs;
}

/** Looks at one schedule. What is found ends with its cures; the entry is named, and how to acknowledge it, by the caller. */
export type Lint = (subject: LintSubject) => string | undefined;

export const isAcknowledged = ({ options }: LintSubject, name: WarningName): boolean =>
  options.acknowledge?.[name] !== undefined;
